import assert from "node:assert/strict";
import { diff } from "../../../planner/diff";

const NOTHING = { create: [], change: [], delete: [], deletesData: [], replace: [] };

function one(before: unknown, after: unknown) {
  return diff(new Map([["ns/x.yaml", before]]), new Map([["ns/x.yaml", after]]));
}

function object(apiVersion: string, kind: string, of: Record<string, unknown> = {}) {
  return { apiVersion, kind, metadata: { name: "x", namespace: "ns" }, ...of };
}

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

function statefulSet(spec: Record<string, unknown>) {
  return object("apps/v1", "StatefulSet", { spec: { replicas: 2, serviceName: "x", ...spec } });
}

const container = (of: Record<string, unknown>) => ({
  template: { spec: { containers: [{ name: "trino", ...of }, { name: "sidecar" }] } },
});

describe("diff", () => {
  it("creates everything if there is no last plan", () => {
    const next = new Map([
      ["ns/b-10.yaml", {}],
      ["ns/b-2.yaml", {}],
      ["_cluster/namespace-ns.yaml", {}],
    ]);
    assert.deepEqual(diff(undefined, next), { ...NOTHING, create: ["_cluster/namespace-ns", "ns/b-2", "ns/b-10"] });
  });

  it("finds no change in equal manifests with another order of keys", () => {
    assert.deepEqual(one({ kind: "A", spec: { a: 1, b: [1] } }, { spec: { b: [1], a: 1 }, kind: "A" }), NOTHING);
  });

  it("changes a StatefulSet in place for fields that its controller rolls out", () => {
    const { change, replace } = one(
      statefulSet(container({ image: "a" })),
      statefulSet({ ...container({ image: "b" }), replicas: 3 }),
    );
    assert.deepEqual(replace, []);
    assert.deepEqual(change, [
      { resource: "ns/x", fields: ["spec.replicas", "spec.template.spec.containers[trino].image"], losesData: false },
    ]);
  });

  it("replaces a StatefulSet for larger claims, and says that data is lost", () => {
    const claims = (size: string) =>
      statefulSet({ volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { storage: size } }] });
    assert.deepEqual(one(claims("1Gi"), claims("2Gi")), {
      ...NOTHING,
      replace: [{ resource: "ns/x", fields: ["spec.volumeClaimTemplates[0].spec.storage"], losesData: true }],
    });
  });

  it("replaces a StatefulSet without claims without losing data", () => {
    const { replace } = one(statefulSet({}), statefulSet({ serviceName: "y" }));
    assert.deepEqual(replace, [{ resource: "ns/x", fields: ["spec.serviceName"], losesData: false }]);
  });

  const replaced: [string, unknown, unknown][] = [
    [
      "a Job's template",
      object("batch/v1", "Job", { spec: { template: 1 } }),
      object("batch/v1", "Job", { spec: { template: 2 } }),
    ],
    [
      "a Deployment's selector",
      object("apps/v1", "Deployment", { spec: { selector: { a: "1" } } }),
      object("apps/v1", "Deployment", { spec: { selector: { a: "2" } } }),
    ],
    [
      "a Service's clusterIP",
      object("v1", "Service", { spec: {} }),
      object("v1", "Service", { spec: { clusterIP: "None" } }),
    ],
    [
      "a binding's role",
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }),
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "b" } }),
    ],
    [
      "a storage class's parameters",
      object("storage.k8s.io/v1", "StorageClass", { parameters: { a: "1" } }),
      object("storage.k8s.io/v1", "StorageClass"),
    ],
    [
      "a sealed ConfigMap's data",
      object("v1", "ConfigMap", { immutable: true, data: { a: "1" } }),
      object("v1", "ConfigMap", { immutable: true, data: { a: "2" } }),
    ],
    [
      "a sealed Secret's data",
      object("v1", "Secret", { immutable: true, data: { a: "1" } }),
      object("v1", "Secret", { immutable: true, data: {} }),
    ],
    [
      "the namespace",
      object("v1", "Service"),
      { ...object("v1", "Service"), metadata: { name: "x", namespace: "other" } },
    ],
    ["the API group", object("a.example/v1", "Thing"), object("b.example/v1", "Thing")],
    [
      "a whole spec with an immutable field",
      object("apps/v1", "Deployment", { spec: { selector: {} } }),
      object("apps/v1", "Deployment"),
    ],
  ];
  for (const [what, before, after] of replaced) {
    it(`replaces for ${what}`, () => {
      const { replace, change } = one(before, after);
      assert.deepEqual([replace.length, change.length], [1, 0]);
      assert.equal(replace[0]!.losesData, false);
    });
  }

  const kept: [string, unknown, unknown][] = [
    [
      "an open ConfigMap's data",
      object("v1", "ConfigMap", { data: { a: "1" } }),
      object("v1", "ConfigMap", { data: { a: "2" } }),
    ],
    [
      "a claim that grows",
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "1Gi" } } } }),
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "2Gi" } } } }),
    ],
    [
      "another version of the same group",
      object("kafka.strimzi.io/v1beta2", "Kafka"),
      object("kafka.strimzi.io/v1", "Kafka"),
    ],
    [
      "a label",
      object("batch/v1", "Job"),
      { ...object("batch/v1", "Job"), metadata: { name: "x", namespace: "ns", labels: { a: "b" } } },
    ],
  ];
  for (const [what, before, after] of kept) {
    it(`changes in place for ${what}`, () => {
      const { replace, change } = one(before, after);
      assert.deepEqual([replace.length, change.length], [0, 1]);
    });
  }

  it("marks deletions that lose data", () => {
    const previous = new Map<string, unknown>([
      ["ns/pvc.yaml", object("v1", "PersistentVolumeClaim")],
      ["ns/cluster.yaml", object("postgresql.cnpg.io/v1", "Cluster")],
      ["ns/capi.yaml", object("cluster.x-k8s.io/v1beta1", "Cluster")],
      ["_cluster/bucket.yaml", { kind: "S3Bucket", spec: { bucket: "bronze" } }],
      ["_cluster/namespace-ns.yaml", namespace("ns")],
      ["_cluster/namespace-other.yaml", namespace("other")],
      ["ns/kafka.yaml", object("kafka.strimzi.io/v1", "Kafka")],
      ["ns/deployment.yaml", object("apps/v1", "Deployment")],
    ]);
    const { deletesData, delete: gone } = diff(previous, new Map());
    assert.equal(gone.length, 8);
    assert.deepEqual(deletesData, ["_cluster/bucket", "_cluster/namespace-ns", "ns/cluster", "ns/kafka", "ns/pvc"]);
  });

  it("counts a namespace as data if it contains data", () => {
    const losses = (inside: unknown) =>
      diff(
        new Map([
          ["_cluster/namespace-ns.yaml", namespace("ns")],
          ["ns/inside.yaml", inside],
        ]),
        new Map(),
      ).deletesData;
    assert.deepEqual(losses(object("sparkoperator.k8s.io/v1beta2", "SparkApplication")), []);
    assert.deepEqual(losses(object("v1", "PersistentVolumeClaim")), ["_cluster/namespace-ns", "ns/inside"]);
    // A namespace that cannot be parsed may contain data.
    const unnamed = diff(new Map([["_cluster/namespace-ns.yaml", { apiVersion: "v1", kind: "Namespace" }]]), new Map());
    assert.deepEqual(unnamed.deletesData, ["_cluster/namespace-ns"]);
  });

  it("compares named items by name, and notices when only their order changes", () => {
    const env = (...names: string[]) => object("v1", "Thing", { env: names.map((name) => ({ name, value: "1" })) });
    assert.deepEqual(one(env("A", "B"), env("B")).change[0]!.fields, ["env[A]"]);
    assert.deepEqual(one(env("A", "B"), env("B", "A")).change[0]!.fields, ["env"]);
  });

  it("quotes keys with dots, and never shows a value", () => {
    const secret = (value: string) => object("v1", "Secret", { data: { "s3.password": value } });
    const changes = one(secret("aHVudGVyMg=="), secret("c2VjcmV0"));
    assert.deepEqual(changes.change[0]!.fields, ['data["s3.password"]']);
    assert.doesNotMatch(JSON.stringify(changes), /aHVudGVyMg|c2VjcmV0/);
  });

  it("accepts manifests that are not objects", () => {
    assert.deepEqual(one(null, "text").replace, [{ resource: "ns/x", fields: ["."], losesData: false }]);
  });
});
