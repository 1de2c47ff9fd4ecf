import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { OutputFolder } from "../../../preview/output";
import { until } from "../../../sandbox/core/until";
import { childrenOf, gone, isAlive, lakehouse, ROOT } from "./command";

describe("a command that is ended", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-ended-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"] as const) {
    it(`leaves no process and no file after ${signal}`, async () => {
      const out = join(folder, signal);
      const plan = lakehouse(["plan", "-s", "dev", "--out", out]);
      const { pid = 0 } = plan;
      let packs: readonly number[] = [];
      await until("the pack is started", () => Promise.resolve((packs = childrenOf(pid)).length > 0));
      plan.kill(signal);
      const { status, stdout, stderr } = await plan.ended;
      assert.deepEqual([status, stdout, stderr], [signal, "", ""]);
      for (const pack of packs) await gone(pack);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name === signal),
        [],
      );
    });
  }

  it("leaves no process when its parent is killed first and closes its output", async () => {
    const script = `require("node:child_process").spawn(process.execPath, ${JSON.stringify([
      join(ROOT, "bin", "lakehouse.js"),
      "plan",
      "--out",
      join(folder, "parent"),
    ])}, { stdio: "ignore" }); setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    let [plan = 0]: number[] = [];
    await until("the plan is started", () => Promise.resolve(([plan = 0] = childrenOf(parent.pid ?? 0)).length > 0));
    let packs: readonly number[] = [];
    await until("the pack is started", () => Promise.resolve((packs = childrenOf(plan)).length > 0));
    parent.kill("SIGKILL");
    await once(parent, "exit");
    // The plan runs to its end, and leaves nothing after that.
    for (const each of [plan, ...packs]) await gone(each);
    assert.ok(!isAlive(plan));
  });

  it("keeps its last complete output if it is killed while writing, and the next run removes the rest", async () => {
    const out = join(folder, "writing");
    const script = join(folder, "write.ts");
    mkdirSync(out);
    const first = Array.from({ length: 60 }, (_, index) => [`manifests/n/x-${String(index)}.yaml`, "first"] as const);
    new OutputFolder(join(out, "dev")).write(new Map(first));
    writeFileSync(
      script,
      `const { OutputFolder } = require(${JSON.stringify(join(ROOT, "preview", "output.ts"))});
       const files = (of) => new Map(Array.from({ length: 60 }, (_, index) => ["manifests/n/x-" + index + ".yaml", String(of)]));
       for (let round = 0; ; round++) new OutputFolder(${JSON.stringify(join(out, "dev"))}).write(files(round));`,
    );
    for (let time = 0; time < 12; time++) {
      const writer = spawn(process.execPath, ["-r", join(ROOT, "scripts", "transpile.js"), script], {
        stdio: "ignore",
      });
      const begun = () => readdirSync(out).some((name) => name.startsWith(`dev.${String(writer.pid)}-`));
      await until("it writes", () => Promise.resolve(begun()), { every: 1 });
      await sleep(Math.random() * 20);
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const files = [...(new OutputFolder(join(out, "dev")).read(".yaml") ?? [])];
      assert.deepEqual([files.length, new Set(files.map(([, text]) => text)).size], [60, 1]);
      assert.deepEqual(
        readdirSync(out).filter((name) => name !== "dev"),
        [],
      );
    }
  });

  it("does not disturb another run of the same stack that writes at the same time", async () => {
    const out = join(folder, "together");
    const script = join(folder, "together.ts");
    writeFileSync(
      script,
      `const { OutputFolder } = require(${JSON.stringify(join(ROOT, "preview", "output.ts"))});
       const files = new Map(Array.from({ length: 20 }, (_, index) => ["manifests/n/x-" + index + ".yaml", String(process.pid)]));
       for (let round = 0; round < 40; round++) new OutputFolder(${JSON.stringify(join(out, "dev"))}).write(files);`,
    );
    const writers = [1, 2, 3].map(() =>
      spawn(process.execPath, ["-r", join(ROOT, "scripts", "transpile.js"), script], {
        stdio: ["ignore", "ignore", "inherit"],
      }),
    );
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, "exit"))[0] as unknown));
    assert.deepEqual(codes, [0, 0, 0]);
    const texts = [...(new OutputFolder(join(out, "dev")).read(".yaml") ?? [])].map(([, text]) => text);
    assert.deepEqual([texts.length, new Set(texts).size], [20, 1]);
    assert.deepEqual(readdirSync(out), ["dev"]);
  });
});
