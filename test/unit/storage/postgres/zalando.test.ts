import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { settingsFrom } from "../../../../components/settings";
import { instancesOf } from "../../../../components/storage/postgres/instances";
import {
  barmanPluginPods,
  cloudNativePgPods,
  postgresPods,
  zalandoPods,
} from "../../../../components/storage/postgres/pods";
import { archiveEnv, zalandoSpec } from "../../../../components/storage/postgres/zalando";
import { operatorValues } from "../../../../components/storage/postgres/zalando.operator";
import { GiB } from "../../../../components/core/quantity";
import { upstream } from "../../../support/upstream";

const given = (postgres: object = {}) => {
  const settings = settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
    pools: { all: { default: true } },
    cluster: {},
    storage: {
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
      postgres: { by: "zalando", ...postgres },
    },
  });
  return { at: platform(settings), own: settings.storage.postgres };
};

interface Spec {
  readonly patroni: Readonly<Record<string, unknown>>;
  readonly volume: { readonly size: string };
  readonly postgresql: { readonly version: string; readonly parameters: Readonly<Record<string, string>> };
  readonly sidecars: readonly { readonly resources: { readonly limits: { readonly memory: string } } }[];
  readonly env?: readonly { readonly name: string }[];
}
function spec(postgres: object = {}): Spec {
  const { at, own } = given(postgres);
  const [group] = postgresPods(at, own);
  assert.ok(group);
  const facts = {
    name: "postgres",
    group,
    major: "18",
    wal: own.walStorage,
    durability: own.synchronous,
    archive: undefined,
  };
  return zalandoSpec(facts) as Spec;
}

describe("Spilo", () => {
  it("has one volume with room for data and log, and the parameters that CloudNativePG's server has", () => {
    const { volume, postgresql } = spec({ storage: "20Gi", walStorage: "10Gi", server: { memory: "4Gi" } });
    assert.equal(volume.size, "30Gi");
    assert.equal(postgresql.version, "18");
    const { shared_buffers, wal_level, max_slot_wal_keep_size } = postgresql.parameters;
    assert.deepEqual([shared_buffers, wal_level, max_slot_wal_keep_size], ["1024MB", "logical", "5120MB"]);
    assert.equal(postgresql.parameters.sync_replication_slots, undefined);
  });

  it("commits a write on a second instance first, as strictly as set", () => {
    const of = (replicas: number, synchronous: string) => spec({ server: { replicas }, synchronous }).patroni;
    const one = { failsafe_mode: true, synchronous_mode: true, synchronous_node_count: 1 };
    assert.deepEqual(of(2, "preferred"), one);
    assert.deepEqual(of(3, "required"), { ...one, synchronous_mode_strict: true });
    assert.deepEqual([of(1, "preferred"), of(3, "off")], [{ failsafe_mode: true }, { failsafe_mode: true }]);
  });

  it("writes its archive with keys from a Secret alone", () => {
    const keys = { secret: "postgres-s3", userKey: "AccessKey", passwordKey: "SecretKey" };
    const archive = {
      prefix: "s3://backups/postgres/postgres",
      url: "http://store:9000",
      region: "here",
      keys,
      schedule: "15 2 * * *",
      retentionDays: 30,
      ca: undefined,
    };
    const env = archiveEnv(archive);
    const plain = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    assert.equal(plain.WALG_S3_PREFIX, archive.prefix);
    assert.equal(plain.AWS_ENDPOINT, archive.url);
    assert.equal(plain.BACKUP_NUM_TO_RETAIN, "30");
    assert.deepEqual(
      env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name),
      ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    );
    const ca = archiveEnv({ ...archive, ca: { secret: "postgres-ca", key: "ca.pem" } });
    assert.deepEqual(ca.find(({ name }) => name === "WALG_S3_CA_CERT_FILE")?.value, "/opt/lakehouse/ca/ca.pem");
  });

  it("is counted with its exporter, its operator, and nothing of the other operator", () => {
    const { at, own } = given({ server: { replicas: 2, memory: "4Gi" }, exporter: { memory: "128Mi" } });
    const [group] = postgresPods(at, own);
    assert.equal(group?.requests.memory, 4 * GiB + GiB / 8);
    assert.equal(group.namespace, "lakehouse-postgres");
    assert.deepEqual([cloudNativePgPods(at, own), barmanPluginPods(at, own)], [[], []]);
    assert.equal(zalandoPods(at, own).length, 1);
    assert.deepEqual(zalandoPods(at, given({ operator: "existing" }).own), []);
  });

  it("is called by the operator's names", () => {
    assert.equal(instancesOf("postgres", { by: "zalando" }).service, "postgres");
    assert.equal(instancesOf("postgres", { by: "cloudnative-pg" }).service, "postgres-rw");
  });

  it("cannot be restored by settings, and says so", () => {
    assert.throws(
      () => given({ restore: { serverName: "old" }, backup: { serverName: "new" } }),
      /lakehouse:storage\.postgres\.restore: given with by zalando; allowed: none/,
    );
  });
});

/** Paths of a chart's values that its own file does not have, but for those that are commented out there. */
function unknown(values: object, known: Readonly<Record<string, unknown>>, path = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (key === "resources") return [];
    if (!(key in known)) return [`${path}${key}`];
    const inner = known[key];
    const isMap = (one: unknown): one is Record<string, unknown> =>
      typeof one === "object" && one !== null && !Array.isArray(one);
    return isMap(value) && isMap(inner) && Object.keys(inner).length > 0 ? unknown(value, inner, `${path}${key}.`) : [];
  });
}

describe("Zalando's chart", () => {
  it("has every value that is set, and container security that the restricted profile adds to its own", function () {
    const known = upstream("chart-values/zalando-postgres-operator/values.yaml") as Record<string, unknown> | undefined;
    if (known === undefined) this.skip();
    const { at, own } = given();
    const [group] = zalandoPods(at, own);
    assert.ok(group);
    const values = operatorValues(group, "lakehouse-postgres", true);
    assert.deepEqual(unknown(values, known), ["securityContext.capabilities", "securityContext.seccompProfile"]);
  });

  it("makes no budget for a single instance, which would block the drain of its node", () => {
    const { at, own } = given();
    const [group] = zalandoPods(at, own);
    assert.ok(group);
    const budget = (several: boolean) =>
      (operatorValues(group, "n", several).configKubernetes as Record<string, unknown>).enable_pod_disruption_budget;
    assert.deepEqual([budget(true), budget(false)], [true, false]);
  });
});
