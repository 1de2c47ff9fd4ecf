import assert from "node:assert/strict";

import { objectLocks } from "../../../components/settings/locks";

type Settings = Parameters<typeof objectLocks>[0];

function mistakes(kind: "minio" | "ceph", backups: object): string[] {
  const settings = { storage: { objects: { kind }, buckets: { gold: {}, backups } } } as unknown as Settings;
  return [...objectLocks(settings)].map(({ path, message }) => `${path}: ${message}`);
}

describe("object lock in the settings", () => {
  it("may last until the day before objects expire", () => {
    assert.deepEqual(mistakes("minio", { lockDays: 89, expireDays: 90 }), []);
    assert.deepEqual(mistakes("minio", { lockDays: 90, expireDays: 90 }), [
      "lakehouse:storage.buckets.backups.lockDays: given 90, but objects expire after 90 days; allowed: less than expireDays",
    ]);
  });
  it("is for MinIO, where buckets are made by this stack", () => {
    assert.deepEqual(mistakes("ceph", { lockDays: 14 }), [
      "lakehouse:storage.buckets.backups.lockDays: given 14 with objects of the kind ceph, whose buckets are made without this stack or by claims, which know no lock; allowed: 0, or kind minio",
    ]);
    assert.deepEqual(mistakes("ceph", { lockDays: 0 }), []);
  });
});
