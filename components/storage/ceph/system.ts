import { system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { cephPods } from "./pods";
import { ceph as settings } from "./settings";

/** Object storage of an existing Ceph cluster, by Rook's claims. */
export const ceph = system({
  summary: "Object storage of an existing Ceph cluster, by Rook's claims.",
  section: "storage",
  key: "objects",
  kind: "ceph",
  settings,
  on: () => true,
  uses: (_own, { buckets }) => {
    const source = { service: "ceph", setting: "lakehouse:storage.objects.kind" };
    return buckets.some(({ versioning }) => versioning)
      ? [image(shared.minioClient, { ...source, instead: "s3, or no bucket with versioning" })]
      : [];
  },
  needs: {},
  gives: ["objects"],
  pods: ({ platform, stack }) => cephPods(platform, stack.buckets),
  compose: { cannot: "Ceph is a cluster of its own, which a stack only uses" },
  create: ({ platform, settings: own, stack, grants }, opts) => {
    const { CephObjectStore } = require("./ceph") as typeof import("./ceph");
    const ceph = new CephObjectStore("ceph", { platform, settings: own, buckets: stack.buckets, grants }, opts);
    return { services: [ceph], objects: ceph };
  },
});
