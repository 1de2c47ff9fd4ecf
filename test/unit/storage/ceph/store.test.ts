import assert from "node:assert/strict";

import { storeSpec } from "../../../../components/storage/ceph/gateway";
import { deployable } from "../../../../components/storage/ceph/settings";
import { ceph } from "../../../../components/storage/ceph/settings";
import { GiB } from "../../../../components/core/quantity";
import type { PodGroup } from "../../../../components/core/pod-group";

const size = { cpu: 1, memory: 2 * GiB };
const group = {
  service: "ceph-gateway",
  role: "gateway",
  namespace: "rook-ceph",
  replicas: 3,
  requests: size,
  limits: size,
  pools: ["storage"],
  spread: "one-per-node",
  volumes: [],
} as unknown as PodGroup;
const settings = (more: object = {}) => ceph.parse({ kind: "ceph", gateway: "deployed", ...more });

interface Spec {
  readonly metadataPool: object;
  readonly dataPool: object;
  readonly preservePoolsOnDelete: boolean;
  readonly gateway: { readonly placement: Readonly<Record<string, unknown>> };
}
const spec = (more: object = {}) => storeSpec(group, settings(more), ["b", "a", "b"]) as Spec;

describe("the store of Rook", () => {
  it("has three copies on machines of their own, which survive its deletion", () => {
    const copies = { failureDomain: "host", replicated: { size: 3, requireSafeReplicaSize: true } };
    assert.deepEqual([spec().metadataPool, spec().dataPool], [copies, copies]);
    assert.equal(spec().preservePoolsOnDelete, true);
  });

  it("codes data with parity where that is said, and its metadata never", () => {
    const { metadataPool, dataPool } = spec({ data: { erasure: { data: 4, coding: 2 }, failureDomain: "osd" } });
    assert.deepEqual(dataPool, { failureDomain: "osd", erasureCoded: { dataChunks: 4, codingChunks: 2 } });
    assert.deepEqual(metadataPool, { failureDomain: "osd", replicated: { size: 3, requireSafeReplicaSize: true } });
  });

  it("may be of one copy, which Rook takes only when it is told that this is meant", () => {
    assert.deepEqual(spec({ data: { copies: 1 } }).dataPool, {
      failureDomain: "host",
      replicated: { size: 1, requireSafeReplicaSize: false },
    });
  });

  it("places gateways apart by Rook's own labels, in the form that Rook takes", () => {
    const { placement } = spec().gateway;
    assert.deepEqual(Object.keys(placement).toSorted(), ["nodeAffinity", "podAntiAffinity", "tolerations"]);
    assert.match(JSON.stringify(placement.podAntiAffinity), /"app":"rook-ceph-rgw","rook_object_store":"lakehouse"/);
  });

  it("may have no settings of a store that is there", () => {
    assert.deepEqual([...deployable(settings())], []);
    assert.deepEqual(
      [...deployable(settings({ tls: true, buckets: "existing" }))].map(({ path }) => path),
      ["lakehouse:storage.objects.tls", "lakehouse:storage.objects.buckets"],
    );
  });
});
