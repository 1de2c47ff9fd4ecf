import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";
import { shellSteps } from "../support/quickstart";
import { temporary } from "../support/temporary";
import { lakehouse } from "./cli/command";

const PAGE = "getting-started.md";

/** In an empty folder, with the page's own `metal.yaml`. What needs a container engine is proven with stand-ins in `bootstrap/create.test.ts`. */
describe(`docs/${PAGE}`, () => {
  const cwd = temporary("getting-started");
  const steps = shellSteps(PAGE);

  before(() => {
    const page = readFileSync(join(PROJECT_FOLDER, "docs", PAGE), "utf8");
    const [, yaml = assert.fail("no YAML")] = /^```yaml\n(.*?)^```/ms.exec(page) ?? [];
    writeFileSync(join(cwd, "metal.yaml"), yaml);
  });

  it("leads from nothing to `pulumi up` and back", () => {
    const commands = steps.map(({ command }) => command.split(" ").slice(0, 4).join(" "));
    assert.deepEqual(commands.slice(2, 8), [
      "npx lakehouse cluster render",
      "npx lakehouse cluster create",
      "pulumi login --local",
      "pulumi stack init dev",
      "pulumi up -s dev",
      "npx lakehouse cluster delete",
    ]);
  });

  for (const { command, shows } of steps.filter(({ command }) => command.startsWith("npx lakehouse cluster render")))
    it(`works: ${command}`, async () => {
      const args = [...command.split(" ").slice(2), "--out", join(cwd, "out")];
      const { status, stdout, stderr } = await lakehouse(args, { cwd }).ended;
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(shows.length > 0);
      for (const line of shows) assert.ok(stdout.includes(line), `${line}\n\n${stdout}`);
    });

  for (const { command } of steps.filter(({ command }) => /cluster (create|delete)/.test(command)))
    it(`says what is missing, where nothing is there: ${command}`, async () => {
      const args = [...command.split(" ").slice(2), "--out", join(cwd, "out")];
      const { status, stdout, stderr } = await lakehouse(args, { cwd, env: { PATH: cwd } }).ended;
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^no container engine: .*\nkind: not found; /);
    });
});
