import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { resourceRequirements } from "../../../../components/core/pod-group";
import { GiB, MiB } from "../../../../components/core/quantity";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { postgresPods } from "../../../../components/storage/postgres/pods";
import { clusterSpec } from "../../../../components/storage/postgres/config";
import { barmanPluginPods, cloudNativePgPods } from "../../../../components/storage/postgres/pods";

const given = (postgres: object, cluster: object = { certManager: true }) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
    pools: { all: { default: true } },
    cluster,
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] }, postgres },
  });

function groups(postgres: object) {
  const settings = given(postgres);
  const at = platform(settings);
  const { postgres: own } = settings.storage;
  const [server] = postgresPods(at, own);
  assert.ok(server);
  return { server, operator: cloudNativePgPods(at, own), plugin: barmanPluginPods(at, own), settings: own };
}

function spec(postgres: object) {
  const { server, settings } = groups(postgres);
  return clusterSpec(server, [], {}, settings.synchronous) as {
    readonly enablePDB: boolean;
    readonly resources: object;
    readonly postgresql: { readonly parameters: Record<string, string>; readonly synchronous?: object };
  };
}

describe("PostgreSQL's pods", () => {
  it("have the size of the server plus the sidecar of backups", () => {
    const { server } = groups({ server: { cpu: 1, memory: "4Gi" } });
    assert.deepEqual(server.requests, { cpu: 1.25, memory: 4 * GiB + 512 * MiB });
    assert.deepEqual(server.limits, { cpu: 2.5, memory: 4 * GiB + 512 * MiB });
    assert.equal(server.surge, 1);
    // The server's own container has the size of the settings.
    assert.deepEqual(resourceRequirements(server), {
      requests: { cpu: "1", memory: "4Gi" },
      limits: { cpu: "2", memory: "4Gi" },
    });
    assert.equal(spec({ server: { memory: "4Gi" } }).postgresql.parameters.shared_buffers, "1024MB");
  });

  it("have no sidecar without backups, else one of the set size", () => {
    assert.equal(groups({ backup: { plugin: "off" } }).server.sidecars, undefined);
    const { server } = groups({ backup: { sidecar: { cpu: 1, memory: "2Gi" } } });
    assert.deepEqual(server.sidecars?.[0]?.requests, { cpu: 1, memory: 2 * GiB });
  });

  it("refuse a sidecar that is too small for a base backup", () => {
    assert.throws(
      () => given({ backup: { sidecar: { memory: "511Mi" } } }),
      new SettingsError([
        { path: "lakehouse:storage.postgres.backup.sidecar.memory", message: 'given "511Mi"; allowed: at least 512Mi' },
      ]),
    );
  });

  it("can be evicted if there is one, and one at a time if there are more", () => {
    assert.equal(spec({ server: { replicas: 1 } }).enablePDB, false);
    assert.equal(spec({ server: { replicas: 2 } }).enablePDB, true);
  });

  it("commit a write on a second instance first, as strictly as set", () => {
    const wanted = (replicas: number, synchronous?: string) =>
      spec({ server: { replicas }, ...(synchronous === undefined ? {} : { synchronous }) }).postgresql.synchronous;
    const any = { method: "any", number: 1 };
    assert.deepEqual(wanted(2), { ...any, dataDurability: "preferred" });
    assert.deepEqual(wanted(3, "required"), { ...any, dataDurability: "required", failoverQuorum: true });
    assert.deepEqual([wanted(1), wanted(3, "off")], [undefined, undefined]);
  });

  it("refuse durability that would stop all writes when an instance is lost", () => {
    assert.throws(
      () => given({ server: { replicas: 2 }, synchronous: "required" }),
      new SettingsError([
        {
          path: "lakehouse:storage.postgres.synchronous",
          message:
            "given required with 2 instance(s), of which a lost one would stop every write; allowed: at least 3 server.replicas, or preferred",
        },
      ]),
    );
  });
});

describe("the operators of PostgreSQL", () => {
  it("are in one namespace, where the operator looks for its plugin", () => {
    const ours = groups({});
    assert.deepEqual(
      [...ours.operator, ...ours.plugin].map(({ service, namespace }) => [service, namespace]),
      [
        ["cloudnative-pg", "lakehouse-operators"],
        ["plugin-barman-cloud", "lakehouse-operators"],
      ],
    );
    const theirs = groups({ operator: "existing", operatorNamespace: "cnpg-system" });
    assert.deepEqual(
      [...theirs.operator, ...theirs.plugin].map(({ service, namespace }) => [service, namespace]),
      [["plugin-barman-cloud", "cnpg-system"]],
    );
  });

  it("require cert-manager in the settings for the plugin", () => {
    assert.throws(
      () => given({}, {}),
      new SettingsError([
        {
          path: "lakehouse:storage.postgres.backup.plugin",
          message:
            "given deployed, which needs cert-manager in the cluster; allowed: cert-manager installed and lakehouse:cluster.certManager: true, or existing, or off",
        },
      ]),
    );
    for (const plugin of ["existing", "off"]) assert.doesNotThrow(() => given({ backup: { plugin } }, {}));
  });
});
