import type { TopicAccess } from "../../core/capabilities";
import { labels } from "../../core/labels";
import type { PodGroup } from "../../core/pod-group";
import { mainContainer } from "../../core/pod-group";
import { formatBytes, formatCores, MiB } from "../../core/quantity";
import type { FunctionSettings } from "./settings";

/** Knative's resources and what the function is told, as pure functions of settings and addresses. */

export const SERVICE = "functions";
export const DEAD_LETTERS = `${SERVICE}-dead-letters`;
export const SCRATCH = "/tmp";
export const DIRECTORY = "/etc/cleaning";
export const FILE = "cleaning.json";
export const PORT = 8080;
/** The port's name says the protocol to Knative, and the monitor which port to ask. */
export const PORT_NAME = "http1";
/** What Knative puts beside each function: requests come through it. */
export const QUEUE_PROXY = "queue-proxy";
export const QUEUE_SIZE = { cpu: 0.05, memory: 64 * MiB };
/** Ports of the proxy: requests of HTTP/1 and 2, and what the autoscaler reads. */
export const QUEUE_PORTS = [8012, 8013] as const;
export const AUTOSCALER_PORT = 9090;

const SERVING = "serving.knative.dev/v1";
const API = "https://kubernetes.default.svc";

/** `functions-orders`: its pods, its user in the store and in Kafka, its topic and consumer group. */
export const serviceOf = (name: string): string => `${SERVICE}-${name}`;
export const quarantinePrefix = (name: string): string => `quarantine/${serviceOf(name)}/`;

/** Where objects are. */
export interface Lake {
  /** `http://minio.lakehouse-storage.svc:9000` */
  readonly endpoint: string;
  readonly region: string;
  readonly bronze: string;
  readonly silver: string;
}

/** What submits large objects. */
export interface LargeObjects {
  /** Of jobs. */
  readonly namespace: string;
  /** Name of the job that is the model: its definition is read when an object is submitted. */
  readonly model: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The declaration that the function reads. Sizes in bytes. */
export function declaration(name: string, one: FunctionSettings, lake: Lake, large?: LargeObjects): string {
  const { endpoint, region, bronze, silver } = lake;
  const text = {
    name: serviceOf(name),
    store: { endpoint, region },
    source: { bucket: bronze, prefix: one.from },
    target: { bucket: silver, prefix: one.to },
    quarantine: { bucket: bronze, prefix: quarantinePrefix(name) },
    rules: one.rules,
    maxBytes: one.maxSize,
    scratch: SCRATCH,
    ...(large === undefined ? {} : { spark: { above: one.maxSize, api: API, program: CLEANER, ...large } }),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** Beside the programs of the other jobs in each driver. */
const CLEANER = "local:///opt/lakehouse/jobs/clean_object.py";

/** What decides how many pods of a service run. */
export interface Scale {
  readonly least: number;
  readonly most: number;
  readonly concurrency: number;
  readonly seconds: number;
}

/** A Knative Service that only pods of the cluster reach. */
export function knativeService(
  group: PodGroup,
  version: string,
  scale: Scale,
  pod: object,
  annotations: Readonly<Record<string, string>>,
): object {
  return {
    template: {
      metadata: {
        labels: labels({ ...group, version }),
        annotations: { ...autoscaling(scale), ...queueSize(group), ...annotations },
      },
      spec: { containerConcurrency: scale.concurrency, timeoutSeconds: scale.seconds, ...pod },
    },
  };
}

/** All requests go through the activator, which keeps those of a storm until a pod has room for them. */
const autoscaling = ({ least, most }: Scale): Record<string, string> => ({
  "autoscaling.knative.dev/min-scale": String(least),
  "autoscaling.knative.dev/max-scale": String(most),
  "autoscaling.knative.dev/target-burst-capacity": "-1",
});

function queueSize({ sidecars = [] }: PodGroup): Record<string, string> {
  const proxy = sidecars.find(({ name }) => name === QUEUE_PROXY);
  if (proxy === undefined) throw new Error("the pods of a function have no proxy");
  const prefix = "queue.sidecar.serving.knative.dev";
  return {
    [`${prefix}/cpu-resource-request`]: formatCores(proxy.requests.cpu),
    [`${prefix}/cpu-resource-limit`]: formatCores(proxy.limits.cpu),
    [`${prefix}/memory-resource-request`]: formatBytes(proxy.requests.memory),
    [`${prefix}/memory-resource-limit`]: formatBytes(proxy.limits.memory),
  };
}

/** The size of the function's own container. */
export const ownSize = (group: PodGroup) => ({ ...group, ...mainContainer(group), sidecars: [] });

/** Delivers a topic to a function, and what no try could finish to the keeper of dead letters. */
export function kafkaSource(
  name: string,
  one: FunctionSettings,
  kafka: TopicAccess,
  sasl: string,
  ca?: { readonly secret: string; readonly key: string },
): object {
  const service = serviceOf(name);
  const key = (secret: string, of: string) => ({ secretKeyRef: { name: secret, key: of } });
  const sink = (to: string) => ({ ref: { apiVersion: SERVING, kind: "Service", name: to } });
  return {
    bootstrapServers: [kafka.bootstrap],
    topics: [service],
    consumerGroup: service,
    consumers: one.consumers,
    initialOffset: "earliest",
    // Objects do not wait for each other: their order is in the store, not in the topic.
    ordering: "unordered",
    net: {
      ...(ca === undefined ? {} : { tls: { enable: true, caCert: key(ca.secret, ca.key) } }),
      sasl: {
        enable: true,
        type: key(sasl, MECHANISM),
        user: key(kafka.secret, kafka.userKey),
        password: key(kafka.secret, kafka.passwordKey),
      },
    },
    delivery: {
      retry: one.retries,
      backoffPolicy: "exponential",
      backoffDelay: `PT${String(one.backoffSeconds)}S`,
      timeout: `PT${String(one.seconds)}S`,
      deadLetterSink: sink(DEAD_LETTERS),
    },
    sink: sink(service),
  };
}

/** Key of the Secret that says how the source signs in. */
export const MECHANISM = "mechanism";
