import type { Mistake } from "../../fields/mistakes";
import type { Settings } from "../schema";

/** Only MinIO's buckets can be locked, and a lock has to end before the objects expire. */
export function* objectLocks({ storage }: Settings): Iterable<Mistake> {
  for (const [key, { lockDays = 0, expireDays }] of Object.entries(storage.buckets)) {
    const path = `lakehouse:storage.buckets.${key}.lockDays`;
    if (lockDays === 0) continue;
    if (storage.objects.kind !== "minio")
      yield {
        path,
        message: `given ${String(lockDays)} with lakehouse:storage.objects.kind ${storage.objects.kind}, whose buckets this stack cannot lock; allowed: 0, or kind minio`,
      };
    else if (expireDays !== undefined && lockDays >= expireDays)
      yield {
        path,
        message: `given ${String(lockDays)}, but objects expire after ${String(expireDays)} days; allowed: less than expireDays`,
      };
  }
}
