import { MiB } from "../core/quantity";

/** Flink's configuration, as a pure function of sizes and endpoints. */

/** Fixed ports, because network policies name them; Flink's own default is a random one for most. */
export const PORTS = {
  rest: 8081,
  /** The JobManager's: TaskManagers register and report there, and fetch the job's files. */
  rpc: 6123,
  blobs: 6124,
  /** The TaskManager's: the JobManager deploys tasks and asks for their metrics, other TaskManagers fetch records. */
  tasks: 6122,
  data: 6121,
  taskMetrics: 6125,
  metrics: 9249,
} as const;

/** Where a TaskManager keeps state that is larger than memory, and a JobManager the files that it hands out. */
export const WORK_DIRECTORY = "/data/flink";
/** In the warehouse's bucket: no namespace of tables begins so. */
export const STATE_PREFIX = "_flink/";

export type FlinkRole = "jobmanager" | "taskmanager";

/**
 * Below these Flink cannot divide a pod: what it sets aside for the JVM, the network and its framework leaves no heap for
 * tasks. Seen with the calculator of Flink 2.0 (`BashJavaUtils`): at 1024 a TaskManager would have 25 MB for tasks. In MiB.
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
  /** Seconds between two checkpoints, which is how late records become visible in tables. */
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

/** State that outgrows memory goes to disk, and what has changed of it to the object store at each checkpoint. */
function stateConfiguration({ bucket, checkpointSeconds }: FlinkConfigurationFacts): Record<string, string> {
  const directory = (name: string) => `s3://${bucket}/${STATE_PREFIX}${name}`;
  return {
    "state.backend.type": "rocksdb",
    "execution.checkpointing.incremental": "true",
    "execution.checkpointing.mode": "EXACTLY_ONCE",
    "execution.checkpointing.interval": `${String(checkpointSeconds)} s`,
    // A slow store must not leave the job with nothing but checkpoints to do.
    "execution.checkpointing.min-pause": `${String(Math.ceil(checkpointSeconds / 2))} s`,
    "execution.checkpointing.timeout": "10 min",
    // Without an answer from the store the job waits instead of restarting; the alert tells.
    "execution.checkpointing.tolerable-failed-checkpoints": "10",
    "execution.checkpointing.num-retained": "3",
    "execution.checkpointing.dir": directory("checkpoints"),
    "execution.checkpointing.savepoint-dir": directory("savepoints"),
    // A deployment that is deleted by mistake can be started again from where it was.
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
  };
}

/**
 * A JobManager that dies is started again by Kubernetes, and finds its job and the newest checkpoint. A job that fails is
 * tried for ever, which is the strategy's default: whoever is woken by the alert decides, not the hundredth attempt.
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
    // With high availability this one counts, and it is random by default.
    "high-availability.jobmanager.port": String(PORTS.rpc),
    "blob.server.port": String(PORTS.blobs),
    "taskmanager.rpc.port": String(PORTS.tasks),
    "taskmanager.data.port": String(PORTS.data),
    "metrics.internal.query-service.port": String(PORTS.taskMetrics),
    "rest.port": String(PORTS.rest),
    "kubernetes.rest-service.exposed.type": "ClusterIP",
    // Nobody signs in at the web interface, so it shows and changes nothing: no jars, no cancelling.
    "web.submit.enable": "false",
    "web.cancel.enable": "false",
    "web.rescale.enable": "false",
  };
}
