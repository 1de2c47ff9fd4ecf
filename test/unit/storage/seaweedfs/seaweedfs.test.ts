import assert from "node:assert/strict";

import type { BucketGrant } from "../../../../components/core/grant";
import { stackFacts } from "../../../../components/facts";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import {
  bucketsScript,
  identities,
  maintenanceScript,
  programArgs,
} from "../../../../components/storage/seaweedfs/config";
import type { Role } from "../../../../components/storage/seaweedfs/pods";
import type { SeaweedfsSettings } from "../../../../components/storage/seaweedfs/settings";

const settings = (objects: object = {}, storage: object = {}) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "seaweedfs", ...objects }, ...storage },
  });
const store = (objects: object = {}) => settings(objects).storage.objects as SeaweedfsSettings;
const flag = (role: Role, name: string, objects: object = {}) =>
  programArgs(role, store(objects), "lakehouse-storage")
    .find((argument) => argument.startsWith(`-${name}=`))
    ?.slice(name.length + 2);
const mistakes = (objects: object): readonly string[] => {
  try {
    settings(objects);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
};

describe("SeaweedFS' programs", () => {
  it("know every master by the name that its pod keeps", () => {
    const all = [0, 1, 2].map(
      (number) => `seaweedfs-master-${String(number)}.seaweedfs-master.lakehouse-storage.svc:9333`,
    );
    assert.equal(flag("master", "peers"), all.join(","));
    assert.equal(flag("server", "master"), all.join(","));
    assert.equal(flag("master", "ip"), "$(POD_NAME).seaweedfs-master.lakehouse-storage.svc");
    assert.equal(flag("master", "peers", { master: { replicas: 1 } }), "none");
  });

  it("copy to as many other servers as the settings say, on each drive of theirs", () => {
    assert.equal(flag("master", "defaultReplication"), "001");
    assert.equal(flag("master", "defaultReplication", { copies: 1 }), "000");
    assert.equal(
      flag("server", "dir", { drives: 3 }),
      [0, 1, 2].map((drive) => `/srv/seaweedfs/data-${String(drive)}`).join(","),
    );
    assert.equal(flag("server", "max", { drives: 3 }), "0,0,0");
  });

  it("keep objects in files so small that each bucket has some on the smallest drives, and no larger ones than upstream's", () => {
    const small = { server: { replicas: 1 }, copies: 1, driveSize: "10Gi" };
    assert.equal(flag("master", "volumeSizeLimitMB", small), "83");
    assert.equal(flag("master", "volumeSizeLimitMB", { driveSize: "16Ti" }), "30000");
    assert.equal(flag("master", "volumeSizeLimitMB", { ...small, driveSize: "1Gi" }), "32");
  });

  it("make no user, and no bucket of a write", () => {
    assert.deepEqual(
      ["iam", "autoCreateBucket"].map((name) => flag("gateway", name)),
      ["false", "false"],
    );
    assert.equal(flag("gateway", "config"), "/opt/lakehouse/identities/identities.json");
  });

  it("send nothing to upstream", () => {
    assert.equal(flag("master", "telemetry"), "false");
  });
});

describe("SeaweedFS' users", () => {
  const grants: BucketGrant[] = [
    { user: "spark", access: [{ bucket: "bronze", level: "append" }] },
    { user: "spark-2", access: [{ bucket: "bronze", level: "append" }] },
  ];
  const file = JSON.parse(
    identities(
      "root-secret",
      [
        { user: "spark", secret: "one" },
        { user: "spark-2", secret: "two" },
      ],
      grants,
    ),
  ) as {
    readonly identities: readonly {
      readonly name: string;
      readonly policyNames?: string[];
      readonly actions?: string[];
    }[];
    readonly policies: readonly { readonly name: string; readonly content: string }[];
  };

  it("have a policy each and no right besides, and the administrator alone has every right", () => {
    assert.deepEqual(
      file.identities.map(({ name, policyNames, actions }) => [name, policyNames, actions]),
      [
        ["lakehouse-root", undefined, ["Admin"]],
        ["spark", ["spark"], undefined],
        ["spark-2", ["spark-2"], undefined],
      ],
    );
  });

  it("add without deleting where the level is append", () => {
    const [spark] = file.policies;
    assert.equal(spark?.name, "spark");
    assert.ok(spark.content.includes("s3:PutObject"));
    // mc reads an object by the ID of its version.
    assert.ok(spark.content.includes('"s3:GetObject","s3:GetObjectVersion"'));
    assert.ok(!spark.content.includes("s3:DeleteObject"));
  });
});

describe("SeaweedFS' tasks", () => {
  it("make buckets with versioning, lock and lifecycle, in this order", () => {
    const of = settings(
      {},
      { buckets: { bronze: { versioning: true }, backups: { versioning: true, expireDays: 90 } } },
    );
    const lines = bucketsScript(stackFacts(of).buckets).split("\n");
    assert.ok(lines.includes("mc mb --ignore-existing 'store/gold'"), lines.join("\n"));
    assert.ok(!lines.includes("mc version enable 'store/gold'"));
    const backups = lines.filter((line) => line.includes("store/backups"));
    assert.deepEqual(backups.slice(0, 3), [
      "mc mb --ignore-existing --with-lock 'store/backups'",
      "mc version enable 'store/backups'",
      "mc retention set --default governance 14d 'store/backups'",
    ]);
    assert.match(backups[3] ?? "", /^printf %s '\{"Rules":\[.*"Days":90.*\| mc ilm rule import 'store\/backups'$/);
  });

  it("make lost copies again only where there are copies, and balance only where there is where to", () => {
    const script = (objects: object) => maintenanceScript(store(objects), "lakehouse-storage", "seaweedfs.svc");
    assert.match(script({}), /volume\.fix\.replication -apply\nvolume\.balance -apply\n/);
    const one = script({ server: { replicas: 1 }, copies: 1 });
    assert.doesNotMatch(one, /volume\./);
    assert.match(one, /s3\.lifecycle\.run-shard -shards 0-15 -events 0 -s3 seaweedfs\.svc:18333\nunlock\nCOMMANDS$/);
  });
});

describe("SeaweedFS' settings", () => {
  it("have an odd number of masters, and at most one copy a server", () => {
    assert.deepEqual(mistakes({ master: { replicas: 2 } }), [
      "lakehouse:storage.objects.master.replicas: given 2; allowed: an odd number, because one more would bear no more losses",
    ]);
    assert.deepEqual(mistakes({ server: { replicas: 2 }, copies: 3 }), [
      "lakehouse:storage.objects.copies: given 3 with 2 server(s); allowed: at most one copy a server",
    ]);
  });
});
