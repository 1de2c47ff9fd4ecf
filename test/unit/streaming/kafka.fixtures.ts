import * as pulumi from "@pulumi/pulumi";

import { type Platform, platform } from "../../../components/cluster";
import type { Database } from "../../../components/core/capabilities";
import { serviceEndpoint } from "../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../components/settings";
import { Connect } from "../../../components/streaming/connect";
import { Kafka } from "../../../components/streaming/kafka";
import { Strimzi } from "../../../components/streaming/strimzi";

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

/** A database server that only notes who follows what. */
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
    replicate: (client, database) => {
      followed.push(`${client.service}:${database}`);
      const stream = `${client.service}_${database}`;
      const keys = { secret: `${client.service}-postgres`, userKey: "username", passwordKey: "password" };
      const jdbcUrl = `jdbc:postgresql://${endpoint.host}:5432/${database}`;
      return { ...keys, endpoint, database, jdbcUrl, publication: stream, slot: stream };
    },
  };
}

/** A resource as it was registered, with the fields that tests read. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: {
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
  };
}

/** Everything that a program registers with Pulumi mocked; all of it, because every registration is awaited. */
export async function record<T>(
  program: () => T,
): Promise<{ readonly result: T; readonly registered: readonly Registered[] }> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Registered["inputs"] });
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "lakehouse",
    "test",
    false,
  );
  const result = program();
  // Exported, but not in the published types.
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  return { result, registered };
}

/** Operator, Kafka and Connect as they are registered; `client` is handed the event log. */
export async function streaming(
  kafka: Readonly<Record<string, unknown>> = {},
  connect: Readonly<Record<string, unknown>> = {},
  client?: (events: Kafka) => void,
) {
  const of = settings(kafka, connect);
  const shared = { platform: testPlatform(of) };
  const database = fakeDatabase();
  const { registered } = await record(() => {
    const operator = new Strimzi("strimzi", { ...shared, settings: of.streaming.kafka }).peer();
    const events = new Kafka({ ...shared, settings: of.streaming.kafka, operator });
    if (of.streaming.connect.enabled)
      new Connect({ ...shared, settings: of.streaming.connect, events, database, operator });
    client?.(events);
  });
  // In no particular order: each registration takes its own time.
  const kinds = (kind: string) =>
    registered.filter(({ inputs }) => inputs.kind === kind).sort((one, other) => (one.name < other.name ? -1 : 1));
  const links = registered
    .filter(({ type }) => type === "lakehouse:core:Link")
    .map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)} ${String(inputs.port)}`)
    .sort();
  return { registered, kinds, links, database };
}
