import { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import { MiB, parseJvmMemory, parseQuantity, type Quantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import { configMapsOf, container, podContainers } from "./pods";
import type { Container, ImpliedNeed, Workload } from "./types";

type Role = "driver" | "executor";

/** `spark.kubernetes.memoryOverheadFactor`: a tenth, or two fifths where Python or R runs beside the JVM. */
const OVERHEAD = { jvm: 0.1, other: 0.4 };
/** Spark adds at least this much (`spark.{driver,executor}.minMemoryOverhead`). */
const MIN_OVERHEAD = 384 * MiB;
/** Defaults of `spark.driver.port` and `spark.driver.blockManager.port` on Kubernetes. */
const DRIVER_PORTS = { "spark.driver.port": 7078, "spark.driver.blockManager.port": 7079 };

/** Ports that Spark itself puts on the driver's container (`BasicDriverFeatureStep`), with the setting that moves each. */
const BUILT_IN_PORTS = [
  { name: "driver-rpc-port", key: "spark.driver.port", port: 7078 },
  { name: "blockmanager", key: "spark.driver.blockManager.port", port: 7079 },
  { name: "spark-ui", key: "spark.ui.port", port: 4040 },
];

/** Driver and executors of a SparkApplication, or of each run of a ScheduledSparkApplication. */
export function spark(resource: Resource): Workload[] {
  const spec = resource.root.get(resource.kind === "ScheduledSparkApplication" ? "spec.template" : "spec");
  return [pods(resource, spec, "driver"), pods(resource, spec, "executor")];
}

function pods(resource: Resource, spec: Field, role: Role): Workload {
  const own = spec.at(role);
  const template = own.at("template", "spec");
  const labels = own.at("labels").or(own.at("template", "metadata", "labels"));
  const conf = spec.at("sparkConf");
  const containers = [built(spec, role), ...others(own, role)];
  const volumes = [...spec.at("volumes").items, ...template.at("volumes").items];
  return {
    resource,
    role,
    lifetime: "elastic",
    replicas: role === "driver" ? 1 : executors(spec),
    namespace: resource.namespace,
    labels: labelsOf(
      Field.made({ "spark-role": role }, labels.path),
      own.at("template", "metadata", "labels"),
      own.at("labels"),
    ),
    labelsField: labels,
    serviceAccount: own.at("serviceAccount").or(template.at("serviceAccountName")).text,
    containers,
    spec: template.absent ? own : template,
    security: own.at("podSecurityContext").or(template.at("securityContext")),
    volumes,
    configMaps: [
      ...configMapsOf(volumes, containers),
      ...["sparkConfigMap", "hadoopConfigMap"].flatMap((key) => spec.at(key).text ?? []),
      ...own.at("configMaps").items.flatMap((map) => map.at("name").text ?? []),
    ],
    affinity: own.at("affinity").or(template.at("affinity")),
    tolerations: own.at("tolerations").or(template.at("tolerations")),
    nodeSelector: own.at("nodeSelector").or(spec.at("nodeSelector"), template.at("nodeSelector")),
    priorityClass: own
      .at("priorityClassName")
      .or(template.at("priorityClassName"), spec.at("batchSchedulerOptions", "priorityClassName")).text,
    listeners: [
      ...(role === "driver"
        ? BUILT_IN_PORTS.map(({ name, key, port }) => ({ name, port: conf.at(key).number ?? port }))
        : blockPorts(conf).map((port) => ({ name: "blockmanager", port }))),
      ...own.at("ports").items.flatMap((port) => {
        const number = port.at("containerPort").number;
        return number === undefined ? [] : [{ name: port.at("name").text ?? "", port: number }];
      }),
    ],
    // The driver resolves catalogs; executors only open files, so they need the object store alone.
    texts: role === "driver" ? [spec] : [own, ...storageOf(conf), ...storageOf(spec.at("hadoopConf"))],
    implied: implied(spec, role),
  };
}

function executors(spec: Field): number {
  const dynamic = spec.at("dynamicAllocation");
  return (
    (dynamic.at("enabled").is(true) ? dynamic.at("maxExecutors").number : spec.at("executor", "instances").number) ?? 1
  );
}

function storageOf(conf: Field): Field[] {
  return conf.entries.filter(([key]) => /s3|endpoint/i.test(key)).map(([, value]) => value);
}

/** Executors listen for each other on this port; without it on a random one, for which no policy can be demanded. */
function blockPorts(conf: Field): number[] {
  const port = conf.at("spark.blockManager.port").number ?? 0;
  return port === 0 ? [] : [port];
}

function implied(spec: Field, role: Role): ImpliedNeed[] {
  const conf = spec.at("sparkConf");
  const blocks = blockPorts(conf);
  const fetching = (why: string): ImpliedNeed[] =>
    blocks.length === 0 ? [] : [{ to: "role", role: "executor", ports: blocks, why }];
  if (role === "driver") {
    return [
      { to: "api-server", why: "the driver starts its executors through the Kubernetes API" },
      ...fetching("the driver fetches results from its executors"),
    ];
  }
  const ports = Object.entries(DRIVER_PORTS).map(([key, port]) => conf.at(key).number ?? port);
  return [
    { to: "role", role: "driver", ports, why: "executors register with their driver and fetch blocks from it" },
    ...(executors(spec) > 1 ? fetching("executors fetch blocks from each other") : []),
  ];
}

/** The one container that Spark builds; its sizes are in Spark's own units. */
function built(spec: Field, role: Role): Container {
  const own = spec.at(role);
  const template = own
    .at("template", "spec", "containers")
    .items.find((item) => item.at("name").is(`spark-kubernetes-${role}`));
  const cores = own.at("cores");
  const coreRequest = own.at("coreRequest").or(cores);
  const coreLimit = own.at("coreLimit");
  const memory = totalMemory(spec, role);
  const memoryLimit = own.at("memoryLimit");
  return {
    name: `spark-kubernetes-${role}`,
    kind: "main",
    field: own,
    image: own.at("image").or(spec.at("image")),
    requests: { cpu: { amount: parseQuantity(coreRequest.value), field: coreRequest }, memory },
    limits: {
      cpu: { amount: parseQuantity(coreLimit.value), field: coreLimit },
      // Without a limit of its own Spark uses the request.
      memory: memoryLimit.absent ? memory : { amount: parseJvmMemory(memoryLimit.value), field: memoryLimit },
    },
    security: own.at("securityContext").or(...(template === undefined ? [] : [template.at("securityContext")])),
  };
}

/** Containers beside it. */
function others(own: Field, role: Role): Container[] {
  return [
    ...podContainers(own.at("template", "spec")).filter(({ name }) => name !== `spark-kubernetes-${role}`),
    ...podContainers(own),
    ...own.at("sidecars").items.map((field) => container(field, "main")),
  ];
}

function totalMemory(spec: Field, role: Role): Quantity {
  const field = spec.at(role, "memory");
  const heap = field.present ? parseJvmMemory(field.value) : undefined;
  if (heap === undefined) return { amount: undefined, field };
  const overhead = spec.at(role, "memoryOverhead").or(spec.at("sparkConf", `spark.${role}.memoryOverhead`));
  // What is not known yet may be enough.
  if (overhead.unknown) return { amount: undefined, field };
  const python = role === "executor" ? parseJvmMemory(spec.at("sparkConf", "spark.executor.pyspark.memory").value) : 0;
  const jvm = ["Python", "R"].includes(spec.at("type").text ?? "") ? OVERHEAD.other : OVERHEAD.jvm;
  const factor = spec
    .at("memoryOverheadFactor")
    .or(spec.at("sparkConf", "spark.kubernetes.memoryOverheadFactor")).number;
  const extra = parseJvmMemory(overhead.value) ?? Math.max(MIN_OVERHEAD, Math.floor(heap * (factor ?? jvm)));
  return { amount: heap + extra + (python ?? 0), field };
}
