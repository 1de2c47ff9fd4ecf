import { serviceHost } from "../../core/endpoint";
import type { Bucket } from "../../core/bucket";

/** MinIO's command line and lifecycle, as pure functions. */

export const S3_PORT = 9000;
export const CONSOLE_PORT = 9001;

/** Arguments of a server: one drive alone, or one erasure-coded pool over the drives of all servers. */
export function serverArgs(replicas: number, drives: number, headless: string, namespace: string): string[] {
  const drive = drives === 1 ? "/data-0" : `/data-{0...${String(drives - 1)}}`;
  const pool =
    replicas === 1
      ? drive
      : `http://minio-{0...${String(replicas - 1)}}.${serviceHost(headless, namespace)}:${String(S3_PORT)}${drive}`;
  return ["server", pool, "--address", `:${String(S3_PORT)}`, "--console-address", `:${String(CONSOLE_PORT)}`];
}

export interface LifecycleRule {
  readonly id: string;
  readonly expiration?: string;
  readonly noncurrentVersionExpirationDays?: number;
}

/** The lifecycle as `@pulumi/minio` takes it. Unfinished uploads are removed by the server itself, after a day. */
export function lifecycleRules(bucket: Bucket): LifecycleRule[] {
  return [
    ...(bucket.versioning
      ? [{ id: "expire-versions", noncurrentVersionExpirationDays: bucket.noncurrentDays }]
      : [{ id: "expire-delete-markers", expiration: "DeleteMarker" }]),
    ...(bucket.expireDays === undefined ? [] : [{ id: "expire", expiration: `${String(bucket.expireDays)}d` }]),
  ];
}
