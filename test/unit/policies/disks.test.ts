import assert from "node:assert/strict";

import { poolLimitVolumes, volumeFitDisk } from "../../../policies/disks";
import { object } from "./builders";
import { add, changed, type Edit, set } from "./edit";
import { run, UNKNOWN } from "./runner";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const PG = "Cluster back/pg";
const storage = (size: unknown, storageClass?: string) =>
  set(PG, "spec.storage", { size, ...(storageClass === undefined ? {} : { storageClass }) });

/** Nodes of the pool `general` with 100Gi of `local` each, the one for batch with none. */
const disks = (sizes: Record<string, string> = { local: "100Gi" }): Edit =>
  set(
    "ConfigMap front/capacity",
    ["data", "capacity.json"],
    JSON.stringify({
      ...CAPACITY,
      nodes: CAPACITY.nodes.map((node) => (node.pool === "general" ? { ...node, disks: sizes } : node)),
    }),
  );

const claim = (name: string, size: string) =>
  object("core/v1:PersistentVolumeClaim", "front", name, {
    spec: { storageClassName: "local", resources: { requests: { storage: size } } },
  });
const mounts = (name: string, index = 1) =>
  set("Deployment front/web", ["spec", "template", "spec", "volumes", index], {
    name,
    persistentVolumeClaim: { claimName: name },
  });

suite(volumeFitDisk, [
  { when: "a volume as large as the disk", edit: [disks(), storage("100Gi", "local")] },
  {
    when: "a volume that is larger",
    edit: [disks(), storage("101Gi", "local")],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg claims 101 Gi of local for each pod of Cluster back/pg, but the node with most of it (n1) has 100 Gi. Fix: make the volumes smaller, or let the pods run where disks are larger.",
    ],
  },
  {
    when: "two volumes of a pod that fit one by one only",
    edit: [disks(), storage("60Gi", "local"), set(PG, "spec.walStorage", { size: "60Gi", storageClass: "local" })],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg claims 120 Gi of local for each pod of Cluster back/pg, but the node with most of it (n1) has 100 Gi. Fix: make the volumes smaller, or let the pods run where disks are larger.",
    ],
  },
  { when: "a class that is kept elsewhere", edit: [disks(), storage("10Ti", "ceph-block")] },
  {
    when: "a volume without a class, where nodes have disks for it",
    edit: [disks({ default: "10Gi" }), storage("20Gi")],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg claims 20 Gi of default for each pod of Cluster back/pg, but the node with most of it (n1) has 10 Gi. Fix: make the volumes smaller, or let the pods run where disks are larger.",
    ],
  },
  { when: "a size that is not known yet", edit: [disks(), storage(UNKNOWN, "local")] },
]);

suite(poolLimitVolumes, [
  { when: "volumes that fill the disks", edit: [disks(), storage("100Gi", "local")] },
  {
    when: "volumes of different pods that do not fit together",
    edit: [disks(), storage("90Gi", "local"), add(claim("uploads", "30Gi")), mounts("uploads")],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg brings the volumes of local in pool general to 210 Gi, over the 200 Gi of its disks. Fix: claim 10 Gi less, or add disks.",
    ],
  },
  {
    when: "a claim once, though two pods of the Deployment mount it",
    edit: [disks(), storage("90Gi", "local"), add(claim("uploads", "20Gi")), mounts("uploads")],
  },
]);

describe("volumes", () => {
  for (const policy of [volumeFitDisk, poolLimitVolumes]) {
    it(`are not judged by ${policy.name} where no node says what they may take`, async () => {
      const outcome = await run(policy, changed(disks({}), storage("10Ti", "local")));
      assert.deepEqual(outcome, { notApplicable: "no node says what volumes may take on it (disks)" });
    });
  }
});
