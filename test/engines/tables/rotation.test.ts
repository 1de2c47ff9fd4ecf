import { deepEqual, equal, rejects } from "node:assert/strict";

import { until } from "../../../sandbox/core/until";
import type { Ground } from "../../../sandbox/engines/ground";
import { Client } from "../../../sandbox/engines/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio-resources";
import { login, Sql } from "../../../sandbox/engines/postgres";
import { statements } from "../../../sandbox/engines/postgres-resources";
import type { Rendered } from "../../../sandbox/engines/rendered";
import { stage } from "./stage";

/** What a client of the service does all the time. */
interface Work {
  readonly objects: Client;
  readonly rows: Sql;
}

/** The credentials are Trino's: it has some of the object store and some of the database. */
describe("credentials of the next generation, beside those in use", () => {
  /** With both generations, and with the new one alone. */
  let both: Rendered;
  let alone: Rendered;
  let old: Work;
  let young: Work;

  const rotated = (of: object) =>
    stage().ground.rendered.having({ "lakehouse:credentials": JSON.stringify({ trino: of }) });

  const work = (ground: Ground, generation?: string): Work => ({
    objects: Client.of(ground, "trino", generation),
    rows: new Sql(ground, stage().postgres.bin, login(ground, "trino", generation)),
  });

  before(async () => {
    const { ground, database } = stage();
    both = await rotated({ generation: 2, keepPrevious: true });
    alone = await rotated({ generation: 2 });
    const more = both.beyond(ground.rendered);
    await makeMinioResources(ground, {}, more);
    for (const { sql } of statements({ rendered: more })) await database.admin.run("postgres", sql);
    old = work(ground);
    young = work(await ground.with(both), "-2");
    await old.rows.run("analytics", "create table visits (id bigint)");
  });

  after(async () => {
    // The engines of the other tests go on with the generation that they were started with.
    const { ground, database } = stage();
    await makeMinioResources(ground, {}, both.beyond(alone));
    const { user, password } = login(ground, "trino");
    await database.admin.run("postgres", `alter role ${user} login password '${password}'`);
    await database.admin.run("analytics", "drop table visits, made");
  });

  it("do the same with the same data, whose owner stays the service", async () => {
    await old.objects.put("gold/rotation/old", "old");
    equal(await young.objects.get("gold/rotation/old"), "old");
    await young.objects.remove("gold/rotation/old");
    await rejects(young.objects.put("bronze/rotation/no", "no"), /Access Denied|Insufficient permissions/i);

    await young.rows.run("analytics", "create table made (id int); insert into made values (1)");
    await old.rows.run("analytics", "insert into made values (2); alter table made add column more int");
    equal(await young.rows.run("analytics", "select count(*) from made"), "2");
    const owners = "select distinct tableowner from pg_tables where tablename in ('made', 'visits')";
    equal(await stage().database.admin.run("analytics", owners), "trino");
    await rejects(young.rows.run("metastore", "select 1"), /permission denied for database/);
  });

  it("nobody is refused while clients go over and the generation before ends", async () => {
    const { ground, database } = stage();
    let now = old;
    let done = false;
    const visits = [0, 0, 0];
    const clients = visits.map(async (_, number) => {
      while (!done) {
        const { objects, rows } = now;
        await objects.put(`gold/rotation/${number}`, "here");
        await rows.run("analytics", "insert into visits values (1)");
        visits[number]! += 1;
      }
    });
    /** Until each client has finished what it was at, and more. One that is refused ends the wait. */
    const rounds = async () => {
      const since = [...visits];
      const some = until("clients work", () => Promise.resolve(visits.every((count, at) => count > since[at]! + 1)));
      await Promise.race([some, ...clients]);
    };
    const ended = both.beyond(alone);
    try {
      await rounds();
      now = young;
      await rounds();
      for (const { name } of ended.resources<{ name: string }>("minio", "iamUser"))
        await Client.root(ground).run(["admin", "user", "rm", "store", name]);
      const roles = alone.resources<{ name: string; login: boolean }>("postgresql", "role");
      for (const { name } of roles.filter((role) => !role.login))
        await database.admin.run("postgres", `alter role "${name}" nologin password null`);
      await rounds();
    } finally {
      done = true;
    }
    await Promise.all(clients);
    const all = visits.reduce((sum, count) => sum + count, 0);
    equal(await young.rows.run("analytics", "select count(*) from visits"), String(all));
  });

  it("the generation before has ended, and its successor has its rights", async () => {
    await rejects(old.objects.get("gold/rotation/0"), /access key|signature|Access Denied/i);
    await rejects(old.rows.run("analytics", "select 1"), /not permitted to log in|password authentication failed/);
    deepEqual((await young.objects.list("gold/rotation/")).sort(), ["0", "1", "2"]);
  });
});
