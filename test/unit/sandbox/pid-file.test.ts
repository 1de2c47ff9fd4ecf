import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dropStalePidFile } from "../../../sandbox/core/pid-file";
import { commandLineOf, startOf } from "../../../sandbox/core/processes";

describe("a stale PID file", () => {
  let folder = "";
  const drop = (pid: number | string) => {
    const file = join(folder, "launcher.pid");
    writeFileSync(file, `${pid}\nmore\n`);
    dropStalePidFile(file, /\bsleep\b/, "4321");
    return !existsSync(file);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-pid-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is removed if another process or no process has its ID, or it is not a number", () => {
    assert.deepEqual([process.pid, 999_999_999, "", "x"].map(drop), [true, true, true, true]);
  });

  it("stays if the process with its ID is the program, on its folder", async () => {
    const program = spawn("sleep", ["4321"], { stdio: "ignore" });
    const other = spawn("sleep", ["4320"], { stdio: "ignore" });
    try {
      await Promise.all([once(program, "spawn"), once(other, "spawn")]);
      assert.deepEqual([program.pid ?? 0, other.pid ?? 0].map(drop), [false, true]);
    } finally {
      program.kill("SIGKILL");
      other.kill("SIGKILL");
    }
  });

  it("is removed if the program is a zombie", async () => {
    // The shell becomes a program that never reads exit codes of children.
    const parent = spawn("sh", ["-c", "sleep 4321 & echo $!; kill -9 $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [data] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(data.toString());
      while (startOf(pid) !== undefined) await new Promise((next) => setTimeout(next, 20));
      assert.equal(commandLineOf(pid), undefined);
      assert.equal(drop(pid), true);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});
