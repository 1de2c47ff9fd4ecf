import type { BucketKey } from "../core/capabilities";
import type { Settings } from "../settings";

/** A bucket of the lake. */
export interface Bucket {
  readonly key: BucketKey;
  readonly name: string;
  readonly versioning: boolean;
  /** Days after which objects are deleted; undefined keeps them. */
  readonly expireDays: number | undefined;
  /** Days after which old versions are deleted. */
  readonly noncurrentDays: number;
  /** Days after which unfinished uploads are aborted. */
  readonly abortUploadsDays: number;
}

export function buckets(settings: Settings["storage"]): readonly Bucket[] {
  const keys = Object.keys(settings.buckets) as BucketKey[];
  return keys.map((key) => {
    const { name, versioning, expireDays, noncurrentDays, abortUploadsDays } = settings.buckets[key];
    return {
      key,
      name: name ?? `${settings.bucketPrefix}${key}`,
      versioning,
      expireDays,
      noncurrentDays,
      abortUploadsDays,
    };
  });
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
