import { deepEqual, equal, rejects } from "node:assert/strict";

import { until } from "../../../sandbox/core/until";
import type { Ground } from "../../../sandbox/engines/ground";
import { Client } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { login, Sql } from "../../../sandbox/engines/postgres/postgres";
import { statements } from "../../../sandbox/engines/postgres/resources";
import type { Rendered } from "../../../sandbox/engines/rendered";
import { stage } from "./stage";

/** Access of a client of the service. */
interface Work {
  readonly objects: Client;
  readonly rows: Sql;
}

/** Trino's credentials, because Trino has some for the object store and some for the database. */
describe("credentials of the next generation, beside those in use", () => {
  /** Rendered files with both generations, and with the new one only. */
  let both: Rendered;
  let newOnly: Rendered;
  let old: Work;
  let next: Work;

  const rotated = (of: object) =>
    stage().ground.rendered.having({ "lakehouse:credentials": JSON.stringify({ trino: of }) });

  const work = (ground: Ground, generation?: string): Work => ({
    objects: Client.of(ground, "trino", generation),
    rows: new Sql(ground, stage().postgres.bin, login(ground, "trino", generation)),
  });

  before(async () => {
    const { ground, database } = stage();
    both = await rotated({ generation: 2, keepPrevious: true });
    newOnly = await rotated({ generation: 2 });
    const more = both.beyond(ground.rendered);
    await makeMinioResources(ground, {}, more);
    for (const { sql } of statements({ rendered: more })) await database.admin.run("postgres", sql);
    old = work(ground);
    next = work(await ground.with(both), "-2");
    await old.rows.run("analytics", "create table visits (id bigint)");
  });

  after(async () => {
    // The engines of other tests keep the generation that they were started with.
    const { ground, database } = stage();
    await makeMinioResources(ground, {}, both.beyond(newOnly));
    const { user, password } = login(ground, "trino");
    await database.admin.run("postgres", `alter role ${user} login password '${password}'`);
    await database.admin.run("analytics", "drop table visits, made");
  });

  it("have the same rights on the same data, which the service's role still owns", async () => {
    await old.objects.put("gold/rotation/old", "old");
    equal(await next.objects.get("gold/rotation/old"), "old");
    await next.objects.remove("gold/rotation/old");
    await rejects(next.objects.put("bronze/rotation/no", "no"), /Access Denied|Insufficient permissions/i);

    await next.rows.run("analytics", "create table made (id int); insert into made values (1)");
    await old.rows.run("analytics", "insert into made values (2); alter table made add column more int");
    equal(await next.rows.run("analytics", "select count(*) from made"), "2");
    const owners = "select distinct tableowner from pg_tables where tablename in ('made', 'visits')";
    equal(await stage().database.admin.run("analytics", owners), "trino");
    await rejects(next.rows.run("metastore", "select 1"), /permission denied for database/);
  });

  it("no request is refused while clients switch to the next generation and the previous one ends", async () => {
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
    /** Waits until each client has finished its current round and another one, or was refused. */
    const rounds = async () => {
      const since = [...visits];
      const some = until("clients work", () => Promise.resolve(visits.every((count, at) => count > since[at]! + 1)));
      await Promise.race([some, ...clients]);
    };
    const ended = both.beyond(newOnly);
    try {
      await rounds();
      now = next;
      await rounds();
      for (const { name } of ended.resources<{ name: string }>("minio", "iamUser"))
        await Client.root(ground).run(["admin", "user", "rm", "store", name]);
      const roles = newOnly.resources<{ name: string; login: boolean }>("postgresql", "role");
      for (const { name } of roles.filter((role) => !role.login))
        await database.admin.run("postgres", `alter role "${name}" nologin password null`);
      await rounds();
    } finally {
      done = true;
    }
    await Promise.all(clients);
    const all = visits.reduce((sum, count) => sum + count, 0);
    equal(await next.rows.run("analytics", "select count(*) from visits"), String(all));
  });

  it("the previous generation has ended, and the next one has its rights", async () => {
    await rejects(old.objects.get("gold/rotation/0"), /access key|signature|Access Denied/i);
    await rejects(old.rows.run("analytics", "select 1"), /not permitted to log in|password authentication failed/);
    deepEqual((await next.objects.list("gold/rotation/")).sort(), ["0", "1", "2"]);
  });
});
