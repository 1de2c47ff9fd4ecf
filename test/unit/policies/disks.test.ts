import assert from "node:assert/strict";

import { podRequireScratch, poolLimitVolumes, volumeFitDisk } from "../../../policies/disks";
import { object } from "./builders";
import { add, changed, container, type Edit, pod, set } from "./edit";
import { run, UNKNOWN } from "./runner";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const PG = "Cluster back/pg";
const storage = (size: unknown, storageClass?: string) =>
  set(PG, "spec.storage", { size, ...(storageClass === undefined ? {} : { storageClass }) });

/** Nodes of the pool `general` with 100Gi of `local` each, and the batch node with none. */
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
      "back/pg: spec.storage.size: Cluster back/pg claims 101 Gi of local for each pod of Cluster back/pg, but the node with most of it (n1) has 100 Gi. Fix: make the volumes smaller, or allow a pool with larger disks.",
    ],
  },
  {
    when: "two volumes of a pod that fit one by one only",
    edit: [disks(), storage("60Gi", "local"), set(PG, "spec.walStorage", { size: "60Gi", storageClass: "local" })],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg claims 120 Gi of local for each pod of Cluster back/pg, but the node with most of it (n1) has 100 Gi. Fix: make the volumes smaller, or allow a pool with larger disks.",
    ],
  },
  { when: "a class that is kept elsewhere", edit: [disks(), storage("10Ti", "ceph-block")] },
  {
    when: "a volume without a class, where nodes have disks for it",
    edit: [disks({ default: "10Gi" }), storage("20Gi")],
    says: [
      "back/pg: spec.storage.size: Cluster back/pg claims 20 Gi of default for each pod of Cluster back/pg, but the node with most of it (n1) has 10 Gi. Fix: make the volumes smaller, or allow a pool with larger disks.",
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

const WEB = "Deployment front/web";
const directory = (emptyDir: object) => set(WEB, pod("volumes"), [{ name: "spill", emptyDir }]);
const limit = set(WEB, container("resources.limits.ephemeral-storage"), "64Mi");
const UNBOUNDED =
  "front/web: spec.template.spec.volumes[0].emptyDir.sizeLimit: Deployment front/web has an emptyDir without sizeLimit, which may fill the disk of its node. Fix: set sizeLimit, or a limit of ephemeral-storage for each container.";
const MORE = { name: "more", image: "ghcr.io/shop/more:1.2.3", resources: {} };

suite(podRequireScratch, [
  { when: "a directory without a bound, where a container spills", edit: directory({}), says: [UNBOUNDED] },
  { when: "one that is bound by the limit of the only container", edit: [directory({}), limit] },
  {
    when: "one that is bound by the limit of one of two containers",
    edit: [directory({}), limit, set(WEB, pod("containers.1"), MORE)],
    says: [UNBOUNDED],
  },
  { when: "one in memory, which counts as the container's", edit: directory({ medium: "Memory" }) },
  { when: "a bound that is not known yet", edit: directory({ sizeLimit: UNKNOWN }) },
  { when: "a directory of which nothing is known yet", edit: set(WEB, pod("volumes"), UNKNOWN) },
  {
    when: "a bound over what is requested",
    edit: directory({ sizeLimit: "65Mi" }),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.ephemeral-storage: Deployment front/web requests 64 Mi of ephemeral storage, but its emptyDirs may take 65 Mi. Fix: request 65 Mi of ephemeral-storage, or lower sizeLimit.",
    ],
  },
]);

describe("volumes", () => {
  for (const policy of [volumeFitDisk, poolLimitVolumes]) {
    it(`are not judged by ${policy.name} if no node has a limit of storage`, async () => {
      const outcome = await run(policy, changed(disks({}), storage("10Ti", "local")));
      assert.deepEqual(outcome, { notApplicable: "no node states the size of its disks (`disks`)" });
    });
  }
});
