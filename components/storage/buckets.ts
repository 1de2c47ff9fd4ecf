import type { BucketKey, BucketNames } from "../core/capabilities";
import type { Bucket } from "../core/bucket";
import type { BucketSettings } from "./settings";

/** Settings that the buckets are derived from. */
export interface StorageSettings {
  readonly objects: { readonly kind: string };
  readonly bucketPrefix: string;
  readonly buckets: BucketSettings;
}

/** Object lock of backups in days: somebody with a stolen key cannot delete them. */
const BACKUP_LOCK_DAYS = 14;

/** Kinds of object stores whose buckets the stack can lock. */
export const LOCKABLE: readonly string[] = ["minio", "seaweedfs"];

/** @param services whether a system keeps objects of its own */
export function buckets(settings: StorageSettings, services = false): readonly Bucket[] {
  const keys = (Object.keys(settings.buckets) as BucketKey[]).filter((key) => key !== "services" || services);
  return keys.map((key) => {
    const { name, lockDays: asked, lockMode, versioning, expireDays, ...rest } = settings.buckets[key];
    const lockable = LOCKABLE.includes(settings.objects.kind);
    const lockDays = lockable ? (asked ?? (key === "backups" ? lockFor(expireDays) : 0)) : 0;
    return {
      key,
      name: name ?? `${settings.bucketPrefix}${key}`,
      // Object lock requires versioning.
      versioning: versioning || lockDays > 0,
      lockDays,
      lockMode,
      expireDays,
      noncurrentDays: rest.noncurrentDays,
      abortUploadsDays: rest.abortUploadsDays,
      notify: rest.notify,
    };
  });
}

/** A lock must end before the objects expire. */
function lockFor(expireDays: number | undefined): number {
  return Math.min(BACKUP_LOCK_DAYS, (expireDays ?? Infinity) - 1);
}

/** Versioning and object lock of a bucket, for policies that check them. */
export interface BucketMark {
  readonly name: string;
  readonly versioning: boolean;
  readonly objectLock: boolean;
}

export function bucketMarks(all: readonly Bucket[]): BucketMark[] {
  return all
    .filter(({ versioning }) => versioning)
    .map(({ name, versioning, lockDays }) => ({ name, versioning, objectLock: lockDays > 0 }));
}

export function bucketNames(all: readonly Bucket[]): BucketNames {
  return Object.fromEntries(all.map(({ key, name }) => [key, name])) as unknown as BucketNames;
}

/** The lifecycle in S3's form. Rules are sorted by ID: Rook compares them in that order. */
export function lifecycle(bucket: Bucket): object {
  const rule = (ID: string, action: object) => ({ ID, Status: "Enabled", Prefix: "", ...action });
  return {
    Rules: [
      rule("abort-uploads", { AbortIncompleteMultipartUpload: { DaysAfterInitiation: bucket.abortUploadsDays } }),
      ...(bucket.expireDays === undefined ? [] : [rule("expire", { Expiration: { Days: bucket.expireDays } })]),
      ...(bucket.versioning
        ? [rule("expire-versions", { NoncurrentVersionExpiration: { NoncurrentDays: bucket.noncurrentDays } })]
        : []),
    ],
  };
}
