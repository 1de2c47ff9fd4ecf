import assert from "node:assert/strict";

import { contents, prepared } from "./prepared";
import { stack } from "../cluster/stacks";
import { STACKS } from "../support/stacks";

/** As the engine says that a pack judged. */
const PASSED = /✅ lakehouse@v\d+\.\d+\.\d+/;

describe("Pulumi's real engine on a real API server with --policy-pack", function () {
  for (const name of STACKS)
    it(`previews ${name}, makes it, and finds nothing to change after that (slow)`, async function () {
      const [control, engine] = await prepared(this, name);
      try {
        const run = (...command: string[]) => {
          const ran = engine.run([...command, "--stack", name, "--policy-pack", engine.policyPack()]);
          assert.equal(ran.status, 0, `${command.join(" ")}: ${ran.stderr}${ran.stdout.slice(-3000)}`);
          assert.match(ran.stdout, PASSED);
          return ran.stdout;
        };
        run("preview");
        run("up", "--yes");
        const { objects } = await stack(name);
        assert.equal((await contents(control.api, objects)).size, objects.length);
        assert.doesNotMatch(run("up", "--yes"), / (created|updated|replaced|deleted)\b/);
      } finally {
        engine.end();
        await control.end();
      }
    });
});
