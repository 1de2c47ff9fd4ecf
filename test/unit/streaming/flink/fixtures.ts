import { tableFormats } from "../../../../components/catalog/formats";
import type { Platform } from "../../../../components/core/platform";
import { platform } from "../../../../components/cluster";
import type { EventLog, TopicAccess, TopicRequest } from "../../../../components/core/capabilities";
import { serviceEndpoint } from "../../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../../components/settings";
import { Flink } from "../../../../components/streaming/flink/flink";
import { flinkOperator } from "../../../../components/streaming/flink/operator";
import { fakeLibraries } from "../../../support/libraries";
import { fakeObjects } from "../../../support/objects";
import { fakeTables, record } from "../../compute/fixtures";

/** Settings of two machines with a pool each, and the founding sizes of Flink. */
export function settings(flink: Readonly<Record<string, unknown>> = {}): Settings {
  return settingsFrom({
    nodes: ["control", "streams"].map((pool) => ({ name: `node-${pool}`, pool, cpu: 32, memory: "128Gi" })),
    pools: { control: { default: true }, streams: { taint: "NoSchedule" } },
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" } },
    streaming: { kafka: { enabled: true }, flink: { enabled: true, ...flink } },
  });
}

export const testPlatform = (of: Settings = settings()): Platform => platform(of);

export const ACCESS: TopicAccess = {
  endpoint: serviceEndpoint({
    name: "kafka-tls",
    peer: { kind: "pods", name: "kafka", namespace: "lakehouse-streaming", labels: { a: "kafka" }, managed: true },
    service: "kafka-bootstrap",
    port: 9093,
    scheme: "kafka",
  }),
  bootstrap: "kafka-bootstrap.lakehouse-streaming.svc:9093",
  securityProtocol: "SASL_SSL",
  mechanism: "SCRAM-SHA-512",
  secret: "flink-kafka",
  user: "flink",
  userKey: "username",
  passwordKey: "password",
  jaasKey: "sasl.jaas.config",
  ca: { secret: "kafka-ca", key: "ca.crt" },
};

/** A fake event log that records its grants. */
export function fakeEvents() {
  const topics: { readonly name: string; readonly partitions: number | undefined }[] = [];
  const granted: TopicRequest[] = [];
  const events: EventLog = {
    bootstrap: ACCESS.endpoint,
    topic: (name, of) => {
      topics.push({ name, partitions: of?.partitions });
      return name;
    },
    grant: (_client, access) => {
      granted.push(...access);
      return ACCESS;
    },
  };
  return { events, topics, granted };
}

interface Inputs {
  readonly [key: string]: unknown;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly data: Readonly<Record<string, string>>;
  readonly rules: readonly object[];
  readonly spec: Readonly<Record<string, never>>;
}

/** Registered resources of operator and job. */
export async function flink(of: Readonly<Record<string, unknown>> = {}) {
  const all = settings(of);
  const own = all.streaming.flink;
  const objects = fakeObjects();
  const log = fakeEvents();
  const { registered } = await record(() => {
    const base = { platform: testPlatform(all), settings: own };
    const { peer } = flinkOperator(base.platform, own);
    return new Flink("flink", {
      ...base,
      objects,
      tables: fakeTables(),
      libraries: fakeLibraries,
      formats: tableFormats(all.catalog.formats),
      events: log.events,
      operator: peer,
      after: [],
    });
  });
  const ofType = (type: string) =>
    registered
      .filter((each) => each.type === type)
      .map(({ name, inputs }) => ({ name, inputs: inputs as unknown as Inputs }));
  return { objects, ...log, registered, ofType };
}
