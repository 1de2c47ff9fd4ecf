import assert from "node:assert/strict";

import { type StackName, recorded } from "./harness";

/** Components that have another parent than once. */
const MOVED = ["connect", "flink-operator", "flink"];

/** What Flink's update must find again, by logical name: another one would be a second job beside the first. */
const FLINK = [
  "kubernetes:core/v1:ConfigMap flink-sql",
  "kubernetes:core/v1:ServiceAccount flink",
  "kubernetes:flink.apache.org/v1beta1:FlinkDeployment flink-orders",
  "kubernetes:rbac.authorization.k8s.io/v1:Role flink",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding flink",
];

describe("objects that moved to another namespace", () => {
  for (const stack of ["dev", "prod"] satisfies StackName[]) {
    it(`${stack}: Flink's keep their logical names, and the job that was there ends before the other begins`, async () => {
      const all = await recorded(stack);
      const flink = all.find(({ type, name }) => type === "lakehouse:streaming:Flink" && name === "flink");
      const own = all.filter(({ request }) => request.getParent() === flink?.urn);
      const names = own.map(({ type, name }) => `${type} ${name}`);
      for (const name of FLINK) assert.ok(names.includes(name), `${name} of ${names.join(", ")}`);
      const job = own.find(({ type }) => type.endsWith(":FlinkDeployment"));
      assert.equal(job?.request.getDeletebeforereplace(), true);
    });

    it(`${stack}: where Flink may write ConfigMaps, nobody else has one`, async () => {
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
    it(`${stack}: are known by their former parent, so that an update does not make them anew`, async () => {
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
