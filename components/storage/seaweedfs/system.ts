import { system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { majorityAndCopies } from "./check";
import { PORTS } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { seaweedfsPods } from "./pods";
import { seaweedfs as settings } from "./settings";

const production = (replicas: number, driveSize: string) => ({
  server: { replicas, cpu: 4, memory: "16Gi" },
  filer: { cpu: 8, memory: "32Gi" },
  filerVolume: "500Gi",
  gateway: { replicas: 8, cpu: 4, memory: "8Gi" },
  drives: 16,
  driveSize,
});

/** Object storage by SeaweedFS, deployed by this stack. */
export const seaweedfs = system({
  summary:
    "Object storage by SeaweedFS, deployed by this stack: users, rights and buckets without an address for `pulumi up`.",
  section: "storage",
  key: "objects",
  kind: "seaweedfs",
  settings,
  presets: {
    dev: {
      master: { replicas: 1, cpu: 0.05, memory: "128Mi" },
      server: { replicas: 1, cpu: 0.1, memory: "256Mi" },
      filer: { cpu: 0.1, memory: "256Mi" },
      gateway: { replicas: 1, cpu: 0.1, memory: "256Mi" },
      driveSize: "10Gi",
      filerVolume: "2Gi",
      copies: 1,
    },
    minimal: production(4, "16Ti"),
    medium: production(16, "20Ti"),
    large: production(32, "20Ti"),
  },
  // Programs in Go have no heap setting.
  least: { master: 0, server: 0, filer: 0, gateway: 0 },
  on: () => true,
  check: majorityAndCopies,
  pins,
  uses: () => {
    const on = { service: "seaweedfs", setting: "lakehouse:storage.objects.kind", instead: "ceph, minio or s3" };
    return [image(pins.seaweedfs, on), image(shared.minioClient, on)];
  },
  needs: {},
  gives: ["objects"],
  pods: ({ platform, settings: own }) => seaweedfsPods(platform, own),
  monitoring: () => ({ seaweedfs: monitoring }),
  doors: ({ platform }) => [
    {
      name: "seaweedfs",
      kind: "s3",
      namespace: platform.namespace("storage"),
      service: "seaweedfs",
      port: PORTS.gateway,
      health: "/readyz",
      signIn: "its users by key",
      pods: { role: "gateway" },
    },
  ],
  compose: { cannot: "its programs find each other by the names of their pods" },
  create: ({ platform, settings: own, stack, grants }, opts) => {
    const { Seaweedfs } = require("./seaweedfs") as typeof import("./seaweedfs");
    const seaweedfs = new Seaweedfs("seaweedfs", { platform, settings: own, buckets: stack.buckets, grants }, opts);
    return { services: [seaweedfs], objects: seaweedfs };
  },
});
