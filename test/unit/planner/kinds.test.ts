import assert from "node:assert/strict";

import { REPRODUCIBLE } from "../../../components/core/labels";
import { holdsData, isReproducible } from "../../../planner/kinds";

const store = (annotations?: Readonly<Record<string, unknown>>, claims: readonly unknown[] = [{}]) => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "store", ...(annotations === undefined ? {} : { annotations }) },
  spec: { volumeClaimTemplates: claims },
});

describe("the volumes of a StatefulSet", () => {
  it("are data, unless an annotation says why they can be refilled", () => {
    assert.equal(holdsData(store()), true);
    assert.equal(holdsData(store({ [REPRODUCIBLE]: "they are copies" })), false);
    for (const nothing of ["", " ", true, null]) assert.equal(holdsData(store({ [REPRODUCIBLE]: nothing })), true);
  });

  it("do not exist without claims", () => {
    assert.equal(holdsData(store(undefined, [])), false);
  });
});

describe("an object that is marked as refillable", () => {
  it("needs a reason, and only some kinds can be marked", () => {
    assert.equal(isReproducible(store({ [REPRODUCIBLE]: "they are copies" })), true);
    assert.deepEqual([store(), {}, undefined].map(isReproducible), [false, false, false]);
    const metadata = { annotations: { [REPRODUCIBLE]: "they are copies" } };
    assert.equal(holdsData({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata }), true);
    assert.equal(holdsData({ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata }), true);
  });
});
