import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { SecretKeys } from "../../core/capabilities";
import { credentialsEnv } from "../../core/env";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { Task } from "../../core/task";
import { shellWord } from "../../core/render";
import { shared } from "../../core/versions";
import type { Bucket } from "../../core/bucket";
import { pins } from "./pins";

/** Size of the pod, which runs one command of the client. */
const SIZE = { replicas: 1, cpu: 0.1, memory: 128 * MiB, pool: undefined };

export function retentionPods(platform: Platform): PodGroup {
  const names = { service: "minio", role: "retention", namespace: platform.namespace("storage") };
  return platform.podGroup({ ...names, lifetime: "once", scratch: { "/tmp": 64 * MiB } }, SIZE);
}

/** Sets the default retention of each bucket. Object lock alone only makes a retention possible. */
export function retentionScript(locked: readonly Bucket[]): string {
  return [
    'mc alias set store "$S3_URL" "$ROOT_USER" "$ROOT_PASSWORD" --api S3v4 --path on',
    // In governance the root user may still clean up, in compliance nobody may; no service may in either.
    ...locked.map(
      ({ name, lockDays, lockMode }) =>
        `mc retention set --default ${lockMode} ${String(lockDays)}d ${shellWord(`store/${name}`)}`,
    ),
  ].join("\n");
}

export interface RetentionArgs {
  readonly group: PodGroup;
  /** URL of MinIO. */
  readonly url: string;
  readonly root: SecretKeys;
  readonly locked: readonly Bucket[];
}

/** Task that sets the default retention of locked buckets, which the provider cannot. */
export function retention(
  name: string,
  { group, url, root, locked }: RetentionArgs,
  opts: pulumi.ResourceOptions,
): Task {
  const container = {
    name: "mc",
    image: shared.minioClient.image,
    command: ["/bin/sh", "-ec"],
    args: [retentionScript(locked)],
    env: { S3_URL: url, MC_CONFIG_DIR: "/tmp/mc", ...credentialsEnv(root, "ROOT_USER", "ROOT_PASSWORD") },
  };
  return new Task(
    name,
    { group, version: pins.minio.version, user: 1000, priorityClass: group.priorityClass, containers: [container] },
    opts,
  );
}
