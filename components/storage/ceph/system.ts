import { system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { watched } from "./monitoring";
import { cephPods, GATEWAY, gatewayPods } from "./pods";
import { ceph as settings, deployable } from "./settings";

/** Object storage of an existing Ceph cluster, by Rook's claims. */
export const ceph = system({
  summary: "Object storage of an existing Ceph cluster, by Rook's claims.",
  section: "storage",
  key: "objects",
  kind: "ceph",
  settings,
  on: () => true,
  others: [{ kind: "ceph", gateway: "deployed" }],
  // Rook refuses gateways with less.
  least: { server: 1024 },
  check: deployable,
  uses: (_own, { buckets }) => {
    const source = { service: "ceph", setting: "lakehouse:storage.objects.kind" };
    return buckets.some(({ versioning }) => versioning)
      ? [image(shared.minioClient, { ...source, instead: "s3, or no bucket with versioning" })]
      : [];
  },
  needs: {},
  gives: ["objects"],
  pods: ({ platform, stack, settings: own }) => [...cephPods(platform, stack.buckets), ...gatewayPods(platform, own)],
  monitoring: ({ settings: own }) => watched(own),
  compose: { cannot: "Ceph is a cluster of its own, which a stack only uses" },
  create: ({ platform, settings: own, stack, grants }, opts) => {
    const { CephObjectStore } = require("./ceph") as typeof import("./ceph");
    const { CephGateway } = require("./gateway") as typeof import("./gateway");
    const gateways = own.gateway === "existing" ? [] : [new CephGateway(GATEWAY, { platform, settings: own }, opts)];
    const after = gateways.map(({ store }) => store);
    const ceph = new CephObjectStore("ceph", { platform, settings: own, buckets: stack.buckets, grants, after }, opts);
    return { services: [...gateways, ceph], objects: ceph };
  },
});
