import type { Platform } from "../../../../components/core/platform";
import { platform } from "../../../../components/cluster";
import type { Database } from "../../../../components/core/capabilities";
import { serviceEndpoint } from "../../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../../components/settings";
import { Connect } from "../../../../components/streaming/connect/connect";
import { Kafka } from "../../../../components/streaming/kafka/kafka";
import { record as recordInputs, type Registered as Resource } from "../../../support/record";
import { strimzi } from "../../../../components/streaming/kafka/operator";

/** Settings of five machines, with Kafka on; `kafka` and `connect` over the defaults. */
export function settings(
  kafka: Readonly<Record<string, unknown>> = {},
  connect: Readonly<Record<string, unknown>> = {},
): Settings {
  return settingsFrom({
    nodes: ["a", "b", "c", "d", "e"].map((name) => ({ name, pool: "services", cpu: 32, memory: "128Gi" })),
    pools: { services: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" } },
    streaming: { kafka: { enabled: true, ...kafka }, connect },
  });
}

export const kafkaSettings = (kafka: Readonly<Record<string, unknown>>): Settings["streaming"]["kafka"] =>
  settings(kafka).streaming.kafka;

export const testPlatform = (of: Settings = settings()): Platform => platform(of);

const endpoint = serviceEndpoint({
  name: "postgres",
  peer: { kind: "pods", name: "postgres", namespace: "lakehouse-storage", labels: { a: "postgres" }, managed: true },
  service: "postgres-rw",
  port: 5432,
  scheme: "postgresql",
});

/** A fake database server that records grants of change data capture. */
export function fakeDatabase(): Database & { readonly followed: string[] } {
  const followed: string[] = [];
  const refuse = () => {
    throw new Error("the streaming layer owns no database");
  };
  return {
    endpoint,
    followed,
    own: refuse,
    read: refuse,
    user: refuse,
    replicate: (client, database) => {
      followed.push(`${client.service}:${database}`);
      const stream = `${client.service}_${database}`;
      const keys = { secret: `${client.service}-postgres`, userKey: "username", passwordKey: "password" };
      const jdbcUrl = `jdbc:postgresql://${endpoint.host}:5432/${database}`;
      return { ...keys, endpoint, database, jdbcUrl, publication: stream, slot: stream };
    },
  };
}

/** The fields of registered resources that tests read. */
interface Inputs {
  readonly kind?: string;
  readonly chart?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: unknown;
  readonly metadata?: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}
export type Registered = Resource<Inputs>;

/** Registered resources of a program, with the fields that tests of this layer read. */
export const record = <T>(program: () => T) => recordInputs<Inputs, T>(program);

/** Registered resources of operator, Kafka and Connect; `client` gets the event log. */
export async function streaming(
  kafka: Readonly<Record<string, unknown>> = {},
  connect: Readonly<Record<string, unknown>> = {},
  client?: (events: Kafka) => void,
) {
  const of = settings(kafka, connect);
  const shared = { platform: testPlatform(of) };
  const database = fakeDatabase();
  const { registered } = await record(() => {
    const operator = strimzi(shared.platform, { ...of.streaming.kafka, operator: "deployed" }).peer;
    const events = new Kafka({ ...shared, settings: of.streaming.kafka, operator });
    if (of.streaming.connect.enabled)
      new Connect({ ...shared, settings: of.streaming.connect, events, database, operator });
    client?.(events);
  });
  // Sorted, because registrations end in any order.
  const kinds = (kind: string) =>
    registered.filter(({ inputs }) => inputs.kind === kind).sort((one, other) => (one.name < other.name ? -1 : 1));
  const links = registered
    .filter(({ type }) => type === "lakehouse:core:Link")
    .map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)} ${String(inputs.port)}`)
    .sort();
  return { registered, kinds, links, database };
}
