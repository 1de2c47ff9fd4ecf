import { platform } from "../../../../components/cluster";
import type { ObjectStore } from "../../../../components/core/capabilities";
import { serviceEndpoint } from "../../../../components/core/endpoint";
import type { PodGroup } from "../../../../components/core/pod-group";
import { Service } from "../../../../components/core/service";
import { type Settings, settingsFrom } from "../../../../components/settings";
import { Mariadb } from "../../../../components/storage/mariadb/mariadb";
import { mariadbOperator } from "../../../../components/storage/mariadb/operator";
import { mariadbPods } from "../../../../components/storage/mariadb/pods";
import { record } from "../../streaming/kafka/fixtures";

type Given = Readonly<Record<string, unknown>>;

/** Settings of three machines with MariaDB on; `mariadb` over its defaults. */
export function settings(mariadb: Given = {}, more: Given = {}): Settings {
  return settingsFrom({
    nodes: ["a", "b", "c"].map((name) => ({ name, pool: "services", cpu: 32, memory: "128Gi" })),
    pools: { services: { default: true } },
    cluster: { certManager: true },
    storage: {
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
      mariadb: { enabled: true, ...mariadb },
    },
    ...more,
  });
}

/** The pods of one role. */
export function group(role: string, mariadb: Given = {}): PodGroup {
  const of = settings(mariadb);
  const found = mariadbPods(platform(of), of.storage.mariadb).find((pods) => pods.role === role);
  if (found === undefined) throw new Error(`no pods of role ${role}`);
  return found;
}

const endpoint = serviceEndpoint({
  name: "s3",
  peer: { kind: "pods", name: "s3", namespace: "lakehouse-storage", labels: { a: "s3" }, managed: true },
  service: "s3",
  port: 443,
  scheme: "https",
});

/** A fake object store that makes every grant. */
const objects: ObjectStore = {
  endpoint,
  region: "eu-1",
  sdk: { env: {}, iceberg: {} },
  buckets: { bronze: "b", silver: "s", gold: "g", warehouse: "w", backups: "backups" },
  grants: [],
  grant: ({ service }) => ({ endpoint, secret: `${service}-s3`, userKey: "key", passwordKey: "secret" }),
};

class Client extends Service {
  constructor(name: string) {
    super("query:Client", name, { namespace: "lakehouse-query", pods: [] });
  }
}

/** Registered resources of operator and server, with a client engine. */
export async function registered(mariadb: Given = {}, more: Given = {}) {
  const of = settings(mariadb, more);
  const own = of.storage.mariadb;
  const at = platform(of);
  const { registered: all, result: access } = await record(() => {
    const { peer: operator } = mariadbOperator(at, own);
    return new Mariadb({ platform: at, settings: own, objects, operator }).source.grant(new Client("trino"));
  });
  const kinds = (kind: string) =>
    all.filter(({ inputs }) => inputs.kind === kind).sort((one, other) => (one.name < other.name ? -1 : 1));
  const links = all
    .filter(({ type }) => type === "lakehouse:core:Link")
    .map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)} ${String(inputs.port)}`)
    .sort();
  return { all, kinds, links, access };
}
