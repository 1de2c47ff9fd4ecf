import assert from "node:assert/strict";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE } from "../../../sandbox/core/until";
import { Client } from "../../../sandbox/engines/minio/minio";
import { obtain } from "../../../sandbox/engines/obtain";
import { Rendered } from "../../../sandbox/engines/rendered";
import { SeaweedfsPrograms } from "../../../sandbox/engines/seaweedfs/programs";
import { DENIED, objectRights } from "../object-rights";

const STORAGE = "lakehouse:storage";

/** The dev stack with SeaweedFS in the place of MinIO: every user and right of its services. */
async function rendering(): Promise<Rendered> {
  const { values } = readStackFile(PROJECT_FOLDER, "dev");
  const { buckets, ...storage } = JSON.parse(values[STORAGE] ?? "{}") as { readonly buckets: object };
  const objects = { kind: "seaweedfs", server: { replicas: 2 }, copies: 2 };
  // Its buckets send no events.
  const quiet = { ...buckets, bronze: { versioning: true } };
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  return Rendered.of("dev", (resource) => `secret-of-${resource}`, {
    ...dev,
    values: { ...values, [STORAGE]: JSON.stringify({ ...storage, objects, buckets: quiet }) },
  });
}

describe("SeaweedFS", function () {
  this.timeout(2 * PATIENCE);
  let programs: SeaweedfsPrograms;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    programs = new SeaweedfsPrograms(await obtain(() => undefined, ["seaweedfs", "minio"]), await rendering());
    await programs.start();
    await programs.task("Job", "seaweedfs-buckets", "mc");
  });
  after(async () => {
    await (programs as SeaweedfsPrograms | undefined)?.end();
  });

  const as = (service: string, generation?: string) => Client.of(programs.store, service, generation);
  const root = () =>
    Client.as(
      programs.store,
      programs.rendered.secret("seaweedfs-root", "user"),
      programs.rendered.secret("seaweedfs-root", "password"),
    );

  objectRights(() => ({
    root: root(),
    as: (service, secret) => (secret === undefined ? as(service) : Client.as(programs.store, service, secret)),
    address: programs.store.address,
  }));

  it("makes no bucket for a service", async () => {
    await assert.rejects(as("spark").run(["mb", "store/mine"]), DENIED);
    await assert.rejects(as("spark").put("mine/made", "by writing"), /denied|not exist|Insufficient permissions/i);
  });

  it("SeaweedFS' buckets have the rendered versioning, object lock and lifecycles, and the Job may run again", async () => {
    await programs.task("Job", "seaweedfs-buckets", "mc");
    const info = JSON.parse(await root().run(["version", "info", "--json", "store/bronze"])) as {
      readonly versioning: { readonly status: string };
    };
    assert.equal(info.versioning.status, "Enabled");
    assert.ok((await root().run(["retention", "info", "--default", "store/backups"])).includes("GOVERNANCE"));
    const rules = async (bucket: string) => {
      const { config } = JSON.parse(await root().run(["ilm", "rule", "ls", "--json", `store/${bucket}`])) as {
        readonly config: { readonly Rules: readonly { readonly ID: string }[] };
      };
      return config.Rules.map(({ ID }) => ID).toSorted();
    };
    assert.deepEqual(await rules("gold"), ["abort-uploads"]);
    assert.deepEqual(await rules("bronze"), ["abort-uploads", "expire-versions"]);
    assert.deepEqual(await rules("backups"), ["abort-uploads", "expire", "expire-versions"]);
  });

  it("SeaweedFS' filer and servers take no writes of who has no key", async () => {
    const filer = `http://${programs.address("seaweedfs-filer-0")}/buckets/gold/rights/forged`;
    assert.equal((await fetch(filer, { method: "PUT", body: "forged" })).status, 401);
    assert.equal((await fetch(filer, { method: "DELETE" })).status, 401);
    const assigned = await fetch(`http://${programs.address("seaweedfs-master-0")}/dir/assign?collection=gold`);
    const { fid, url } = (await assigned.json()) as { readonly fid: string; readonly url: string };
    assert.equal(
      (await fetch(`http://${url.replace(/^.*:/, "127.0.0.52:")}/${fid}`, { method: "PUT", body: "x" })).status,
      401,
    );
  });

  it("SeaweedFS' objects are there while one of two servers is away, and after all programs were killed (slow)", async () => {
    const large = "x".repeat(9 * 1024 * 1024);
    await as("spark").put("silver/rights/large", large);
    await programs.kill("seaweedfs-server-1");
    assert.equal((await as("spark").get("silver/rights/large")).length, large.length);
    await programs.kill();
    await programs.start();
    assert.equal((await as("spark").get("silver/rights/large")).length, large.length);
    assert.equal(await as("trino").get("silver/rights/seen"), "silver");
  });

  it("SeaweedFS' maintenance succeeds, and each program has metrics that alerts ask for (slow)", async () => {
    const said = await programs.task("CronJob", "seaweedfs-maintenance", "seaweedfs");
    assert.match(said, /loaded lifecycle for \d bucket/);
    assert.match(said, /shards 0-15 complete/);
    // The number of missing copies is there after five minutes only.
    assert.match(await programs.metrics("seaweedfs-master-0"), /^SeaweedFS_master_is_leader 1$/m);
    const servers = await programs.metrics("seaweedfs-server-0");
    for (const type of ["all", "free"])
      assert.match(
        servers,
        new RegExp(`SeaweedFS_volumeServer_resource\\{name="/srv/seaweedfs/data-0",type="${type}"\\} [1-9]`),
      );
    assert.match(await programs.metrics("seaweedfs-gateway"), /SeaweedFS_s3_request_total\{.*type=/);
    assert.match(await programs.metrics("seaweedfs-filer-0"), /SeaweedFS_filer_/);
  });

  it("SeaweedFS knows the next generation beside the one in use, and then it alone (slow)", async () => {
    const before = programs.rendered;
    const credentials = (trino: object) => before.having({ "lakehouse:credentials": JSON.stringify({ trino }) });
    const old = as("trino");
    programs.rendered = await credentials({ generation: 2, keepPrevious: true });
    await programs.kill("seaweedfs-gateway");
    await programs.start("seaweedfs-gateway");
    const next = as("trino", "-2");
    await old.put("gold/rotation/old", "old");
    assert.equal(await next.get("gold/rotation/old"), "old");
    await next.remove("gold/rotation/old");
    await assert.rejects(next.put("bronze/rotation/no", "no"), DENIED);
    programs.rendered = await credentials({ generation: 2 });
    await programs.kill("seaweedfs-gateway");
    await programs.start("seaweedfs-gateway");
    await assert.rejects(old.get("gold/rights/seen"), /access key|signature|Access Denied/i);
    assert.equal(await next.get("gold/rights/seen"), "gold");
  });
});
