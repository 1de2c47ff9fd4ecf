import assert from "node:assert/strict";

import { parse } from "yaml";

import { platform } from "../../../../components/cluster";
import type { ObjectStore } from "../../../../components/core/capabilities";
import { GiB } from "../../../../components/core/quantity";
import { s3Sdk } from "../../../../components/core/s3-sdk";
import { PRESETS } from "../../../../components/core/system";
import { backupScript, backupYaml } from "../../../../components/query/milvus/backup.config";
import * as config from "../../../../components/query/milvus/config";
import { places, process } from "../../../../components/query/milvus/containers";
import { etcdArgs, endpoints } from "../../../../components/query/milvus/etcd.config";
import { etcdPods, milvusPods, type Role } from "../../../../components/query/milvus/pods";
import { pins } from "../../../../components/query/milvus/pins";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { upstream } from "../../../support/upstream";

interface Served {
  readonly service: { readonly port: number };
}
/** Values of upstream's chart that are compared. */
interface ChartValues {
  readonly image: { readonly all: { readonly tag: string } };
  readonly etcd: { readonly image: { readonly tag: string } };
  readonly streaming: { readonly woodpecker: object };
  readonly standalone: { readonly messageQueue: string };
  readonly rootCoordinator: Served;
  readonly queryCoordinator: Served;
  readonly dataCoordinator: Served;
  readonly service: { readonly port: number };
}

