import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { shippedText } from "../../support/stacks";
import { lakehouse } from "./command";

describe("mistakes on the command line", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-mistakes-"));
    writeFileSync(
      join(folder, "Pulumi.mine.yaml"),
      shippedText("dev").replace("lakehouse:preset: dev", "lakehouse:preset: dev\n  lakehouse:nods: []"),
    );
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (...args: readonly string[]) => lakehouse(args, { cwd: folder }).ended;
  const line = /^Pulumi\.mine\.yaml:3:3: lakehouse:nods: unknown setting; did you mean 'nodes'\?/m;

  it("have file, line and column, relative to the folder that the command runs in", async () => {
    for (const command of ["plan", "render", "cost", "validate", "fit", "settings", "taints", "sandbox"]) {
      const { status, stdout, stderr } = await run(command, "-s", "mine");
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, line);
    }
  });

  it("are JSON on standard output with --json, beside the lines for people", async () => {
    for (const command of ["plan", "validate"]) {
      const { status, stdout, stderr } = await run(command, "-s", "mine", "--json");
      assert.equal(status, 2);
      assert.match(stderr, line);
      const { errors } = JSON.parse(stdout) as { readonly errors: readonly Record<string, unknown>[] };
      assert.equal(errors.length, 1);
      const { message, ...where } = errors[0] ?? {};
      assert.deepEqual(where, { file: "Pulumi.mine.yaml", line: 3, column: 3, path: "lakehouse:nods" });
      assert.match(String(message), /^unknown setting/);
    }
  });

  it("that are about no file are JSON too", async () => {
    const cases: readonly (readonly string[])[] = [
      ["validate", "-s", "none", "--json"],
      ["plan", "--jsn", "--json"],
      ["cost", "--preset", "tiny", "--json"],
    ];
    for (const args of cases) {
      const { status, stdout, stderr } = await run(...args);
      assert.equal(status, 2);
      const { errors } = JSON.parse(stdout) as { readonly errors: readonly { readonly message: string }[] };
      assert.equal(errors.length, 1, stdout);
      assert.ok(stderr.includes(errors[0]?.message.split("\n")[0] ?? "?"), stderr);
    }
  });

  it("name the stacks of the folder, where there is no such stack", async () => {
    assert.deepEqual(await run("validate", "-s", "min"), {
      status: 2,
      stdout: "",
      stderr: "no stack 'min': Pulumi.min.yaml does not exist; did you mean 'mine'?; allowed: mine\n",
    });
    // Those of the project are known in every folder.
    assert.equal((await run("validate", "-s", "dev")).status, 0);
  });

  it("are none in valid settings", async () => {
    const { status, stdout, stderr } = await lakehouse(["validate", "-s", "dev", "--json"]).ended;
    assert.deepEqual([status, JSON.parse(stdout), stderr], [0, { stack: "dev", nodes: 1 }, ""]);
  });
});
