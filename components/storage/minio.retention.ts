import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { SecretKeys } from "../core/capabilities";
import { credentialsEnv } from "../core/env";
import type { PodGroup } from "../core/pod-group";
import { MiB } from "../core/quantity";
import { Task } from "../core/task";
import { shellWord } from "../core/render";
import { images, versions } from "../core/versions";
import type { Bucket } from "./buckets";

/** One call of the client. */
const SIZE = { replicas: 1, cpu: 0.1, memory: 128 * MiB, pool: undefined };

export function retentionPods(platform: Platform): PodGroup {
  const names = { service: "minio", role: "retention", namespace: platform.namespace("storage") };
  return platform.podGroup({ ...names, lifetime: "once", scratch: { "/tmp": 64 * MiB } }, SIZE);
}

/** Locking a bucket only makes a retention possible; this one holds for every object that brings none of its own. */
export function retentionScript(locked: readonly Bucket[]): string {
  return [
    'mc alias set store "$S3_URL" "$ROOT_USER" "$ROOT_PASSWORD" --api S3v4 --path on',
    // Governance: the root user may still clean up, no service may.
    ...locked.map(
      ({ name, lockDays }) =>
        `mc retention set --default governance ${String(lockDays)}d ${shellWord(`store/${name}`)}`,
    ),
  ].join("\n");
}

export interface RetentionArgs {
  readonly group: PodGroup;
  /** Where MinIO answers. */
  readonly url: string;
  readonly root: SecretKeys;
  readonly locked: readonly Bucket[];
}

/** Sets the default retention of locked buckets, which is nothing that the provider can. */
export function retention(
  name: string,
  { group, url, root, locked }: RetentionArgs,
  opts: pulumi.ResourceOptions,
): Task {
  const container = {
    name: "mc",
    image: images.minioClient,
    command: ["/bin/sh", "-ec"],
    args: [retentionScript(locked)],
    env: { S3_URL: url, MC_CONFIG_DIR: "/tmp/mc", ...credentialsEnv(root, "ROOT_USER", "ROOT_PASSWORD") },
  };
  return new Task(
    name,
    { group, version: versions.minio, user: 1000, priorityClass: group.priorityClass, containers: [container] },
    opts,
  );
}
