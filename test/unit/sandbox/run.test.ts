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
    // Without /proc only a signal can detect the process.
    return (error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync("/proc/self");
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; !condition() && Date.now() < end;)
    await new Promise((next) => setTimeout(next, 50));
  assert.ok(condition());
}

describe("a run", () => {
  it("ends its processes with their children, and removes its folder", async () => {
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

  it("ends processes that were started a moment ago", async () => {
    for (let round = 0; round < 4; round++) {
      const run = Run.start("test");
      // The reaper waits, so that it reads the register at once.
      await new Promise((next) => setTimeout(next, 500));
      const begun = await Promise.all([1, 2, 3].map((one) => run.process({ name: String(one), command: SLEEP })));
      await run.end();
      await until(() => begun.every(({ pid }) => !lives(pid)));
    }
  });

  it("ends children, whose output the caller reads, and starts none afterwards", async () => {
    const run = Run.start("test");
    const child = run.child("child", ["sh", "-c", 'echo "$WORD $HOME"; sleep 300 & wait'], {
      PATH: process.env.PATH ?? "",
      WORD: "said",
    });
    let said = "";
    child.stdout?.on("data", (text: Buffer) => (said += text.toString()));
    await until(() => said.includes("\n"));
    assert.equal(said, "said \n");
    await run.end();
    await until(() => !lives(child.pid ?? 0));
    assert.throws(() => run.child("late", SLEEP, {}), /late is not started/);
  });

  it("ends children of a process that died before", async () => {
    const run = Run.start("test");
    const child = join(run.folder, "child");
    const parent = await run.process({ name: "parent", command: ["sh", "-c", `sleep 300 & echo $! > ${child}`] });
    await parent.exited;
    const grandchild = Number(readFileSync(child, "utf8"));
    assert.ok(lives(grandchild));
    await run.end();
    await until(() => !lives(grandchild));
  });

  it("leaves nothing when its creator is killed", async () => {
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

  it("fails with a process's output if it ends before it is ready, or takes too long", async () => {
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

  it("can leave its processes running for a later end, which kills those that ignore the signal", async () => {
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

  it("adopts running processes, starts missing ones, and reports each end", async () => {
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

  it("does not adopt another process with the same ID", () => {
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