const settings = (milvus: object = {}, more: object = {}) =>
  settingsFrom({
    nodes: ["one", "two", "three", "four"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    query: { milvus: { enabled: true, ...milvus } },
    ...more,
  });
const CLUSTER = { mode: "cluster", mixCoord: { replicas: 2 }, etcd: { replicas: 3 } };
const PULSAR = { host: "pulsar.example.org", cidrs: ["192.0.2.9/32"] };
const own = (milvus: object = {}) => settings(milvus).query.milvus;
const podsOf = (milvus: object = {}) => milvusPods(platform(settings(milvus)), own(milvus));
const groupOf = (role: Role, milvus: object = CLUSTER) =>
  podsOf(milvus).find((group) => group.role === role) ?? assert.fail(role);

const objects = (url: string): ObjectStore => {
  const { hostname, port, protocol } = new URL(url);
  return {
    endpoint: {
      name: "minio",
      peer: { kind: "range", name: "minio", cidrs: ["192.0.2.0/24"] },
      host: hostname,
      port: Number(port),
      targetPorts: [Number(port)],
      protocol: "TCP",
      scheme: protocol.replace(":", ""),
    },
    region: "eu-test-1",
    sdk: s3Sdk({ endpoint: url, legacyMd5: false }),
    buckets: {
      bronze: "bronze",
      silver: "silver",
      gold: "gold",
      warehouse: "warehouse",
      backups: "x-backups",
      services: "x-services",
    },
    grants: [],
    grant: () => assert.fail("nothing is granted here"),
  };
};
const STORE = objects("http://minio.lakehouse-storage.svc:9000");
const ETCD = endpoints(own(CLUSTER), "lakehouse-query");
const user = (milvus: object = CLUSTER, store = STORE): Record<string, Record<string, unknown>> =>
  parse(config.userYaml(own(milvus), places(store, ETCD, groupOf("proxy")))) as never;

describe("Milvus' pods", () => {
  const names = (milvus: object) => podsOf(milvus).map(({ role, replicas }) => `${role} ${String(replicas)}`);

  it("are one process, or a cluster of upstream's five roles; with copies and the task of users", () => {
    assert.deepEqual(names({}), ["standalone 1", "setup 1", "backup 1"]);
    assert.deepEqual(names({ ...CLUSTER, backup: { method: "off" } }), [
      "proxy 1",
      "mixcoord 2",
      "datanode 1",
      "querynode 1",
      "streamingnode 1",
      "setup 1",
    ]);
  });

  it("have bounded disks: a volume where collections are searched, else directories of their nodes' disks", () => {
    for (const milvus of [{}, CLUSTER])
      for (const group of podsOf({ ...milvus, cache: "50Gi", scratch: "6Gi" })) {
        const searching = ["standalone", "querynode"].includes(group.role);
        assert.deepEqual(
          group.volumes.map(({ name, size }) => [name, size]),
          searching ? [["cache", 50 * GiB]] : [],
          group.role,
        );
        const local = group.scratch?.["/var/lib/milvus/data"];
        assert.equal(local, searching || ["setup", "backup"].includes(group.role) ? undefined : 6 * GiB, group.role);
      }
  });

  it("of etcd are on different nodes, each with a volume", () => {
    const [group] = etcdPods(platform(settings(CLUSTER)), own(CLUSTER));
    assert.deepEqual([group?.replicas, group?.spread, group?.volumes[0]?.size], [3, "one-per-node", 8 * GiB]);
  });
});

describe("Milvus' settings", () => {
  const refused = (milvus: object, more: object = {}): string[] => {
    try {
      settings(milvus, more);
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map(({ path }) => path.replace("lakehouse:query.milvus.", ""));
    }
  };

  it("are those of each preset", () => {
    for (const preset of PRESETS) assert.deepEqual(refused({}, { preset }), [], preset);
  });

  it("in production are a cluster that bears the loss of any pod", () => {
    for (const preset of ["minimal", "medium", "large"]) {
      const { mode, etcd, ...sizes } = settings({}, { preset }).query.milvus;
      assert.deepEqual([mode, etcd.replicas], ["cluster", 3]);
      for (const role of ["proxy", "mixCoord", "dataNode", "queryNode", "streamingNode"] as const)
        assert.ok(sizes[role].replicas > 1, role);
    }
  });

  it("are refused without a clear majority of etcd, with two single processes, and where memory leaves no room to work", () => {
    assert.deepEqual(refused({ etcd: { replicas: 2 } }), ["etcd.replicas"]);
    assert.deepEqual(refused({ etcdVolume: "512Mi" }), ["etcdVolume"]);
    assert.deepEqual(refused({ standalone: { replicas: 2 } }), ["standalone.replicas"]);
    assert.deepEqual(refused({ standalone: { memory: "1Gi" } }), ["standalone.memory"]);
    assert.deepEqual(refused({ mode: "distributed" }), ["mode"]);
    assert.deepEqual(refused({ pulsar: PULSAR }), ["pulsar"]);
    assert.deepEqual(refused({ ...CLUSTER, pulsar: PULSAR }), []);
  });
});

describe("Milvus' file", () => {
  it("names etcd, the store below the granted prefix, and the log of changes in it", () => {
    const { etcd, minio, mq, woodpecker } = user();
    assert.deepEqual(etcd?.endpoints, [
      "milvus-etcd-member-0.milvus-etcd.lakehouse-query.svc:2379",
      "milvus-etcd-member-1.milvus-etcd.lakehouse-query.svc:2379",
      "milvus-etcd-member-2.milvus-etcd.lakehouse-query.svc:2379",
    ]);
    assert.deepEqual(
      [minio?.address, minio?.port, minio?.useSSL, minio?.bucketName, minio?.rootPath, minio?.region],
      ["minio.lakehouse-storage.svc", 9000, false, "x-services", "milvus", "eu-test-1"],
    );
    assert.deepEqual([mq, woodpecker], [{ type: "woodpecker" }, { storage: { type: "minio" } }]);
  });

  it("names a Pulsar outside of the stack instead, where the settings have one", () => {
    const { mq, woodpecker, pulsar } = user({ ...CLUSTER, pulsar: PULSAR });
    assert.deepEqual([mq, woodpecker], [{ type: "pulsar" }, undefined]);
    assert.deepEqual(pulsar, { address: "pulsar.example.org", port: 6650, tenant: "public", namespace: "default" });
  });

  it("asks for a user, gives nobody rights on all collections, and shows settings and profiles to nobody", () => {
    const { common, proxy = {} } = user();
    assert.deepEqual(common?.security, { authorizationEnabled: true, enablePublicPrivilege: false });
    assert.deepEqual(proxy.http, { enabled: true, enablePprof: false, enableWebUI: false });
    assert.ok(Number(proxy.maxRoleNum) >= 100);
  });

  it("lets coordinators stand by where there are several, and only then", () => {
    const standby = (milvus: object) =>
      ["rootCoord", "mixCoord", "queryCoord", "dataCoord"].map((key) => user(milvus)[key]?.enableActiveStandby);
    assert.deepEqual(new Set(standby(CLUSTER)), new Set([true]));
    assert.deepEqual(new Set(standby({ mode: "cluster" })), new Set([false]));
  });

  it("uses TLS for a store outside, with the owner's CAs", () => {
    const store = objects("https://s3.example.org:443");
    assert.deepEqual([user(CLUSTER, store).minio?.useSSL, user(CLUSTER, store).minio?.ssl], [true, undefined]);
    const group = { ...groupOf("proxy"), site: { caBundle: "abc" } as never };
    const { minio } = parse(config.userYaml(own(CLUSTER), places(store, ETCD, group))) as Record<
      string,
      { ssl?: unknown }
    >;
    assert.deepEqual(minio?.ssl, { tlsCACert: "/mnt/lakehouse-ca/ca.pem" });
  });

  it("holds no secret: keys and the first password of root are variables that refer to Secrets", () => {
    const keys = { secret: "milvus-s3", userKey: "AccessKey", passwordKey: "SecretKey" };
    const env = (role: Role, milvus: object) => process(groupOf(role, milvus), STORE, keys).env ?? {};
    for (const [role, milvus, root] of [
      ["standalone", {}, true],
      ["mixcoord", CLUSTER, true],
      ["proxy", CLUSTER, false],
      ["querynode", CLUSTER, false],
    ] as const) {
      const found = env(role, milvus);
      assert.deepEqual(found.MINIO_SECRET_ACCESS_KEY, { secretKeyRef: { name: "milvus-s3", key: "SecretKey" } });
      const first = found.COMMON_SECURITY_DEFAULTROOTPASSWORD;
      assert.deepEqual(first, root ? { secretKeyRef: { name: "milvus-root", key: "password" } } : undefined, role);
    }
    assert.equal(env("querynode", { ...CLUSTER, cache: "50Gi" }).LOCAL_STORAGE_SIZE, "50");
  });

  it("has the version, the ports and the message store of upstream's chart", function () {
    const values = upstream("chart-values/milvus/values.yaml") as ChartValues | undefined;
    if (values === undefined) this.skip();
    assert.equal(values.image.all.tag, `v${pins.milvus.version}`);
    assert.equal(values.etcd.image.tag.split("-")[0], pins.etcd.version);
    assert.deepEqual(values.streaming.woodpecker, { embedded: true, storage: { type: "minio" } });
    assert.equal(values.standalone.messageQueue, "woodpecker");
    const { rootCoord, queryCoord, dataCoord } = user();
    assert.deepEqual(
      [values.rootCoordinator, values.queryCoordinator, values.dataCoordinator].map(({ service }) => service.port),
      [rootCoord?.port, queryCoord?.port, dataCoord?.port],
    );
    assert.equal(values.service.port, config.PORT);
  });

  it("is added to upstream's files, before the role that the chart starts so", () => {
    assert.deepEqual(config.startScript("mixcoord").split("\n"), [
      "cp -r /milvus/configs/. /opt/lakehouse/run/",
      "cp /opt/lakehouse/conf/user.yaml /opt/lakehouse/run/user.yaml",
      "exec milvus run mixture -rootcoord -querycoord -datacoord -indexcoord",
    ]);
  });
});

describe("Milvus' etcd", () => {
  const flags = (milvus: object) =>
    Object.fromEntries(
      etcdArgs(own(milvus), "lakehouse-query").map((flag) => {
        const at = flag.indexOf("=");
        return [flag.slice(2, at), flag.slice(at + 1)];
      }),
    );

  it("has members by the names of its pods, and keeps at most half of its volume", () => {
    const three = flags({ etcd: { replicas: 3 }, etcdVolume: "8Gi" });
    assert.equal(
      three["initial-cluster"],
      [0, 1, 2]
        .map((at) => `milvus-etcd-member-${String(at)}`)
        .map((name) => `${name}=http://${name}.milvus-etcd.lakehouse-query.svc:2380`)
        .join(","),
    );
    assert.equal(three["advertise-client-urls"], "http://$(POD_NAME).milvus-etcd.lakehouse-query.svc:2379");
    assert.equal(three["quota-backend-bytes"], String(4 * GiB));
    assert.equal(flags({ etcdVolume: "1Ti" })["quota-backend-bytes"], String(8 * GiB));
    assert.equal(flags({})["initial-cluster"]?.split(",").length, 1);
  });
});

describe("copies of Milvus", () => {
  it("go from the granted prefix to that of copies within one store, while nothing is collected", () => {
    const file = parse(
      backupYaml({ ...places(STORE, [], groupOf("proxy")), host: "milvus.lakehouse-query.svc", backups: "x-backups" }),
    ) as Record<string, Record<string, unknown>>;
    assert.deepEqual([file.minio?.bucketName, file.minio?.rootPath], ["x-services", "milvus"]);
    assert.deepEqual([file.minio?.backupBucketName, file.minio?.backupRootPath], ["x-backups", "milvus"]);
    assert.deepEqual(file.backup?.gcPause, { enable: true, address: "http://milvus.lakehouse-query.svc:9091" });
    assert.equal(JSON.stringify(file).includes("ecret"), false);
    assert.match(backupScript(), /create --rbac --name "nightly_\$\(date -u \+%Y%m%d_%H%M%S\)"/);
  });
});
