import assert from "node:assert/strict";

import { objectLocks } from "../../../components/settings/rules/locks";

type Settings = Parameters<typeof objectLocks>[0];

function mistakes(kind: "minio" | "ceph", backups: object): string[] {
  const settings = { storage: { objects: { kind }, buckets: { gold: {}, backups } } } as unknown as Settings;
  return [...objectLocks(settings)].map(({ path, message }) => `${path}: ${message}`);
}

describe("object lock in the settings", () => {
  it("can last until the day before objects expire", () => {
    assert.deepEqual(mistakes("minio", { lockDays: 89, expireDays: 90 }), []);
    assert.deepEqual(mistakes("minio", { lockDays: 90, expireDays: 90 }), [
      "lakehouse:storage.buckets.backups.lockDays: given 90, but objects expire after 90 days; allowed: less than expireDays",
    ]);
  });
  it("is only for MinIO with buckets that the stack makes", () => {
    assert.deepEqual(mistakes("ceph", { lockDays: 14 }), [
      "lakehouse:storage.buckets.backups.lockDays: given 14 with lakehouse:storage.objects.kind ceph, whose buckets this stack cannot lock; allowed: 0, or kind minio or seaweedfs",
    ]);
    assert.deepEqual(mistakes("ceph", { lockDays: 0 }), []);
  });
});
