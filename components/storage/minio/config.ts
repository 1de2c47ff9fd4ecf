import type { Bucket } from "../../core/bucket";
import { type Certified, named } from "../../core/certificates";
import { serviceHost } from "../../core/endpoint";

/** MinIO's command line and lifecycle, as pure functions. */

export const S3_PORT = 9000;
export const CONSOLE_PORT = 9001;

/** The Secret with the servers' certificate, and where they read it: by these names, and again when they change. */
export const CERTIFICATE = "minio-tls";
export const CERTIFICATES = "/etc/minio-certs";
export const CERTIFICATE_FILES = { "tls.crt": "public.crt", "tls.key": "private.key" };

interface Places {
  readonly headless: string;
  readonly namespace: string;
  readonly tls: boolean;
}

/** Arguments of a server: one drive alone, or one erasure-coded pool over the drives of all servers. */
export function serverArgs(replicas: number, drives: number, { headless, namespace, tls }: Places): string[] {
  const drive = drives === 1 ? "/data-0" : `/data-{0...${String(drives - 1)}}`;
  const pool =
    replicas === 1
      ? drive
      : `${tls ? "https" : "http"}://minio-{0...${String(replicas - 1)}}.${serviceHost(headless, namespace)}:${String(S3_PORT)}${drive}`;
  return [
    ...["server", pool, "--address", `:${String(S3_PORT)}`, "--console-address", `:${String(CONSOLE_PORT)}`],
    ...(tls ? ["--certs-dir", CERTIFICATES] : []),
  ];
}

/**
 * The servers' certificate: the Service, and each of them by its own name.
 * @param outside hosts by which `pulumi up` and clients outside of the cluster reach them
 */
export function serverCertificate({ headless, namespace }: Omit<Places, "tls">, outside: readonly string[]): Certified {
  const host = serviceHost("minio", namespace);
  return named({ commonName: host, secretName: CERTIFICATE }, [
    host,
    `*.${serviceHost(headless, namespace)}`,
    ...outside,
  ]);
}

/** `name:key`, 32 bytes in base64, as `MINIO_KMS_SECRET_KEY` has it. @param generated 32 letters and digits, which are 190 bits */
export const encryptionKey = (generated: string): string =>
  `lakehouse:${Buffer.from(generated.slice(0, 32).padEnd(32, "="), "latin1").toString("base64")}`;

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
