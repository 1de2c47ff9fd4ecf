import { platform } from "../../../../components/cluster";
import { serviceEndpoint } from "../../../../components/core/endpoint";
import type { SearchAccess, TopicAccess } from "../../../../components/core/capabilities";
import { type Settings, settingsFrom, SettingsError } from "../../../../components/settings";
import type { ElasticsearchSettings } from "../../../../components/storage/elasticsearch/settings";

type Given = Readonly<Record<string, unknown>>;

/** Settings of Logstash with one pipeline. */
export const PIPELINES = { logstash: { pipelines: [{ topic: "app", stream: "logs-app" }] } };

/** Settings of three machines with Elasticsearch on; `elasticsearch` over its defaults. */
export const settings = (elasticsearch: Given = {}, more: Given = {}): Settings =>
  settingsFrom({
    nodes: ["a", "b", "c"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
    pools: { all: { default: true } },
    licences: { allow: ["Elastic-2.0"] },
    cluster: { storageClass: "fast", certManager: true },
    streaming: { kafka: { enabled: true } },
    ...more,
    storage: {
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
      elasticsearch: { enabled: true, ...elasticsearch },
      ...(more.storage as object | undefined),
    },
  });
export const own = (elasticsearch: Given = {}): ElasticsearchSettings => settings(elasticsearch).storage.elasticsearch;
export const at = (elasticsearch: Given = {}) => platform(settings(elasticsearch));

export function mistakes(elasticsearch: Given, more: Given = {}): string[] {
  try {
    settings(elasticsearch, more);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.mistakes.map(
      ({ path, message }) => `${path.replace("lakehouse:storage.elasticsearch.", "")}: ${message}`,
    );
  }
}

const place = (service: string, port: number, namespace = "lakehouse-storage") =>
  serviceEndpoint({
    name: service,
    peer: { kind: "pods", name: service, namespace, labels: { a: service }, managed: true },
    service,
    port,
  });

export const s3 = {
  url: "http://minio.lakehouse-storage.svc:9000",
  region: "us-east-1",
  keys: { secret: "elasticsearch-s3", userKey: "accessKey", passwordKey: "secretKey" },
};
export const search: SearchAccess = {
  endpoint: place("elasticsearch", 9200),
  secret: "logstash-elasticsearch",
  userKey: "username",
  passwordKey: "password",
};
export const kafka: TopicAccess = {
  user: "logstash",
  secret: "logstash-kafka",
  userKey: "user",
  passwordKey: "password",
  jaasKey: "sasl.jaas.config",
  endpoint: place("kafka-kafka-bootstrap", 9092, "lakehouse-streaming"),
  bootstrap: "kafka-kafka-bootstrap.lakehouse-streaming.svc:9092",
  securityProtocol: "SASL_PLAINTEXT",
  mechanism: "SCRAM-SHA-512",
};
