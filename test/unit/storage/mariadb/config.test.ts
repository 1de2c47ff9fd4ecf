import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { GiB, MiB } from "../../../../components/core/quantity";
import { SettingsError } from "../../../../components/settings";
import { engineRights } from "../../../../components/storage/mariadb/access";
import { memoryOf, myCnf, serverSpec } from "../../../../components/storage/mariadb/config";
import { operatorValues } from "../../../../components/storage/mariadb/operator.config";
import { operatorPods } from "../../../../components/storage/mariadb/pods";
import { upstream } from "../../../support/upstream";
import { group, settings } from "./fixtures";

describe("MariaDB's memory", () => {
  it("is divided into the server's own, a connection for each 16 MiB, and three quarters of the rest for the buffer pool", () => {
    assert.deepEqual(memoryOf(2 * GiB), { connections: 128, bufferPool: 1152 * MiB, redoLog: 288 * MiB });
    assert.deepEqual(memoryOf(16 * GiB), { connections: 500, bufferPool: 11_344 * MiB, redoLog: 2 * GiB });
  });

  it("has at least 50 connections and at most 500", () => {
    const connections = (mebibytes: number) => memoryOf(mebibytes * MiB).connections;
    assert.deepEqual([512, 815, 816, 7999, 8000, 65_536].map(connections), [50, 50, 51, 499, 500, 500]);
  });

  it("has a redo log of a quarter of the pool, at least the server's default and at most 2 GiB", () => {
    assert.equal(memoryOf(512 * MiB).redoLog, 96 * MiB);
    assert.equal(memoryOf(256 * GiB).redoLog, 2 * GiB);
  });

  it("gives the pool whole extents, and refuses sizes without one", () => {
    const least = 256 + 100 + 11;
    assert.equal(memoryOf(512 * MiB).bufferPool, 112 * MiB);
    assert.equal(memoryOf(least * MiB).bufferPool, 8 * MiB);
    assert.throws(() => memoryOf((least - 1) * MiB), new RangeError("366Mi leave no buffer pool"));
  });

  it("never exceeds the container's", () => {
    for (let memory = 367; memory < 200_000; memory = Math.floor(memory * 1.1)) {
      const { connections, bufferPool } = memoryOf(memory * MiB);
      assert.ok(256 * MiB + connections * 2 * MiB + bufferPool <= memory * MiB, String(memory));
    }
  });

  it("is refused by the settings below half a gibibyte", () => {
    assert.throws(
      () => settings({ server: { memory: "511Mi" } }),
      (error: unknown) =>
        error instanceof SettingsError && error.mistakes.some(({ path }) => path.includes("mariadb.server")),
    );
  });
});

describe("MariaDB's configuration", () => {
  it("logs whole rows, also on replicas, for change data capture", () => {
    assert.equal(
      myCnf(2 * GiB, 2),
      [
        "[mariadb]",
        "binlog_expire_logs_seconds=259200",
        "binlog_format=ROW",
        "binlog_row_image=FULL",
        "binlog_row_metadata=FULL",
        "character_set_server=utf8mb4",
        "collation_server=utf8mb4_uca1400_ai_ci",
        "innodb_buffer_pool_size=1152M",
        "innodb_flush_log_at_trx_commit=1",
        "innodb_log_file_size=288M",
        "log_slave_updates=ON",
        "max_connections=128",
        "sync_binlog=1",
        "",
      ].join("\n"),
    );
  });

  it("turns the binary log on for a single server, and lets it be purged", () => {
    const alone = myCnf(2 * GiB, 1).split("\n");
    assert.deepEqual(
      alone.filter(
        (line) =>
          !myCnf(2 * GiB, 2)
            .split("\n")
            .includes(line),
      ),
      ["gtid_strict_mode=ON", "log_bin=mariadb-bin", "loose_slave_connections_needed_for_purge=0"],
    );
  });
});

interface Spec {
  readonly replication?: { readonly agent: object; readonly initContainer: object };
  readonly resources: object;
  readonly podDisruptionBudget?: object;
}

