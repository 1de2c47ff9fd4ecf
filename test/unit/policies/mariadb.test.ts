import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { Resource } from "../../../policies/core/resource";
import { DATA_KINDS, KINDS } from "../../../policies/operators";
import { workloads } from "../../../policies/workloads";

const resource = (kind: string, name: string, spec: object) =>
  new Resource({
    type: `kubernetes:k8s.mariadb.com/v1alpha1:${kind}`,
    name,
    urn: `urn:pulumi:test::test::kubernetes:k8s.mariadb.com/v1alpha1:${kind}::${name}`,
    props: { metadata: { name, namespace: "shop" }, spec },
    opts: {},
  } as unknown as PolicyResource);

const sized = (memory: string) => ({ requests: { cpu: "1", memory }, limits: { cpu: "2", memory } });
const SERVER = {
  replicas: 3,
  image: "docker.io/library/mariadb:11.8.8",
  resources: sized("4Gi"),
  storage: { size: "20Gi", storageClassName: "fast" },
  podMetadata: { labels: { "team": "events", "app.kubernetes.io/name": "mine" } },
};
const PLANE = { agent: { resources: sized("128Mi") }, initContainer: { resources: sized("64Mi") } };

describe("mariadb-operator's resources", () => {
  it("of one server have the operator's labels, a volume, and no token", () => {
    const [pods, none] = workloads(resource("MariaDB", "db", { ...SERVER, replicas: 1 }));
    assert.equal(none, undefined);
    assert.deepEqual(pods?.labels, {
      "team": "events",
      "app.kubernetes.io/name": "mariadb",
      "app.kubernetes.io/instance": "db",
    });
    assert.deepEqual(
      [pods.replicas, pods.tokenless, pods.containers.map(({ name }) => name), pods.listeners.map(({ port }) => port)],
      [1, true, ["mariadb"], [3306]],
    );
    assert.deepEqual(
      pods.claims?.map(({ size, storageClass }) => [size, storageClass]),
      [[20 * 2 ** 30, "fast"]],
    );
    assert.deepEqual(
      pods.implied.map((need) => ("from" in need ? `from ${need.from}` : `to ${need.to}`)),
      ["from operator"],
    );
  });

  it("of several servers have an init container and an agent, which need the API server and each other", () => {
    const [pods] = workloads(resource("MariaDB", "db", { ...SERVER, replication: { enabled: true, ...PLANE } }));
    assert.deepEqual(
      pods?.containers.map(({ name, kind, limits }) => [name, kind, limits.memory.amount]),
      [
        ["mariadb", "main", 4 * 2 ** 30],
        ["init", "init", 64 * 2 ** 20],
        ["agent", "sidecar", 128 * 2 ** 20],
      ],
    );
    assert.deepEqual(
      pods.listeners.map(({ port }) => port),
      [3306, 5555, 5566],
    );
    assert.deepEqual(
      pods.implied.map((need) => ("from" in need ? `from ${need.from}` : `to ${need.to}`)),
      ["from operator", "to api-server", "to role"],
    );
  });

  it("of Galera have ports for each other", () => {
    const [pods] = workloads(resource("MariaDB", "db", { ...SERVER, galera: { enabled: true, ...PLANE } }));
    assert.deepEqual(
      pods?.listeners.map(({ port }) => port),
      [3306, 5555, 5566, 4444, 4567, 4568],
    );
  });

  it("of metrics have an exporter", () => {
    const [, exporter] = workloads(resource("MariaDB", "db", { ...SERVER, metrics: { enabled: true, exporter: {} } }));
    assert.deepEqual(
      [exporter?.role, exporter?.labels?.["app.kubernetes.io/instance"], exporter?.listeners.map(({ port }) => port)],
      ["metrics", "db-metrics", [9104]],
    );
    const [, none] = workloads(resource("MariaDB", "db", { ...SERVER, metrics: { enabled: false, exporter: {} } }));
    assert.equal(none, undefined);
  });

  it("of a backup have two containers and a staging volume", () => {
    const staging = { persistentVolumeClaim: { resources: { requests: { storage: "20Gi" } } } };
    const spec = { mariaDbRef: { name: "db" }, resources: sized("512Mi"), stagingStorage: staging };
    const [job] = workloads(resource("PhysicalBackup", "nightly", spec));
    assert.deepEqual([job?.lifetime, job?.replicas], ["job", 1]);
    assert.deepEqual(
      job?.containers.map(({ name, kind }) => [name, kind]),
      [
        ["mariadb", "init"],
        ["mariadb-operator", "main"],
      ],
    );
    assert.deepEqual(
      job.claims?.map(({ size }) => size),
      [20 * 2 ** 30],
    );
  });

  it("exclude kinds without pods, and kinds with unread pods are refused", () => {
    const known = (kind: string) => `k8s.mariadb.com/${kind}` in KINDS;
    assert.deepEqual(["User", "Grant", "Database", "Connection"].filter(known).length, 4);
    assert.deepEqual(["MaxScale", "Backup", "Restore", "SqlJob"].filter(known), []);
  });

  it("hold data if they are servers or databases", () => {
    for (const kind of ["MariaDB", "Database"]) assert.ok(DATA_KINDS.has(`k8s.mariadb.com/${kind}`), kind);
  });
});
