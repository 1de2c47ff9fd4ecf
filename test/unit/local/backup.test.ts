import { deepEqual, equal, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checked, DESCRIPTION, LAYOUT, pack } from "../../../sandbox/engines/local/archive";
import { restoreLocal } from "../../../sandbox/engines/local/backup";
import { ownRoles } from "../../../sandbox/engines/local/databases";
import { LocalHome } from "../../../sandbox/engines/local/home";
import { snapshot } from "../../../sandbox/engines/local/objects";

describe("the archive of a local lakehouse", () => {
  let above = "";
  let file = "";
  const contents = {
    layout: LAYOUT,
    made: "2026-11-28T00:00:00.000Z",
    databases: ["postgres"],
    buckets: { gold: 1 },
    entries: 4,
    bytes: 4000,
  };

  /** An archive with a database dump and an object, and a given description. */
  const packed = async (description: unknown) => {
    const folder = join(above, "folder");
    mkdirSync(join(folder, "databases"), { recursive: true });
    mkdirSync(join(folder, "objects"), { recursive: true });
    // Bytes that do not compress, so that damage in the middle hits them.
    writeFileSync(join(folder, "databases", "postgres.dump"), Buffer.from(Array.from({ length: 4000 }, noise)));
    writeFileSync(join(folder, "objects", "xl.meta"), "x");
    writeFileSync(join(folder, DESCRIPTION), JSON.stringify(description));
    rmSync(file, { force: true });
    await pack(folder, file);
  };

  beforeEach(() => {
    above = mkdtempSync(join(tmpdir(), "lakehouse-archive-"));
    file = join(above, "backup.tar.gz");
  });

  afterEach(() => {
    rmSync(above, { recursive: true });
  });

  it("has a description, and leaves no unfinished file", async () => {
    await packed(contents);
    deepEqual(await checked(file, file), contents);
    deepEqual(readdirSync(above).sort(), ["backup.tar.gz", "folder"]);
  });

  it("can be of the previous version", async () => {
    const { entries: _, bytes: __, ...first } = { ...contents, layout: 1 };
    const folder = join(above, "first");
    mkdirSync(join(folder, "databases"), { recursive: true });
    writeFileSync(join(folder, DESCRIPTION), JSON.stringify(first));
    execFileSync("tar", ["czf", file, "-C", folder, "."]);
    deepEqual(await checked(file, file), first);
  });

  it("is refused if it is damaged, truncated, incomplete, not a backup or of another layout, and nothing is written", async () => {
    await packed(contents);
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged[whole.length - 2000] = (damaged[whole.length - 2000] ?? 0) ^ 0xff;
    const home = new LocalHome(join(above, "lakehouse"));
    const refused = async (content: Buffer, why: RegExp) => {
      writeFileSync(file, content);
      await rejects(
        restoreLocal(home, file, () => undefined),
        { name: "InputError", message: why },
      );
      equal(existsSync(home.folder), false);
    };
    await refused(damaged, /damaged or cut off, or no archive; nothing was written/);
    await refused(whole.subarray(0, whole.length - 100), /damaged or cut off/);
    await refused(Buffer.from("a letter"), /damaged or cut off, or no archive/);
    await refused(Buffer.alloc(0), /damaged or cut off|not a backup/);
    for (const [description, why] of [
      [{ ...contents, entries: 9 }, /4 entries are in it and not 9/],
      [{ ...contents, layout: 99 }, /not a backup of a local lakehouse of this version/],
      [{ ...contents, databases: "all" }, /not a backup/],
    ] as const) {
      await packed(description);
      await refused(readFileSync(file), why);
    }
    rmSync(file);
    await rejects(checked(file, "b.tar.gz"), { name: "InputError", message: /b\.tar\.gz: there is no such file/ });
  });

  it("is refused if it would write outside of its folder", async () => {
    await packed(contents);
    execFileSync("sh", [
      "-c",
      `cd ${join(above, "folder")} && tar czPf ${file} ${DESCRIPTION} ../folder/databases objects`,
    ]);
    await rejects(checked(file, file), { name: "InputError", message: /it has entries outside of its folder/ });
  });
});

describe("a snapshot of the object store's folder", () => {
  it("has all files, and stays unchanged when the server replaces them", () => {
    const above = mkdtempSync(join(tmpdir(), "lakehouse-snapshot-"));
    try {
      const [data, copy] = [join(above, "data"), join(above, "copy")];
      for (const folder of ["gold/a/xl", ".minio.sys/config", ".minio.sys/tmp/t", "gold/empty__XLDIR__"]) {
        mkdirSync(join(data, folder), { recursive: true });
      }
      writeFileSync(join(data, "gold/a/xl.meta"), "before");
      writeFileSync(join(data, ".minio.sys/config/iam"), "users");
      snapshot(data, copy);
      // The server writes a new file, then renames it over the old one.
      writeFileSync(join(data, "new"), "after");
      renameSync(join(data, "new"), join(data, "gold/a/xl.meta"));
      equal(readFileSync(join(copy, "gold/a/xl.meta"), "utf8"), "before");
      equal(statSync(join(copy, ".minio.sys/config/iam")).ino, statSync(join(data, ".minio.sys/config/iam")).ino);
      deepEqual(readdirSync(copy, { recursive: true, encoding: "utf8" }).sort(), [
        ".minio.sys",
        ".minio.sys/config",
        ".minio.sys/config/iam",
        "gold",
        "gold/a",
        "gold/a/xl",
        "gold/a/xl.meta",
        "gold/empty__XLDIR__",
      ]);
    } finally {
      rmSync(above, { recursive: true });
    }
  });
});

describe("the roles of a backup", () => {
  it("are all except the superuser, who exists already", () => {
    const sql = [
      "CREATE ROLE postgres;",
      "ALTER ROLE postgres WITH SUPERUSER;",
      "CREATE ROLE postgres_reader;",
      "ALTER ROLE ann WITH PASSWORD 'x';",
      "GRANT pg_read_all_data TO ann GRANTED BY postgres;",
    ];
    deepEqual(ownRoles(sql.join("\n"), "postgres").split("\n"), sql.slice(2));
  });
});

let state = 1;
/** The same bytes each time. */
function noise(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state & 0xff;
}
