import { MiB } from "../../core/quantity";

/** Flink's configuration, as a pure function of sizes and endpoints. */

/** Fixed ports, because network policies name them; Flink's own default is a random one for most. */
export const PORTS = {
  rest: 8081,
  /** The JobManager's: TaskManagers register and report there, and fetch the job's files. */
  rpc: 6123,
  blobs: 6124,
  /** The TaskManager's: the JobManager deploys tasks and reads their metrics, other TaskManagers fetch records. */
  tasks: 6122,
  data: 6121,
  taskMetrics: 6125,
  metrics: 9249,
} as const;

/** Directory of a TaskManager's state beyond memory, and of a JobManager's job files. */
export const WORK_DIRECTORY = "/data/flink";
/** Prefix in the bucket `warehouse`; no namespace of tables begins with it. */
export const STATE_PREFIX = "_flink/";

export type FlinkRole = "jobmanager" | "taskmanager";

/**
 * Least memory of a pod in MiB: below it, what Flink reserves for the JVM, the network and its framework leaves no heap for tasks.
 * Seen with the calculator of Flink 2.0 (`BashJavaUtils`): at 1024 a TaskManager would have 25 MB for tasks.
 */
export const LEAST_MEMORY: Readonly<Record<FlinkRole, number>> = { jobmanager: 1024, taskmanager: 1536 };

/** Flink's `m` is MiB. The pod's limit is the whole process: Flink divides it into heap, managed memory and the rest. */
export function processMemory(limit: number, role: FlinkRole): string {
  const size = Math.floor(limit / MiB);
  const least = LEAST_MEMORY[role];
  if (size < least) throw new RangeError(`Flink needs pods of at least ${String(least)}Mi, given ${String(size)}Mi`);
  return `${String(size)}m`;
}

/** Tasks that one TaskManager runs side by side: whole requested cores. */
export const slots = (cores: number): number => Math.max(1, Math.floor(cores));

export interface FlinkConfigurationFacts {
  readonly s3: { readonly url: string };
  /** Real name of the bucket that holds checkpoints. */
  readonly bucket: string;
  /** Cores that one TaskManager requests. */
  readonly cores: number;
  /** Limit of cpu as a multiple of the request, by role. */
  readonly cpuBurst: Readonly<Record<FlinkRole, number>>;
  /** Seconds between two checkpoints; records become visible in tables at a checkpoint. */
  readonly checkpointSeconds: number;
}

/** The deployment's `flinkConfiguration`; sizes of pods and the parallelism are the operator's to add. */
export function flinkConfiguration(facts: FlinkConfigurationFacts): Record<string, string> {
  const configuration = {
    ...stateConfiguration(facts),
    ...recoveryConfiguration(facts),
    ...networkConfiguration(),
    "taskmanager.numberOfTaskSlots": String(slots(facts.cores)),
    "kubernetes.jobmanager.cpu.limit-factor": String(facts.cpuBurst.jobmanager),
    "kubernetes.taskmanager.cpu.limit-factor": String(facts.cpuBurst.taskmanager),
    "io.tmp.dirs": WORK_DIRECTORY,
    // The credentials come from the environment, by the AWS client's own chain.
    "s3.endpoint": facts.s3.url,
    "s3.path.style.access": "true",
    "metrics.reporters": "prom",
    "metrics.reporter.prom.factory.class": "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
    "metrics.reporter.prom.port": String(PORTS.metrics),
  };
  return Object.fromEntries(Object.entries(configuration).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** State beyond memory is on disk; each checkpoint writes its changes to the object store. */
function stateConfiguration({ bucket, checkpointSeconds }: FlinkConfigurationFacts): Record<string, string> {
  const directory = (name: string) => `s3://${bucket}/${STATE_PREFIX}${name}`;
  return {
    "state.backend.type": "rocksdb",
    "execution.checkpointing.incremental": "true",
    "execution.checkpointing.mode": "EXACTLY_ONCE",
    "execution.checkpointing.interval": `${String(checkpointSeconds)} s`,
    // With a slow store the job must not spend all of its time on checkpoints.
    "execution.checkpointing.min-pause": `${String(Math.ceil(checkpointSeconds / 2))} s`,
    "execution.checkpointing.timeout": "10 min",
    // While the store does not answer the job waits instead of restarting; an alert reports it.
    "execution.checkpointing.tolerable-failed-checkpoints": "10",
    "execution.checkpointing.num-retained": "3",
    "execution.checkpointing.dir": directory("checkpoints"),
    "execution.checkpointing.savepoint-dir": directory("savepoints"),
    // A deployment that is deleted by mistake can be started again from where it was.
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
  };
}

/**
 * Kubernetes restarts a failed JobManager, which recovers its job from the newest checkpoint. A failed job is restarted without a
 * limit, the strategy's default: an alert reports it, and a person decides.
 */
function recoveryConfiguration({ bucket }: FlinkConfigurationFacts): Record<string, string> {
  return {
    "high-availability.type": "kubernetes",
    "high-availability.storageDir": `s3://${bucket}/${STATE_PREFIX}ha`,
    "restart-strategy.type": "exponential-delay",
    "restart-strategy.exponential-delay.initial-backoff": "1 s",
    "restart-strategy.exponential-delay.max-backoff": "2 min",
    "restart-strategy.exponential-delay.reset-backoff-threshold": "10 min",
  };
}

function networkConfiguration(): Record<string, string> {
  return {
    "jobmanager.rpc.port": String(PORTS.rpc),
    // With high availability this port is used, which is random by default.
    "high-availability.jobmanager.port": String(PORTS.rpc),
    "blob.server.port": String(PORTS.blobs),
    "taskmanager.rpc.port": String(PORTS.tasks),
    "taskmanager.data.port": String(PORTS.data),
    "metrics.internal.query-service.port": String(PORTS.taskMetrics),
    "rest.port": String(PORTS.rest),
    "kubernetes.rest-service.exposed.type": "ClusterIP",
    // The web interface has no authentication, so it is read-only: no jars, no cancelling.
    "web.submit.enable": "false",
    "web.cancel.enable": "false",
    "web.rescale.enable": "false",
  };
}
