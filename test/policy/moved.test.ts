import assert from "node:assert/strict";

import { type StackName, recorded } from "./harness";

/** Components whose parent has changed. */
const MOVED = ["connect", "flink-operator", "flink"];

/** Logical names that Flink's update must keep, because another name would start a second job. */
const FLINK = [
  "kubernetes:core/v1:ConfigMap flink-sql",
  "kubernetes:core/v1:ServiceAccount flink",
  "kubernetes:flink.apache.org/v1beta1:FlinkDeployment flink-orders",
  "kubernetes:rbac.authorization.k8s.io/v1:Role flink",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding flink",
];

describe("objects that moved to another namespace", () => {
  for (const stack of ["dev", "prod"] satisfies StackName[]) {
    it(`${stack}: Flink's keep their logical names, and the old job ends before the new one starts`, async () => {
      const all = await recorded(stack);
      const flink = all.find(({ type, name }) => type === "lakehouse:streaming:Flink" && name === "flink");
      const own = all.filter(({ request }) => request.getParent() === flink?.urn);
      const names = own.map(({ type, name }) => `${type} ${name}`);
      for (const name of FLINK) assert.ok(names.includes(name), `${name} of ${names.join(", ")}`);
      const job = own.find(({ type }) => type.endsWith(":FlinkDeployment"));
      assert.equal(job?.request.getDeletebeforereplace(), true);
    });

    it(`${stack}: no other ConfigMaps are in the namespace where Flink may write them`, async () => {
      const inFlinks = (await recorded(stack)).filter(
        ({ type, inputs }) =>
          type === "kubernetes:core/v1:ConfigMap" &&
          (inputs as { metadata?: { namespace?: string } }).metadata?.namespace === "lakehouse-processing",
      );
      assert.deepEqual(
        inFlinks.map(({ name }) => name),
        ["flink-sql"],
      );
    });
  }
});

describe("components that moved", () => {
  for (const stack of ["dev", "prod"] satisfies StackName[]) {
    it(`${stack}: have an alias with their former parent, so that an update does not recreate them`, async () => {
      const all = await recorded(stack);
      const streaming = all.find(({ type }) => type === "lakehouse:streaming:Streaming");
      const components = all.filter(({ type }) => /^lakehouse:streaming:(Connect|Flink|FlinkOperator)$/.test(type));
      assert.deepEqual(components.map(({ name }) => name).sort(), [...MOVED].sort());
      for (const { name, request } of components) {
        const parents = request.getAliasesList().map((alias) => alias.getSpec()?.getParenturn());
        assert.deepEqual(parents, [streaming?.urn], name);
      }
    });
  }
});
