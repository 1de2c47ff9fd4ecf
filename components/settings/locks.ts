import type { Mistake } from "./errors";
import type { Settings } from "./schema";

/** Object lock is a property of MinIO's buckets here, and what it keeps must be allowed to go in the end. */
export function* objectLocks({ storage }: Settings): Iterable<Mistake> {
  for (const [key, { lockDays = 0, expireDays }] of Object.entries(storage.buckets)) {
    const path = `lakehouse:storage.buckets.${key}.lockDays`;
    if (lockDays === 0) continue;
    if (storage.objects.kind !== "minio")
      yield {
        path,
        message: `given ${String(lockDays)} with objects of the kind ${storage.objects.kind}, whose buckets are made without this stack or by claims, which know no lock; allowed: 0, or kind minio`,
      };
    else if (expireDays !== undefined && lockDays >= expireDays)
      yield {
        path,
        message: `given ${String(lockDays)}, but objects expire after ${String(expireDays)} days; allowed: less than expireDays`,
      };
  }
}
