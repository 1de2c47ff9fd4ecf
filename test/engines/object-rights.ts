import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Client } from "../../sandbox/engines/minio/minio";

export const DENIED = /Access Denied|AccessDenied|Insufficient permissions/i;

/** A store with the buckets and users of a stack. */
export interface StoreWithUsers {
  readonly root: Client;
  /** Client of a service, with its own secret or another one. */
  readonly as: (service: string, secret?: string) => Client;
  /** `host:port` */
  readonly address: string;
}

/** Rights of the stack's services on any object store: the same tests for each. */
export function objectRights(store: () => StoreWithUsers): void {
  const as = (service: string) => store().as(service);

  before(async () => {
    const { root } = store();
    await Promise.all(
      ["bronze", "silver", "gold", "warehouse"].map((bucket) => root.put(`${bucket}/rights/seen`, bucket)),
    );
    await root.put("backups/others/seen", "another's");
  });

  it("Spark reads and writes every layer", async () => {
    for (const bucket of ["bronze", "silver", "gold", "warehouse"]) {
      await as("spark").put(`${bucket}/rights/spark`, "spark");
      equal(await as("spark").get(`${bucket}/rights/spark`), "spark");
    }
  });

  it("Spark, the metastore and Trino cannot delete in bronze; elsewhere Spark can", async () => {
    for (const service of ["spark", "hive-metastore", "trino"]) {
      await rejects(as(service).remove("bronze/rights/seen"), DENIED, service);
    }
    await as("spark").remove("silver/rights/spark");
    equal(await as("spark").get("bronze/rights/seen"), "bronze");
  });

  it("Trino reads bronze and silver, and writes only gold and the warehouse", async () => {
    equal(await as("trino").get("silver/rights/seen"), "silver");
    for (const bucket of ["bronze", "silver"])
      await rejects(as("trino").put(`${bucket}/rights/trino`, "no"), DENIED, bucket);
    for (const bucket of ["gold", "warehouse"]) await as("trino").put(`${bucket}/rights/trino`, "yes");
  });

  it("the backup's user has access to its own prefix only", async () => {
    const backup = as("metastore-tasks");
    await backup.put("backups/hive-metastore/rights", "dump");
    deepEqual(await backup.list("backups/hive-metastore/rights"), ["rights"]);
    await rejects(backup.get("backups/others/seen"), DENIED);
    await rejects(backup.list("backups/others/"), DENIED);
    for (const bucket of ["bronze", "gold"]) await rejects(backup.get(`${bucket}/rights/seen`), DENIED, bucket);
  });

  it("no engine reads the backups", async () => {
    for (const service of ["spark", "trino", "hive-metastore"])
      await rejects(as(service).get("backups/others/seen"), DENIED, service);
  });

  it("a client without a user lists and reads nothing", async () => {
    for (const path of ["/", "/bronze", "/bronze?list-type=2", "/bronze/rights/seen", "/backups"]) {
      equal((await fetch(`http://${store().address}${path}`)).status, 403, path);
    }
  });

  it("a wrong secret is refused", async () => {
    await rejects(store().as("spark", "wrong-secret-wrong").get("bronze/rights/seen"), /signature|access key/i);
  });

  it("the user that wrote a locked backup cannot destroy it", async () => {
    const backup = as("metastore-tasks");
    await backup.put("backups/hive-metastore/locked", "dump");
    await rejects(
      backup.run(["rm", "--versions", "--force", "store/backups/hive-metastore/locked"]),
      /WORM|denied|locked/i,
    );
  });
}
