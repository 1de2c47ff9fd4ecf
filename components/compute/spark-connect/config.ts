import { labels, MADE } from "../../core/labels";
import { serviceHost } from "../../core/endpoint";
import type { PodGroup } from "../../core/pod-group";
import { formatCores } from "../../core/quantity";
import { imageFor, pullSecrets } from "../../core/site";
import { shared } from "../../core/versions";
import {
  BLOCK_PORT,
  DRIVER_PORT,
  propertiesFile,
  type SparkConfFacts,
  sparkConf,
  sparkMemory,
  sparkSize,
  taskSlots,
} from "../spark-conf";
import type { PodTemplate } from "../spark-pod";
import type { SparkConnectSettings } from "./settings";

/** Files and commands of the server, as pure functions of sizes and addresses. */

/** Port of gRPC. */
export const PORT = 15_002;
export const CONFIG_DIRECTORY = "/etc/spark-connect";
export const CONFIG_FILE = "connect.conf";
const TEMPLATE_FILE = "executor.json";
export const EXECUTOR = "spark-connect-executor";
/** Minutes after which an executor that holds shuffle files of ended queries may go too. */
const SHUFFLE_MINUTES = 10;

export interface ConnectFacts extends SparkConfFacts {
  readonly settings: SparkConnectSettings;
  readonly image: string;
  readonly server: PodGroup;
  readonly executor: PodGroup;
  readonly template: PodTemplate;
}

export const files = (facts: ConnectFacts): Record<string, string> => ({
  [CONFIG_FILE]: propertiesFile(connectConf(facts)),
  [TEMPLATE_FILE]: JSON.stringify(facts.template, undefined, 2),
});

/** The template with what jobs' pods have from the operator: labels, account, Secrets of registries. */
export const executorTemplate = (template: PodTemplate, group: PodGroup): PodTemplate => ({
  metadata: { labels: labels({ ...group, version: shared.spark.version }) },
  spec: { ...template.spec, ...pullSecrets(group), serviceAccountName: EXECUTOR },
});

/** Annotations of the template as an object of the cluster: how many pods it may become. */
export const templateAnnotations = ({ replicas }: PodGroup): Record<string, string> => ({ [MADE]: String(replicas) });

/** The server is the driver of one application: its sessions share executors, and the jobs of each get their turn. */
export function connectConf(facts: ConnectFacts): Record<string, string> {
  const { settings, server, executor } = facts;
  const ends = `${String(settings.sessionMinutes)}m`;
  return {
    ...sparkConf(facts),
    "spark.app.name": "spark-connect",
    "spark.connect.grpc.binding.port": String(PORT),
    "spark.connect.session.manager.defaultSessionTimeout": ends,
    "spark.scheduler.mode": "FAIR",
    "spark.driver.memory": sparkSize(sparkMemory(server.limits.memory).heap),
    "spark.driver.host": serviceHost(server.service, server.namespace),
    "spark.driver.bindAddress": "0.0.0.0",
    "spark.driver.extraJavaOptions": "-XX:+ExitOnOutOfMemoryError",
    // Of the heap: a server that runs for weeks fills it before it ends by it.
    "spark.metrics.conf.driver.source.jvm.class": "org.apache.spark.metrics.source.JvmSource",
    ...kubernetesConf(facts),
    ...executorConf(executor),
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.minExecutors": "0",
    "spark.dynamicAllocation.initialExecutors": "0",
    "spark.dynamicAllocation.maxExecutors": String(executor.replicas),
    "spark.dynamicAllocation.executorIdleTimeout": `${String(settings.idleSeconds)}s`,
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.timeout": `${String(SHUFFLE_MINUTES)}m`,
  };
}

function kubernetesConf({ image, executor }: ConnectFacts): Record<string, string> {
  return {
    "spark.master": `k8s://https://${serviceHost("kubernetes", "default")}`,
    "spark.kubernetes.namespace": executor.namespace,
    "spark.kubernetes.container.image": imageFor(executor, image),
    "spark.kubernetes.container.image.pullPolicy": "IfNotPresent",
    "spark.kubernetes.authenticate.executor.serviceAccountName": EXECUTOR,
    "spark.kubernetes.executor.podTemplateFile": `${CONFIG_DIRECTORY}/${TEMPLATE_FILE}`,
    "spark.kubernetes.executor.podTemplateContainerName": "spark-kubernetes-executor",
  };
}

/** Size of executors: Spark sets it on the pods that it makes of the template. */
function executorConf(group: PodGroup): Record<string, string> {
  const memory = sparkMemory(group.limits.memory);
  return {
    "spark.executor.cores": String(taskSlots(group.requests.cpu)),
    "spark.executor.memory": sparkSize(memory.heap),
    "spark.executor.memoryOverhead": sparkSize(memory.overhead),
    "spark.kubernetes.executor.request.cores": formatCores(group.requests.cpu),
    "spark.kubernetes.executor.limit.cores": formatCores(group.limits.cpu),
  };
}

/** Kubernetes fills in the pod's name: executors belong to the pod, so they go where it goes. */
export const COMMAND = [
  "/opt/spark/bin/spark-submit",
  "--class",
  "org.apache.spark.sql.connect.service.SparkConnectServer",
  "--properties-file",
  `${CONFIG_DIRECTORY}/${CONFIG_FILE}`,
  "--conf",
  "spark.kubernetes.driver.pod.name=$(POD_NAME)",
  "spark-internal",
] as const;

/** Ports of the Service: sessions, and what executors connect to. */
export const SERVICE_PORTS = {
  connect: { port: PORT },
  driver: { port: DRIVER_PORT },
  blocks: { port: BLOCK_PORT },
} as const;

/** Value of `SPARK_REMOTE`: the token is a header, because with `token=` Python's client speaks TLS alone. */
export const remote = (url: string, token: string): string => `${url}/;authorization=Bearer%20${token}`;
