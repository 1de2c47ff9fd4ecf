import type { BucketKey } from "../core/capabilities";
import type { Settings } from "../settings";

/** A topic that is told of a bucket's objects. */
export type Notification = Settings["storage"]["buckets"]["bronze"]["notify"][number];

/** A bucket of the lake. */
export interface Bucket {
  readonly key: BucketKey;
  readonly name: string;
  readonly versioning: boolean;
  /** Days after which objects are deleted; undefined keeps them. */
  readonly expireDays: number | undefined;
  /** Days after which old versions are deleted. */
  readonly noncurrentDays: number;
  /** Days before which no version of an object may be deleted; 0 for a bucket without object lock. */
  readonly lockDays: number;
  /** Days after which unfinished uploads are aborted. */
  readonly abortUploadsDays: number;
  readonly notify: readonly Notification[];
}

/** Backups are what is left after somebody with a stolen key deletes the rest. */
const BACKUP_LOCK_DAYS = 14;

export function buckets(settings: Settings["storage"]): readonly Bucket[] {
  const keys = Object.keys(settings.buckets) as BucketKey[];
  return keys.map((key) => {
    const { name, lockDays: asked, versioning, expireDays, ...rest } = settings.buckets[key];
    const lockable = settings.objects.kind === "minio";
    const lockDays = lockable ? (asked ?? (key === "backups" ? lockFor(expireDays) : 0)) : 0;
    return {
      key,
      name: name ?? `${settings.bucketPrefix}${key}`,
      // A lock is on versions.
      versioning: versioning || lockDays > 0,
      lockDays,
      expireDays,
      noncurrentDays: rest.noncurrentDays,
      abortUploadsDays: rest.abortUploadsDays,
      notify: rest.notify,
    };
  });
}

/** What expires sooner is locked for less. */
function lockFor(expireDays: number | undefined): number {
  return Math.min(BACKUP_LOCK_DAYS, (expireDays ?? Infinity) - 1);
}

/** What is expected of each bucket, for whoever checks it. */
export interface BucketMark {
  readonly name: string;
  readonly versioning: boolean;
  readonly objectLock: boolean;
}

export function bucketMarks(settings: Settings["storage"]): BucketMark[] {
  return buckets(settings)
    .filter(({ versioning }) => versioning)
    .map(({ name, versioning, lockDays }) => ({ name, versioning, objectLock: lockDays > 0 }));
}

export function bucketNames(all: readonly Bucket[]): Readonly<Record<BucketKey, string>> {
  return Object.fromEntries(all.map(({ key, name }) => [key, name])) as Record<BucketKey, string>;
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
