import type { Field } from "../core/field";
import { every, first } from "../core/path";
import { MiB, parseJvmMemory, parseQuantity, type Quantity } from "../core/quantity";
import type { Amounts } from "../workloads/types";
import type { Operator, Place, Pods, Port } from "./types";

/** Drivers and executors of Kubeflow's Spark operator. */

type Role = "driver" | "executor";

/** Defaults of `spark.kubernetes.memoryOverheadFactor`, as a share of the heap: for the JVM, and for Python and R beside it. */
const OVERHEAD = { jvm: 0.1, other: 0.4 };
/** Least overhead in bytes (`spark.{driver,executor}.minMemoryOverhead`). */
const MIN_OVERHEAD = 384 * MiB;

/** Driver and executors of the application at the path `spec`. */
function application(spec: string): Pods[] {
  const conf = (key: string) => `${spec}.sparkConf["${key}"]`;
  // The ports that Spark itself puts on the driver's container (`BasicDriverFeatureStep`).
  const rpc: Port = { name: "driver-rpc-port", at: conf("spark.driver.port"), port: 7078 };
  const driverBlocks: Port = { name: "blockmanager", at: conf("spark.driver.blockManager.port"), port: 7079 };
  const ui: Port = { name: "spark-ui", at: conf("spark.ui.port"), port: 4040 };
  // Executors listen on this port for each other. Without the setting the port is random, and no policy is required for it.
  const blocks: Port = { name: "blockmanager", at: conf("spark.blockManager.port") };
  const fetching = (why: string) => ({ to: "role" as const, role: "executor", ports: [blocks], why });
  return [
    {
      ...pods(spec, "driver"),
      replicas: 1,
      starts: "executor",
      ports: [rpc, driverBlocks, ui],
      texts: spec,
      needs: [
        { to: "api-server", why: "the driver starts its executors through the Kubernetes API" },
        fetching("the driver fetches results from its executors"),
      ],
    },
    {
      ...pods(spec, "executor"),
      replicas: (place) => executors(place, spec),
      // Executors run under the driver's account, and Spark itself disables their token.
      tokenless: true,
      ports: [blocks],
      // Only the driver connects to catalogs. Executors open files, so they connect only to the object store.
      texts: (place) => [
        first(place, `${spec}.executor`),
        ...every(place, `${spec}.sparkConf`, `${spec}.hadoopConf`).flatMap(ofStorage),
      ],
      needs: [
        {
          to: "role",
          role: "driver",
          ports: [rpc, driverBlocks],
          why: "executors register with their driver and fetch blocks from it",
        },
        fetching("executors fetch blocks from each other"),
      ],
    },
  ];
}

function pods(spec: string, role: Role): Pods {
  const own = `${spec}.${role}`;
  const template = `${own}.template`;
  const name = `spark-kubernetes-${role}`;
  return {
    role,
    lifetime: "elastic",
    labels: { "spark-role": role },
    labelsAt: [`${template}.metadata.labels`, `${own}.labels`],
    pod: [`${template}.spec`, own],
    serviceAccount: [`${own}.serviceAccount`, `${template}.spec.serviceAccountName`],
    security: [`${own}.podSecurityContext`, `${template}.spec.securityContext`],
    volumes: [`${spec}.volumes[*]`, `${template}.spec.volumes[*]`],
    configMaps: [`${spec}.sparkConfigMap`, `${spec}.hadoopConfigMap`, `${own}.configMaps[*].name`],
    affinity: [`${own}.affinity`, `${template}.spec.affinity`],
    tolerations: [`${own}.tolerations`, `${template}.spec.tolerations`],
    nodeSelector: [`${own}.nodeSelector`, `${spec}.nodeSelector`, `${template}.spec.nodeSelector`],
    priorityClass: [
      `${own}.priorityClassName`,
      `${template}.spec.priorityClassName`,
      `${spec}.batchSchedulerOptions.priorityClassName`,
    ],
    containers: [
      {
        name,
        at: own,
        image: [`${own}.image`, `${spec}.image`],
        size: (place) => size(place, spec, role),
        security: [`${own}.securityContext`, `${template}.spec.containers[name=${name}].securityContext`],
        // `memory` is the heap; the container's limit is another field.
        heap: `${own}.memory`,
      },
    ],
    written: [
      `${template}.spec.initContainers[*]`,
      `${template}.spec.containers[*]`,
      `${own}.initContainers[*]`,
      `${own}.sidecars[*]`,
    ],
  };
}

