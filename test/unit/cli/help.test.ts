import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { COMMAND, lakehouse, ROOT } from "./command";

const versionIn = (...path: readonly string[]) =>
  (JSON.parse(readFileSync(join(ROOT, ...path, "package.json"), "utf8")) as { readonly version: string }).version;

describe("what the command says of itself", () => {
  it("is one line with its versions, also after a command", async () => {
    const line = `lakehouse ${versionIn()}, Node.js ${process.versions.node}, Pulumi SDK ${versionIn("node_modules", "@pulumi", "pulumi")}\n`;
    for (const args of [["--version"], ["-V"], ["plan", "--version"]])
      assert.deepEqual(await lakehouse(args).ended, { status: 0, stdout: line, stderr: "" }, args.join(" "));
  });

  it("lists each command once, below a title", async () => {
    const { status, stdout } = await lakehouse(["--help"]).ended;
    assert.equal(status, 0);
    for (const title of ["Plans:", "Stacks:", "Machines:", "This machine:", "Versions:", "Project:"])
      assert.match(stdout, new RegExp(`^${title}$`, "m"));
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\]| \[command\]| {2,})/gm)].map(([, name]) => name);
    assert.equal(new Set(commands).size, commands.length, stdout);
    for (const name of ["plan", "render", "review", "cost", "validate", "init", "fit", "local", "images", "schema"])
      assert.ok(commands.includes(name) || stdout.includes(`\n  ${name} `), name);
  });

  it("needs no library that plans need", () => {
    const script = `process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n"))); require(${JSON.stringify(COMMAND)})`;
    for (const flag of ["--help", "--version"]) {
      const { stderr, status } = spawnSync(process.execPath, ["-e", script, "lakehouse", flag], { encoding: "utf8" });
      assert.equal(status, 0);
      const packages = [...stderr.matchAll(/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)[^\n]*\.c?js$/gm)].map(
        ([, name]) => name,
      );
      assert.ok(packages.includes("commander"));
      for (const name of ["zod", "yaml", "@pulumi/pulumi", "@pulumi/kubernetes", "cli-table3"])
        assert.ok(!packages.includes(name), `${flag} loads ${name}`);
    }
  });
});
