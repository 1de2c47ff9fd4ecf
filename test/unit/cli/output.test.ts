import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OutputFolder } from "../../../cli/output";

const ROOT = join(__dirname, "..", "..", "..");

describe("the output folder", () => {
  let out = "";
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "lakehouse-out-"));
  });
  afterEach(() => {
    rmSync(out, { recursive: true, force: true });
  });

  const files = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries));
  const folder = () => new OutputFolder(join(out, "homelab"));

  it("holds what was written last, and nothing of before", () => {
    folder().write(files({ "manifests/a/one.yaml": "1", "plan.json": "{}" }));
    folder().write(files({ "manifests/b/two.yaml": "2" }));
    assert.deepEqual([...(folder().read(".yaml") ?? [])], [[join("manifests", "b", "two.yaml"), "2"]]);
    assert.deepEqual(readdirSync(out), ["homelab"]);
  });

  it("is as it was when writing fails halfway", () => {
    folder().write(files({ "one.yaml": "1" }));
    // A file where a folder is needed: the second file cannot be written.
    assert.throws(() => {
      folder().write(files({ "x.yaml": "2", "x.yaml/y.yaml": "3" }));
    });
    assert.deepEqual([...(folder().read(".yaml") ?? [])], [["one.yaml", "1"]]);
    assert.deepEqual(readdirSync(out), ["homelab"]);
  });

  it("comes back whole after a kill between the two renames", () => {
    folder().write(files({ "one.yaml": "1" }));
    renameSync(join(out, "homelab"), join(out, "homelab.previous"));
    assert.deepEqual([...(folder().read(".yaml") ?? [])], [["one.yaml", "1"]]);
  });

  it("reads nothing where nothing was written", () => {
    assert.equal(folder().read(".yaml"), undefined);
  });

  it("is whole whenever a plan is killed", async () => {
    const plan = (kill?: number) =>
      new Promise<void>((resolve) => {
        const child = spawn(process.execPath, [join(ROOT, "bin/lakehouse.js"), "plan", "-s", "dev", "--out", out], {
          stdio: "ignore",
        });
        if (kill !== undefined) setTimeout(() => child.kill("SIGKILL"), kill);
        child.once("exit", () => {
          resolve();
        });
      });
    const state = () => {
      const all = [...(new OutputFolder(join(out, "dev")).read("") ?? [])];
      return createHash("sha256").update(JSON.stringify(all)).digest("hex");
    };
    await plan();
    const before = state();
    assert.notEqual(before, createHash("sha256").update("[]").digest("hex"));
    for (const milliseconds of [100, 400, 700, 1000, 1150, 1300, 1450]) {
      await plan(milliseconds);
      assert.equal(state(), before, `killed after ${String(milliseconds)} ms`);
    }
  });

  it("leaves other stacks and files beside it alone", () => {
    mkdirSync(join(out, "prod"));
    writeFileSync(join(out, "notes.txt"), "mine");
    folder().write(files({ "one.yaml": "1" }));
    assert.ok(existsSync(join(out, "prod")) && existsSync(join(out, "notes.txt")));
  });
});