describe("MariaDB's servers", () => {
  const spec = (mariadb: object) => serverSpec(group("server", mariadb as never)) as Spec;

  it("have the agent's size on top of their own, and a single server has no agent", () => {
    const two = group("server", { server: { replicas: 2, memory: "2Gi" }, agent: { memory: "192Mi" } });
    assert.deepEqual([two.requests.memory, two.spread], [2 * GiB + 192 * MiB, "one-per-node"]);
    const one = group("server", { server: { replicas: 1, memory: "2Gi" } });
    assert.deepEqual([one.requests.memory, one.spread, one.sidecars], [2 * GiB, "any", undefined]);
  });

  it("replicate if there are several, and can be evicted one at a time", () => {
    const two = spec({ server: { replicas: 2 } });
    assert.deepEqual(two.podDisruptionBudget, { maxUnavailable: 1 });
    assert.ok(two.replication !== undefined);
    const one = spec({ server: { replicas: 1 } });
    assert.deepEqual([one.podDisruptionBudget, one.replication], [undefined, undefined]);
  });
});

describe("MariaDB's settings", () => {
  const mistakes = (databases: object[]) => {
    try {
      settings({ databases });
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
    }
  };

  it("refuse the server's own databases, names that SQL would have to quote, and duplicates", () => {
    for (const name of ["mysql", "Shop", "my-shop", "1st"]) assert.equal(mistakes([{ name }]).length, 1, name);
    assert.deepEqual(mistakes([{ name: "shop" }, { name: "shop" }]), [
      'lakehouse:storage.mariadb.databases[1].name: given "shop", which is in the list already; allowed: each database once',
    ]);
    assert.deepEqual(mistakes([{ name: "my_shop" }]), []);
  });

  it("open databases to engines one by one", () => {
    const { databases } = settings({
      databases: [{ name: "shop" }, { name: "crm", engines: "off" }, { name: "app", engines: "write" }],
    }).storage.mariadb;
    const rights = engineRights(databases);
    assert.deepEqual(
      rights.map(({ database, privileges }) => [database, privileges.includes("SELECT"), privileges.includes("DROP")]),
      [
        ["shop", true, false],
        ["app", true, true],
      ],
    );
  });
});

describe("values of mariadb-operator's chart", () => {
  const values = (mariadb: object = {}) => {
    const of = settings(mariadb as never);
    const [controller, webhook, certificates] = operatorPods(platform(of), of.storage.mariadb);
    return operatorValues({ controller, webhook, certificates });
  };
  /** Paths whose value the chart copies unchanged. */
  const OPAQUE = /\.(affinity|tolerations|resources|podSecurityContext|securityContext|strategy)$/;
  function* paths(value: unknown, path = ""): Generator<string> {
    const leaf = typeof value !== "object" || value === null || Array.isArray(value) || OPAQUE.test(path);
    if (leaf) yield path.slice(1);
    else for (const [key, inner] of Object.entries(value)) yield* paths(inner, `${path}.${key}`);
  }
  const has = (tree: unknown, [key, ...rest]: readonly string[]): boolean =>
    key === undefined ||
    (typeof tree === "object" && tree !== null && key in tree && has((tree as Record<string, unknown>)[key], rest));

  it("set only values of the chart", function () {
    const known = upstream("chart-values/mariadb-operator/values.yaml");
    if (known === undefined) this.skip();
    const set = [...paths(values({ operatorSize: { replicas: 2 } }))];
    assert.ok(set.length > 30, String(set.length));
    assert.deepEqual(
      set.filter((path) => !has(known, path.split("."))),
      [],
    );
    assert.equal(has(known, ["certController", "podLabels"]), false);
  });

  it("leave the CRDs to a chart that outlives the operator, and enable leader election for several replicas", () => {
    const { crds, ha, pdb } = values({ operatorSize: { replicas: 2 } });
    assert.deepEqual([crds, ha], [{ enabled: false }, { enabled: true, replicas: 2 }]);
    assert.deepEqual(pdb, { enabled: true, maxUnavailable: 1 });
    assert.deepEqual(values().ha, { enabled: false });
  });
});
