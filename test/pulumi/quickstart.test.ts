import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { quickstart } from "../support/quickstart";
import { temporary } from "../support/temporary";
import { lakehouse } from "../unit/cli/command";
import { Engine, pulumiCli } from "./engine";

/** Signing in is left out: the engine of the tests has its own state. */
describe("docs/quickstart.md on Pulumi's real engine, with stand-ins for the plugins", function () {
  let engine: Engine;
  let policies: string;
  before(async function () {
    const found = pulumiCli();
    if ("missing" in found) {
      console.warn(`    SKIPPED: ${found.missing}`);
      this.skip();
    }
    engine = new Engine(found);
    policies = engine.policyPack();
    const cwd = temporary("quickstart");
    const [init] = quickstart().filter(({ command }) => command.startsWith("npx lakehouse init "));
    const { status, stderr } = await lakehouse(init!.command.split(" ").slice(2), { cwd }).ended;
    assert.equal(status, 0, stderr);
    copyFileSync(join(cwd, "Pulumi.mine.yaml"), join(engine.program, "Pulumi.mine.yaml"));
  });
  after(() => {
    (engine as Engine | undefined)?.end();
  });

  for (const { command } of quickstart().filter((step) => /^pulumi (?!login)/.test(step.command)))
    it(`works: ${command}`, () => {
      const args = command.split(" ").slice(1);
      const pack = args.map((arg) => (arg === "policies" ? policies : arg));
      // Nobody is there to confirm.
      const { status, stdout, stderr } = engine.run([
        ...pack,
        ...(args[0] === "up" ? ["--yes", "--skip-preview"] : []),
      ]);
      assert.equal(status, 0, stderr + stdout.slice(-3000));
      if (args.includes("output")) assert.ok("doors" in (JSON.parse(stdout) as object));
    });
});
