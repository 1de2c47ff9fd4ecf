import type { ObjectAccess } from "../../core/capabilities";
import { placement } from "../../core/placement";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { formatBytes } from "../../core/quantity";
import { pullSecrets } from "../../core/site";
import { podMetadata, podSecurityContext, securityContext } from "./config";
import { NAME } from "./pods";

export const BACKUP = `${NAME}-backup`;
/** Prefix of backups in the bucket. */
export const PREFIX = `${NAME}/`;

export interface BackupFacts {
  readonly group: PodGroup;
  readonly schedule: string;
  readonly retentionDays: number;
  readonly bucket: string;
  readonly region: string;
  readonly keys: ObjectAccess;
  /** The Secret with the CAs of the store. @default those of the image */
  readonly ca: { readonly name: string; readonly key: string } | undefined;
}

/** Backup of the whole server by mariadb-backup (PhysicalBackup): of a replica, or of the primary where there is none. */
export function backupSpec({ group, schedule, retentionDays, bucket, region, keys, ca }: BackupFacts): object {
  const { host, port, scheme } = keys.endpoint;
  const key = (name: string) => ({ name: keys.secret, key: name });
  const [staging] = group.volumes;
  if (staging === undefined) throw new Error(`${group.service} has no staging volume for its backup`);
  return {
    mariaDbRef: { name: NAME },
    schedule: { cron: schedule, immediate: true, suspend: false },
    target: "PreferReplica",
    compression: "gzip",
    maxRetention: `${String(retentionDays * 24)}h`,
    storage: {
      s3: {
        bucket,
        prefix: PREFIX.replace(/\/$/, ""),
        endpoint: `${host}:${String(port)}`,
        region,
        accessKeyIdSecretKeyRef: key(keys.userKey),
        secretAccessKeySecretKeyRef: key(keys.passwordKey),
        tls: { enabled: scheme === "https", ...(ca === undefined ? {} : { caSecretKeyRef: ca }) },
      },
    },
    stagingStorage: {
      persistentVolumeClaim: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: formatBytes(staging.size) } },
        ...(staging.storageClass === undefined ? {} : { storageClassName: staging.storageClass }),
      },
    },
    // It mounts the server's volume, which only one node can mount.
    podAffinity: true,
    tolerations: placement(group).tolerations,
    ...pullSecrets(group),
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    serviceAccountName: BACKUP,
    resources: resourceRequirements(group),
    podMetadata: podMetadata("backup"),
    podSecurityContext,
    securityContext,
  };
}
