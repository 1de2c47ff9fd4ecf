import assert from "node:assert/strict";

import { type StackName, recorded } from "./harness";

/** Components that have another parent than once. */
const MOVED = ["connect", "flink-operator", "flink"];

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
