import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { HEALTHY_SCRIPT } from "../../../compose/health";
import type { Model, PlacedService } from "../../../compose/model";
import { scripts } from "../../../compose/scripts";
import { temporary } from "../../support/temporary";

const service = (restart?: string): PlacedService => ({
  image: "example",
  ...(restart === undefined ? {} : { restart }),
  deploy: { resources: { limits: {} } },
});

const model: Model = {
  groups: new Map([
    ["volumes", new Map([["volumes", service()]])],
    ["store", new Map([["store", service("unless-stopped")]])],
    ["setup", new Map([["store-setup", service()]])],
  ]),
  networks: new Map(),
  volumes: [
    { name: "store-data", owner: "1:1", data: true },
    { name: "store-cache", owner: "1:1", data: false },
  ],
  files: new Map(),
  doors: [],
};

/** Docker in place of the real one: notes its arguments, prints what a backup has, and takes what a restore gives. */
const STUB = `#!/bin/sh
echo "$*" >> "$DOCKER_LOG"
case "$*" in
  *"ps --services"*) echo store ;;
  *"tar -C / -czf"*) [ -z "$DOCKER_FAILS" ] || exit 1; tar -C "$DOCKER_DATA" -czf - lakehouse/.env volumes ;;
  *"tar -C / -xzf"*) cat > "$DOCKER_DATA/restored.tar.gz" ;;
esac
`;

describe("scripts of a stack for compose", () => {
  const folder = temporary("compose-scripts");
  const home = join(folder, "stack");
  const log = join(folder, "log");
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
    DOCKER_LOG: log,
    DOCKER_DATA: join(folder, "data"),
  };

  before(() => {
    for (const each of [
      home,
      join(folder, "bin"),
      join(folder, "data/lakehouse"),
      join(folder, "data/volumes/store-data"),
    ])
      mkdirSync(each, { recursive: true });
    writeFileSync(join(folder, "bin/docker"), STUB, { mode: 0o755 });
    writeFileSync(join(folder, "data/lakehouse/.env"), "A_PASSWORD=then\n");
    writeFileSync(join(folder, "data/volumes/store-data/row"), "1");
    for (const [path, text] of scripts(model)) writeFileSync(join(home, path), text, { mode: 0o755 });
  });
  beforeEach(() => {
    writeFileSync(log, "");
    writeFileSync(join(home, ".env"), "A_PASSWORD=now\n");
  });

  const run = (script: string, args: readonly string[] = [], more = {}) =>
    spawnSync(join(home, script), args, { cwd: folder, encoding: "utf8", env: { ...env, ...more } });
  const calls = () => readFileSync(log, "utf8").trimEnd().split("\n");

  it("are right for a shell", () => {
    for (const [path, text] of [...scripts(model), ["healthy.sh", HEALTHY_SCRIPT] as const])
      assert.doesNotThrow(() => execFileSync("sh", ["-n"], { input: text, stdio: ["pipe", "pipe", "pipe"] }), path);
  });

  it("start everything, and wait for what stays", () => {
    assert.equal(run("start.sh").status, 0);
    assert.deepEqual(calls(), [
      "compose up --detach --remove-orphans",
      "compose up --detach --wait store",
      "compose ps",
    ]);
  });

  it("write data and passwords into one file that nobody else reads, while services rest", () => {
    const { status, stderr } = run("backup.sh", ["kept.tar.gz"]);
    assert.equal(status, 0, stderr);
    const [, stop, tar, start] = calls();
    assert.equal(stop, "compose stop");
    assert.match(
      tar ?? "",
      /^compose run --rm --no-deps --no-TTY .*\/\.env:\/lakehouse\/\.env:ro volumes tar -C \/ -czf - lakehouse\/\.env volumes\/store-data$/,
    );
    assert.equal(start, "compose start store");
    const file = join(folder, "kept.tar.gz");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(execFileSync("tar", ["-tzf", file], { encoding: "utf8" }), /^volumes\/store-data\/row$/m);
  });

  it("leave no file where a backup fails, and start what ran", () => {
    assert.notEqual(run("backup.sh", ["broken.tar.gz"], { DOCKER_FAILS: "yes" }).status, 0);
    assert.ok(!existsSync(join(folder, "broken.tar.gz")) && !existsSync(join(folder, "broken.tar.gz.part")));
    assert.equal(calls().at(-1), "compose start store");
  });

  it("never write over a backup", () => {
    writeFileSync(join(folder, "old.tar.gz"), "old");
    const { status, stderr } = run("backup.sh", ["old.tar.gz"]);
    assert.deepEqual([status, calls()], [2, [""]], stderr);
    assert.equal(readFileSync(join(folder, "old.tar.gz"), "utf8"), "old");
  });

  it("put a backup back with its passwords, and only where that was said", () => {
    assert.equal(run("restore.sh", ["kept.tar.gz"]).status, 2);
    const { status, stderr } = run("restore.sh", ["kept.tar.gz", "--replace"]);
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(home, ".env"), "utf8"), "A_PASSWORD=then\n");
    assert.deepEqual(readFileSync(join(folder, "data/restored.tar.gz")), readFileSync(join(folder, "kept.tar.gz")));
    assert.ok(
      calls().some((line) => line.includes("find /volumes/store-data -mindepth 1 -delete")),
      calls().join("\n"),
    );
  });

  it("remove nothing for a file that is no backup, or a part of one", () => {
    writeFileSync(join(folder, "cut.tar.gz"), readFileSync(join(folder, "kept.tar.gz")).subarray(0, 60));
    for (const file of ["cut.tar.gz", "missing.tar.gz"]) {
      assert.equal(run("restore.sh", [file, "--replace"]).status, 2);
      assert.deepEqual(calls(), [""]);
      assert.equal(readFileSync(join(home, ".env"), "utf8"), "A_PASSWORD=now\n");
    }
  });
});
