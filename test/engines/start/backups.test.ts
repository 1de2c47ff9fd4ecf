import { equal, match, ok, rejects } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { Rendered } from "../../../sandbox/engines/rendered";

const OBJECT = "backups/hive-metastore/dump";
const TEXT = "what nobody reads on the disk";

/** The object store with encryption and a lock that binds everybody, from its rendered files. */
describe("backups in the object store", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let minio: Engine;

  const config = readStackFile(PROJECT_FOLDER, "dev");
  const storage = (encrypted: boolean) => {
    const own = JSON.parse(config.values["lakehouse:storage"] ?? "{}") as {
      objects: object;
      buckets: { backups: object };
    };
    const backups = { ...own.buckets.backups, lockMode: "compliance" };
    const more = { objects: { ...own.objects, encrypted }, buckets: { ...own.buckets, backups } };
    return { "lakehouse:storage": JSON.stringify({ ...own, ...more }) };
  };

  before(async () => {
    const tools = await obtain(() => undefined, ["minio"]);
    run = Run.start("backups");
    const rendered = await Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...storage(true) } });
    ground = await Ground.of(run, rendered, tools);
    minio = await startMinio(ground, "minio", { events: false });
    await makeMinioResources(ground, { events: false });
  });
  after(() => run?.end());

  const root = () => Client.root(ground);
  const versions = async () =>
    (await root().run(["ls", "--versions", "--json", `store/${OBJECT}`]))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { versionId: string; isDeleteMarker?: boolean });
  const destroy = async (...more: string[]) => {
    const stored = (await versions()).find(({ isDeleteMarker }) => isDeleteMarker !== true);
    return root().run(["rm", "--version-id", stored?.versionId ?? "", ...more, `store/${OBJECT}`]);
  };

  it("are locked for everybody: not even the administrator deletes a version, passes the lock or shortens it", async () => {
    await Client.of(ground, "metastore-tasks").put(OBJECT, TEXT);
    match(await root().run(["retention", "info", "--default", "store/backups"]), /COMPLIANCE/);
    await rejects(destroy(), /WORM|protected|locked/i);
    await rejects(destroy("--bypass"), /WORM|protected|locked/i);
    await rejects(root().run(["retention", "clear", `store/${OBJECT}`]), /WORM|protected|denied|locked/i);
    await rejects(
      root().run(["retention", "set", "--bypass", "governance", "1d", `store/${OBJECT}`]),
      /WORM|denied|locked/i,
    );
    await rejects(root().run(["rb", "--force", "store/backups"]), /WORM|protected|not empty|locked|denied/i);
    equal(await root().get(OBJECT), TEXT);
  });

  it("are encrypted on the disks, and read by the stack's key alone", async () => {
    const data = join(ground.folder("minio", "data"), "backups");
    const stored = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    ok(stored.length > 0);
    for (const entry of stored)
      equal(readFileSync(join(entry.parentPath, entry.name)).includes(TEXT), false, entry.name);
    match(
      await root().run(["stat", "--json", `store/${OBJECT}`]),
      /"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id":"arn:aws:kms:lakehouse"/,
    );
    await minio.stop();
    const without = await ground.rendered.having(storage(false));
    const plain = await startMinio(await ground.with(without), "minio", { events: false });
    await rejects(root().get(OBJECT), /KMS|key|decrypt|configured/i);
    await plain.stop();
    minio = await startMinio(ground, "minio", { events: false });
    equal(await root().get(OBJECT), TEXT);
  });
});
