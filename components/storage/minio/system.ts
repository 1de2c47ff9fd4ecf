import { maybe, system } from "../../core/system";
import { image } from "../../core/uses";
import { erasureCoding } from "./check";
import { pins } from "./pins";
import { minioPods } from "./pods";
import { minio as settings } from "./settings";
import { monitoring } from "./monitoring";
import { S3_PORT } from "./config";

const production = (replicas: number, driveSize: string) => ({
  server: { replicas, cpu: 8, memory: "32Gi" },
  drives: 16,
  driveSize,
});

/** Object storage with the MinIO API, deployed by this stack. */
export const minio = system({
  summary: "Object storage with the MinIO API, deployed by this stack.",
  section: "storage",
  key: "objects",
  kind: "minio",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.25, memory: "512Mi" }, drives: 1, driveSize: "10Gi" },
    minimal: production(4, "16Ti"),
    medium: production(16, "20Ti"),
    large: production(32, "20Ti"),
  },
  least: { server: 0 },
  on: () => true,
  check: erasureCoding,
  pins,
  uses: () => [
    image(pins.minio, { service: "minio", setting: "lakehouse:storage.objects.kind", instead: "ceph or s3" }),
  ],
  clients: ["minio"],
  needs: { log: maybe("log") },
  gives: ["objects"],
  notes: (own, { buckets }) => [
    ...buckets
      .filter(({ lockDays, lockMode }) => lockDays > 0 && lockMode === "compliance")
      .map(
        ({ name, lockDays }) =>
          `nobody deletes a version in the bucket ${name} before ${String(lockDays)} days, not even to free a full disk (lockMode: compliance)`,
      ),
    ...(own.encrypted
      ? [
          "objects are read with the key in the Secret minio-encryption alone: keep a copy of it where no node of this cluster is",
        ]
      : []),
  ],
  pods: ({ platform, settings: own, stack }) => minioPods(platform, own, stack.buckets),
  monitoring: ({ platform }) => ({ minio: monitoring(platform) }),
  doors: ({ platform }) => [
    {
      name: "minio",
      kind: "s3",
      namespace: platform.namespace("storage"),
      service: "minio",
      port: S3_PORT,
      ...(platform.tls ? { scheme: "https" } : {}),
      health: "/minio/health/ready",
      signIn: "its users by key",
      pods: { role: "server" },
    },
  ],
  compose: { standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects) },
  create: ({ platform, settings: own, stack, log }, opts) => {
    const { Minio } = require("./minio") as typeof import("./minio");
    const door = stack.door("minio")?.host;
    const args = { platform, settings: own, buckets: stack.buckets, events: log?.events, door };
    const minio = new Minio("minio", args, opts);
    return { services: [minio], objects: minio };
  },
});
