import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { MiB } from "../../../components/core/quantity";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { CronRun, type Ended } from "../../../sandbox/engines/cron-run";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { SeaweedfsPrograms } from "../../../sandbox/engines/seaweedfs/programs";
import { DENIED } from "../object-rights";
import { newLake, OLD, oldLake } from "./migration.stack";

/** Names that shells and URLs read in other ways. */
const NAMES = ["a.csv", "day=1/b c.csv", "day=1/ü%20.csv", "day=2/it's $HOME.csv", "deep/er/d.csv"];
const MANY = 60;

describe("jobs of migrations", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let old: SeaweedfsPrograms;
  let there: Client;
  let here: Client;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["minio", "seaweedfs", "rclone"]);
    run = Run.start("migration");
    ground = await Ground.of(run, await newLake(), tools, { s3: 9000 });
    await startMinio(ground, "minio", { events: false });
    await makeMinioResources(ground, { events: false });
    here = Client.root(ground);
    old = new SeaweedfsPrograms(tools, await oldLake());
    await old.start();
    await old.task("Job", "seaweedfs-buckets", "mc");
    there = Client.as(old.store, ...keys());
    for (const [index, name] of NAMES.entries()) await there.put(`bronze/raw/${name}`, `row ${String(index)}\n`);
    await there.put("bronze/elsewhere.csv", "not of the part");
  });
  after(async () => {
    await (old as SeaweedfsPrograms | undefined)?.end();
    await run?.end();
  });

  const keys = (): [string, string] => [
    old.rendered.secret("seaweedfs-root", "user"),
    old.rendered.secret("seaweedfs-root", "password"),
  ];

  function job(name: string, env: Readonly<Record<string, string>>): CronRun {
    const [user, password] = keys();
    return new CronRun(ground, {
      name: `migration-${name}`,
      container: "rclone",
      config: ["/etc/migration", `migration-${name}-run`],
      user: 1009,
      hosts: {
        "minio.lakehouse-storage.svc": "127.0.0.1",
        [OLD]: old.address("seaweedfs-gateway").split(":")[0] ?? "",
      },
      env: {
        PATH: `${ground.tools.rclone}:${process.env.PATH ?? ""}`,
        RCLONE_CONFIG_FROM_ACCESS_KEY_ID: user,
        RCLONE_CONFIG_FROM_SECRET_ACCESS_KEY: password,
        ...env,
      },
    });
  }

  /** A run's end, without its log having a password. */
  async function ended(
    name: string,
    killed?: (log: string) => boolean,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const found = await job(name, env).run(killed);
    for (const secret of [keys()[1], ground.rendered.secret(`migration-${name}-s3`, "SecretKey")])
      ok(!found.log.includes(secret), "a secret is in the log");
    return found;
  }

  const list = async (client: Client, prefix: string) => (await client.list(prefix)).toSorted();
  /** When an object was written here. */
  const written = async (object: string) =>
    (JSON.parse(await here.run(["stat", "--json", `store/${object}`])) as { readonly lastModified: string })
      .lastModified;

  it("copies every object with its type, goes on after it was killed, and copies nothing twice", async () => {
    for (let index = 0; index < MANY; index++)
      await there.put(`gold/many/${String(index)}.json`, `{"n":${String(index)}}`);
    // At its first line, which is of the first part's comparison: the second one has not begun.
    equal((await ended("lake", (log) => log !== "")).code, null);
    const { code, log } = await ended("lake");
    equal(code, 0, log);
    match(log, /from:bronze\/raw\/ to to:bronze\/old\/: alike: \{"count":5,"bytes":\d+/);
    match(log, /from:gold\/ to to:gold\/it\/: alike: \{"count":60,/);
    deepEqual(await list(here, "bronze/old/"), NAMES.toSorted());
    for (const [index, name] of NAMES.entries()) equal(await here.get(`bronze/old/${name}`), `row ${String(index)}\n`);
    equal((await list(here, "gold/it/many/")).length, MANY);
    const type = (client: Client, object: string) => client.run(["stat", "--json", `store/${object}`]);
    const found = JSON.parse(await type(here, "gold/it/many/1.json")) as { readonly metadata: Record<string, string> };
    equal(found.metadata["Content-Type"], "application/json");
    const before = await written("bronze/old/a.csv");
    equal((await ended("lake")).code, 0);
    equal(await written("bronze/old/a.csv"), before);
  });

  it("copies what has changed and never deletes", async () => {
    await there.put("bronze/raw/a.csv", "row 9\n");
    await there.remove("bronze/raw/deep/er/d.csv");
    await here.put("bronze/old/own.csv", "of this lake");
    equal((await ended("lake")).code, 0);
    equal(await here.get("bronze/old/a.csv"), "row 9\n");
    equal(await here.get("bronze/old/deep/er/d.csv"), "row 4\n");
    equal(await here.get("bronze/old/own.csv"), "of this lake");
  });

  it("says which objects differ where they do, and ends otherwise where the other store refuses", async () => {
    // Uploaded in parts they have no sum of the whole, so only their bytes tell them apart.
    const upload = (client: Client, object: string, byte: number) => {
      const file = ground.path("large.bin");
      writeFileSync(file, Buffer.alloc(12 * MiB, byte));
      return client.run(["put", "--part-size", "5MiB", file, `store/${object}`]);
    };
    await upload(there, "silver/x.bin", 1);
    equal((await ended("bytes")).code, 0);
    await upload(here, "silver/copied/x.bin", 2);
    const { code, log } = await ended("bytes");
    equal(code, 3, log);
    match(log, /^migration: differs: x\.bin$/m);
    const refused = await ended("bytes", undefined, { RCLONE_CONFIG_FROM_SECRET_ACCESS_KEY: "wrong" });
    equal(refused.code, 1, refused.log);
    match(refused.log, /^migration: from:silver\/ to to:silver\/copied\/: not copied$/m);
  });

  it("can neither write elsewhere nor delete", async () => {
    const own = Client.of(ground, "migration-lake");
    await own.put("bronze/old/more.csv", "x");
    for (const object of ["bronze/other.csv", "gold/other.csv", "silver/copied/x", "warehouse/x"])
      await rejects(own.put(object, "x"), DENIED, object);
    await rejects(own.remove("bronze/old/more.csv"), DENIED);
    await rejects(own.get("bronze/elsewhere.csv"), DENIED);
  });
});
