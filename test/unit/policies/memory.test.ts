import { heapFitContainer } from "../../../policies/memory";
import { trinoFitHeap } from "../../../policies/memory/trino";
import { type Json, object } from "./builders";
import { add, container, type Edit, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const JOB = "SparkApplication jobs/daily";

const env = (name: string, value: unknown) => set(WEB, container("env"), [{ name, value }]);
const field = "spec.template.spec.containers[0].env[0].value";

/** The policy's message for the container of 1Gi. */
const says = (heap: string, setting: string, outside: string, fix: string, where = field) => [
  `front/web: ${where}: Deployment front/web gives the JVM of container web a heap of ${heap} (${setting}); with ${outside} outside of the heap it exceeds the limit of 1 Gi. Fix: ${fix}.`,
];
const ALL = says("1 Gi", "-Xmx1g", "128 Mi", "give it at most 896 Mi, or raise the limit to 1.13 Gi");

suite(heapFitContainer, [
  { when: "a heap as large as the limit", edit: env("JAVA_OPTS", "-Xms512m -Xmx1g"), says: ALL },
  { when: "the largest heap that leaves 128Mi", edit: env("JAVA_OPTS", "-Xmx896m") },
  {
    when: "a mebibyte more",
    edit: env("JAVA_OPTS", "-Xmx897m"),
    says: says("897 Mi", "-Xmx897m", "128 Mi", "give it at most 896 Mi, or raise the limit to 1 Gi"),
  },
  { when: "a heap in bytes", edit: env("JAVA_OPTS", "-Xmx536870912") },
  { when: "the last of two heaps, which holds", edit: env("JAVA_OPTS", "-Xmx4g -Xmx512m") },
  {
    when: "a share of the limit that leaves too little",
    edit: env("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=95.0"),
    says: says(
      "972.8 Mi",
      "-XX:MaxRAMPercentage=95.0",
      "128 Mi",
      "give it at most 896 Mi, or raise the limit to 1.08 Gi",
    ),
  },
  { when: "a share that leaves enough", edit: env("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75") },
  {
    when: "direct memory that takes the rest",
    edit: env("JAVA_OPTS", "-Xmx768m -XX:MaxDirectMemorySize=256m"),
    says: says("768 Mi", "-Xmx768m", "384 Mi", "give it at most 640 Mi, or raise the limit to 1.13 Gi"),
  },
  {
    when: "a size in MiB",
    edit: env("HADOOP_HEAPSIZE", "1024"),
    says: says("1 Gi", "HADOOP_HEAPSIZE 1024", "128 Mi", "give it at most 896 Mi, or raise the limit to 1.13 Gi"),
  },
  {
    when: "an argument",
    edit: set(WEB, container("args"), ["java", "-Xmx1g", "-jar", "x.jar"]),
    says: [ALL[0]!.replace("env[0].value", "args[1]")],
  },
  { when: "a value that is not known yet", edit: env("JAVA_OPTS", UNKNOWN) },
  {
    when: "a limit that is not known yet",
    edit: [env("JAVA_OPTS", "-Xmx4g"), set(WEB, container("resources.limits.memory"), UNKNOWN)],
  },
  {
    when: "a file that the container mounts",
    edit: [
      set(WEB, container("volumeMounts"), [{ name: "config", mountPath: "/etc/web" }]),
      set("ConfigMap front/web-config", ["data", "jvm.config"], "-server\n-Xmx1g\n"),
    ],
    says: [ALL[0]!.replace(field, "ConfigMap web-config jvm.config")],
  },
  {
    when: "a file that another container mounts",
    edit: [
      set(WEB, container("volumeMounts"), [{ name: "tmp", mountPath: "/tmp" }]),
      set("ConfigMap front/web-config", ["data", "jvm.config"], "-Xmx1g"),
    ],
  },
  {
    when: "a heap in a comment",
    edit: set("ConfigMap front/web-config", ["data", "jvm.options"], "# -Xmx8g\n-Xmx512m"),
  },
  {
    when: "a limit of a Spark executor without its overhead",
    edit: set(JOB, "spec.executor.memoryLimit", "4g"),
    says: [
      "jobs/daily: spec.executor.memory: SparkApplication jobs/daily (executor) gives the JVM of container spark-kubernetes-executor a heap of 4 Gi (memory 4g); with 409.6 Mi outside of the heap it exceeds the limit of 4 Gi. Fix: give it at most 3.64 Gi, or raise the limit to 4.4 Gi.",
    ],
  },
  {
    when: "a smaller share outside, where the configuration allows it",
    edit: set(JOB, "spec.executor.memoryLimit", "4300m"),
    config: { outside: 0.04 },
  },
]);

const COORDINATOR = {
  "coordinator": "true",
  "discovery.uri": "http://trino:8080",
  "query.max-memory": "1000MB",
  "query.max-memory-per-node": "500MB",
  "memory.heap-headroom-per-node": "200MB",
};
const WORKER = { ...COORDINATOR, coordinator: "false" };
const { "memory.heap-headroom-per-node": _, ...WITHOUT_HEADROOM } = COORDINATOR;
const lines = (properties: Json) =>
  Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join("\n");

/** `web` as the coordinator and `api` with two replicas as workers; heaps of 700 MiB. */
function trino(coordinator: Json, worker: Json): Edit[] {
  const files = (properties: Json) => ({ "config.properties": lines(properties), "jvm.config": "-Xmx700m\n" });
  return [
    set("ConfigMap front/web-config", "data", files(coordinator)),
    add(object("core/v1:ConfigMap", "back", "api-config", { data: files(worker) })),
    set("Deployment back/api", ["spec", "template", "spec", "volumes", 0], {
      name: "config",
      configMap: { name: "api-config" },
    }),
  ];
}

const COORDINATOR_SAYS = "front/web: ConfigMap web-config config.properties: Deployment front/web";

suite(trinoFitHeap, [
  { when: "what fits", edit: trino(COORDINATOR, WORKER) },
  {
    when: "query memory and headroom over the heap",
    edit: trino({ ...COORDINATOR, "query.max-memory-per-node": "501MB" }, WORKER),
    says: [
      `${COORDINATOR_SAYS} has query.max-memory-per-node of 501 Mi and memory.heap-headroom-per-node of 200 Mi, together over the heap of 700 Mi, so Trino does not start. Fix: lower query.max-memory-per-node to 500 Mi or less.`,
    ],
  },
  {
    when: "headroom by default that is too much",
    edit: trino({ ...WITHOUT_HEADROOM, "query.max-memory-per-node": "0.5GB" }, WORKER),
    says: [
      `${COORDINATOR_SAYS} has query.max-memory-per-node of 512 Mi and memory.heap-headroom-per-node of 210 Mi by default, together over the heap of 700 Mi, so Trino does not start. Fix: lower query.max-memory-per-node to 490 Mi or less.`,
    ],
  },
  {
    when: "Presto's query memory with buffers that is over the heap with the headroom",
    edit: trino({ ...COORDINATOR, "query.max-total-memory-per-node": "501MB" }, WORKER),
    says: [
      `${COORDINATOR_SAYS} has query.max-total-memory-per-node of 501 Mi and memory.heap-headroom-per-node of 200 Mi, together over the heap of 700 Mi, so Presto does not start. Fix: lower query.max-total-memory-per-node to 500 Mi or less.`,
    ],
  },
  {
    when: "queries that may take more than the workers have",
    edit: trino({ ...COORDINATOR, "query.max-memory": "1001MB" }, WORKER),
    says: [
      `${COORDINATOR_SAYS} lets a query use 1001 Mi (query.max-memory), over the 1000 Mi that its workers have for queries. Fix: lower query.max-memory to 1000 Mi, or add workers.`,
    ],
  },
  {
    when: "a coordinator that works too",
    edit: trino({ ...COORDINATOR, "query.max-memory": "2000MB", "node-scheduler.include-coordinator": "true" }, WORKER),
  },
  {
    when: "queries of a cluster whose workers the stack does not have",
    edit: trino({ ...COORDINATOR, "query.max-memory": "1PB", "discovery.uri": "http://other:8080" }, WORKER),
  },
  { when: "a file of that name of another program", edit: trino({ "query.max-memory-per-node": "9GB" }, WORKER) },
]);
