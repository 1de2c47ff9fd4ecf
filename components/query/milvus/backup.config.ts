import { stringify } from "yaml";

import { METRICS, PORT, type Places } from "./config";
import { NAME } from "./pods";

/** Copies by milvus-backup: its file and its script. Pure. */

export const BACKUP_DIRECTORY = "/opt/lakehouse/backup";
export const BACKUP_FILE = "backup.yaml";

/** Variables with secrets. */
export const VARIABLES = {
  user: "MILVUS_USER",
  password: "MILVUS_PASSWORD",
  accessKey: "MINIO_ACCESS_KEY",
  secretKey: "MINIO_SECRET_KEY",
  backupAccessKey: "MINIO_BACKUP_ACCESS_KEY",
  backupSecretKey: "MINIO_BACKUP_SECRET_KEY",
} as const;

export interface BackupPlaces extends Pick<Places, "s3" | "objects"> {
  /** Host of Milvus' Service. */
  readonly host: string;
  /** Bucket of copies. */
  readonly backups: string;
}

/** Both ends are one store, so that it copies objects itself. */
export function backupYaml({ s3, objects, host, backups }: BackupPlaces): string {
  const { bucket, prefix } = objects;
  return stringify({
    log: { level: "info", console: true, file: { filename: "/tmp/backup.log" } },
    milvus: { address: host, port: PORT, tlsMode: 0 },
    minio: {
      storageType: "minio",
      address: s3.host,
      port: s3.port,
      region: s3.region,
      useSSL: s3.tls,
      bucketName: bucket,
      rootPath: prefix.replace(/\/$/, ""),
      backupStorageType: "minio",
      backupAddress: s3.host,
      backupPort: s3.port,
      backupRegion: s3.region,
      backupUseSSL: s3.tls,
      backupBucketName: backups,
      backupRootPath: NAME,
    },
    // Segments that are replaced meanwhile stay until the copy is whole.
    backup: { gcPause: { enable: true, address: `http://${host}:${String(METRICS.port)}` } },
  });
}

/** A copy is named after its time. */
export const backupScript = (): string =>
  [
    "cd /tmp",
    `exec /app/milvus-backup create --rbac --name "nightly_$(date -u +%Y%m%d_%H%M%S)" --config ${BACKUP_DIRECTORY}/${BACKUP_FILE}`,
  ].join("\n");
