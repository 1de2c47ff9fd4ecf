import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "../../../sandbox/core/ports";
import { running, stopAll } from "../../../sandbox/core/processes";
import { type Ended, Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";

const ROOT = join(__dirname, "..", "..", "..");
const SLEEP = ["sleep", "300"] as const;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${String(pid)}/stat`, "utf8").includes(") Z ");
  } catch (error) {
    // Without /proc the signal alone tells.
    return (error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync("/proc/self");
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; !condition() && Date.now() < end;)
    await new Promise((next) => setTimeout(next, 50));
  assert.ok(condition());
}

describe("a run", () => {
  it("ends its processes and what these have started, and removes its folder", async () => {
    const run = Run.start("test");
    const child = join(run.folder, "child");
    const parent = await run.process({
      name: "parent",
      command: ["sh", "-c", `sleep 300 & echo $! > ${child}; wait`],
      ready: () => Promise.resolve(existsSync(child) && readFileSync(child, "utf8") !== ""),
    });
    const grandchild = Number(readFileSync(child, "utf8"));
    assert.ok(lives(parent.pid) && lives(grandchild));
    await run.end();
    await until(() => !lives(parent.pid) && !lives(grandchild));
    assert.ok(!existsSync(run.folder));
  });

  it("ends what a process has left behind when it died before", async () => {
    const run = Run.start("test");
    const child = join(run.folder, "child");
    const parent = await run.process({ name: "parent", command: ["sh", "-c", `sleep 300 & echo $! > ${child}`] });
    await parent.exited;
    const grandchild = Number(readFileSync(child, "utf8"));
    assert.ok(lives(grandchild));
    await run.end();
    await until(() => !lives(grandchild));
  });

  it("leaves nothing when who made it is killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-test-"));
    const told = join(folder, "told");
    const script = join(folder, "killed.js");
    writeFileSync(
      script,
      `const { Run } = require(${JSON.stringify(join(ROOT, "sandbox/core/run.ts"))});
       const run = Run.start("test");
       run.process({ name: "sleeper", command: ["sleep", "300"] }).then(({ pid }) => {
         require("node:fs").writeFileSync(${JSON.stringify(told)}, run.folder + " " + pid);
         setTimeout(() => process.kill(process.pid, "SIGKILL"), 100);
       });`,
    );
    try {
      const killed = spawn(process.execPath, ["-r", join(ROOT, "scripts", "transpile.js"), script], {
        stdio: "inherit",
      });
      const signal = await once(killed, "exit").then(([, by]) => by as unknown);
      assert.equal(signal, "SIGKILL");
      const [left, pid] = readFileSync(told, "utf8").split(" ");
      await until(() => !existsSync(left!) && !lives(Number(pid)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what a process wrote when it ends before it is ready, or takes too long", async () => {
    const run = Run.start("test");
    const never = () => Promise.resolve(false);
    try {
      await assert.rejects(
        run.process({ name: "broken", command: ["sh", "-c", "echo no such option; exit 3"], ready: never }),
        /broken ended with 3 before it was ready:\nno such option/,
      );
      await assert.rejects(
        run.process({ name: "slow", command: SLEEP, ready: never, readyWithin: 200 }),
        /slow was not ready within 0.2 s/,
      );
    } finally {
      await run.end();
    }
  });

  it("can leave its processes running, for somebody else to end; what ignores the signal is killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-test-"));
    try {
      const run = Run.start("test", { folder, leaveRunning: true });
      const armed = join(folder, "armed");
      const stubborn = await run.process({
        name: "stubborn",
        command: ["sh", "-c", `trap "" TERM; touch ${armed}; while :; do sleep 1; done`],
        ready: () => Promise.resolve(existsSync(armed)),
      });
      await run.end();
      assert.deepEqual(
        running(folder).map(({ name, pid }) => [name, pid]),
        [["stubborn", stubborn.pid]],
      );
      await stopAll(folder, 200);
      assert.deepEqual(running(folder), []);
      assert.equal(await stubborn.exited, "SIGKILL");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("takes over what runs already, starts what does not, and is told of each end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-test-"));
    const ends: unknown[] = [];
    const ended = ({ name, exit }: Ended) => ends.push([name, exit]);
    try {
      const first = Run.start("test", { folder, leaveRunning: true });
      const there = await first.process({
        name: "there",
        command: SLEEP,
        ready: () => Promise.resolve(running(folder).length === 1),
      });
      const second = Run.start("test", { folder, leaveRunning: true, adopt: true, ended });
      const again = await second.process({ name: "there", command: SLEEP });
      const fresh = await second.process({ name: "fresh", command: SLEEP });
      assert.deepEqual([again.pid, again.adopted, fresh.adopted], [there.pid, true, false]);
      there.kill("SIGKILL");
      fresh.kill("SIGTERM");
      await Promise.all([again.exited, fresh.exited]);
      assert.deepEqual(ends.sort(), [
        ["fresh", "SIGTERM"],
        ["there", undefined],
      ]);
    } finally {
      await stopAll(folder, 200);
      rmSync(folder, { recursive: true });
    }
  });

  it("does not take another process for its own because it has the same number", () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-test-"));
    try {
      writeFileSync(join(folder, "processes"), `${String(process.pid)}|SIGTERM|long ago|1\n`);
      assert.deepEqual(running(folder), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("finds free ports, all different", async () => {
    const ports = await freePorts("a", "b", "c");
    assert.equal(new Set(Object.values(ports)).size, 3);
  });
});
