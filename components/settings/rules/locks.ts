import type { Mistake } from "../../fields/mistakes";
import { LOCKABLE } from "../../storage/buckets";
import type { Settings } from "../schema";

/** Buckets of some stores can be locked, and a lock has to end before the objects expire. */
export function* objectLocks({ storage }: Settings): Iterable<Mistake> {
  for (const [key, { lockDays = 0, expireDays }] of Object.entries(storage.buckets)) {
    const path = `lakehouse:storage.buckets.${key}.lockDays`;
    if (lockDays === 0) continue;
    if (!LOCKABLE.includes(storage.objects.kind))
      yield {
        path,
        message: `given ${String(lockDays)} with lakehouse:storage.objects.kind ${storage.objects.kind}, whose buckets this stack cannot lock; allowed: 0, or kind ${LOCKABLE.join(" or ")}`,
      };
    else if (expireDays !== undefined && lockDays >= expireDays)
      yield {
        path,
        message: `given ${String(lockDays)}, but objects expire after ${String(expireDays)} days; allowed: less than expireDays`,
      };
  }
}