function ofStorage(conf: Field): Field[] {
  return conf.entries.filter(([key]) => /s3|endpoint/i.test(key)).map(([, value]) => value);
}

function executors(place: Place, spec: string): number {
  const dynamic = first(place, `${spec}.dynamicAllocation`);
  const given = dynamic.at("enabled").is(true)
    ? dynamic.at("maxExecutors")
    : first(place, `${spec}.executor.instances`);
  return given.number ?? 1;
}

/** Requests and limits of the container that Spark builds, from sizes in Spark's units. */
function size(place: Place, spec: string, role: Role): { requests: Amounts; limits: Amounts } {
  const own = `${spec}.${role}`;
  const cpu = (...paths: string[]): Quantity => {
    const field = first(place, ...paths);
    return { amount: parseQuantity(field.value), field };
  };
  const memory = totalMemory(place, spec, role);
  const memoryLimit = first(place, `${own}.memoryLimit`);
  return {
    requests: { cpu: cpu(`${own}.coreRequest`, `${own}.cores`), memory },
    limits: {
      cpu: cpu(`${own}.coreLimit`),
      // Without a limit of its own Spark uses the request.
      memory: memoryLimit.absent ? memory : { amount: parseJvmMemory(memoryLimit.value), field: memoryLimit },
    },
  };
}

function totalMemory(place: Place, spec: string, role: Role): Quantity {
  const conf = (key: string) => `${spec}.sparkConf["${key}"]`;
  const field = first(place, `${spec}.${role}.memory`);
  const heap = field.present ? parseJvmMemory(field.value) : undefined;
  if (heap === undefined) return { amount: undefined, field };
  const overhead = first(place, `${spec}.${role}.memoryOverhead`, conf(`spark.${role}.memoryOverhead`));
  // An unknown overhead may be enough.
  if (overhead.unknown) return { amount: undefined, field };
  const python = role === "executor" ? parseJvmMemory(first(place, conf("spark.executor.pyspark.memory")).value) : 0;
  const beside = ["Python", "R"].includes(first(place, `${spec}.type`).text ?? "");
  const factor = first(place, `${spec}.memoryOverheadFactor`, conf("spark.kubernetes.memoryOverheadFactor")).number;
  const share = factor ?? (beside ? OVERHEAD.other : OVERHEAD.jvm);
  const extra = parseJvmMemory(overhead.value) ?? Math.max(MIN_OVERHEAD, Math.floor(heap * share));
  return { amount: heap + extra + (python ?? 0), field };
}

export const sparkOperator: Operator = {
  kinds: {
    "sparkoperator.k8s.io/SparkApplication": { pods: application("spec") },
    /** Pods of each run. */
    "sparkoperator.k8s.io/ScheduledSparkApplication": { pods: application("spec.template") },
    // `SparkConnect` makes pods that the pack does not read, so it is refused.
  },
  charts: {
    "spark-operator": {
      operator: true,
      pods: [
        {
          role: "controller",
          at: "controller",
          replicas: "replicas",
          labelsAt: "labels",
          labels: { "app.kubernetes.io/component": "controller" },
          ports: [{ name: "metrics", port: 8080 }],
        },
        {
          role: "webhook",
          at: "webhook",
          replicas: "replicas",
          labelsAt: "labels",
          labels: { "app.kubernetes.io/component": "webhook" },
          ports: [
            { name: "metrics", port: 8080 },
            { name: "webhook", port: 9443 },
          ],
          enabled: "enable",
          webhook: { at: "webhook.port", port: 9443 },
        },
      ],
    },
  },
};
