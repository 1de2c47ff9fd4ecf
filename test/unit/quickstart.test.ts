import assert from "node:assert/strict";

import { quickstart } from "../support/quickstart";
import { temporary } from "../support/temporary";
import { lakehouse } from "./cli/command";

/** In an empty folder. `npm ci` is what the gate itself has done; Pulumi's commands are proven in `test/pulumi/quickstart.test.ts`. */
describe("docs/quickstart.md", () => {
  const cwd = temporary("quickstart");
  const ours = quickstart().filter(({ command }) => command.startsWith("npx lakehouse "));

  it("has the commands that a stranger needs, in their order", () => {
    assert.deepEqual(
      quickstart().map(({ command }) => command.split(" ").slice(0, 3).join(" ")),
      [
        "npm ci",
        "npx lakehouse init",
        "npx lakehouse plan",
        "npx lakehouse fit",
        "pulumi login --local",
        "pulumi stack init",
        "pulumi preview -s",
        "pulumi up -s",
        "pulumi stack output",
      ],
    );
  });

  for (const { command, shows } of ours)
    it(`works: ${command}`, async () => {
      const { status, stdout, stderr } = await lakehouse(command.split(" ").slice(2), { cwd }).ended;
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(shows.length > 0);
      for (const line of shows) assert.ok(stdout.includes(line), `${line}\n\n${stdout}`);
    });
});
