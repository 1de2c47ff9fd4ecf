import type { BucketKey } from "./capabilities";

/** Bucket notification: events of objects that the store publishes to a topic. */
export interface Notification {
  readonly topic: string;
  readonly events: readonly ("created" | "removed")[];
  /** Beginning of keys. @default all */
  readonly prefix?: string | undefined;
  /** End of keys. @default all */
  readonly suffix?: string | undefined;
}

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
  /** Whether the administrator may delete locked versions: in governance he may, in compliance nobody may. */
  readonly lockMode: "governance" | "compliance";
  /** Days after which unfinished uploads are aborted. */
  readonly abortUploadsDays: number;
  readonly notify: readonly Notification[];
}
