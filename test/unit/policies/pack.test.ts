import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { policies } from "../../../policies/policies";
import { run } from "./runner";
import { compliant } from "./stack";

describe("the pack", () => {
  for (const policy of policies.filter((one) => !("remediateResource" in one))) {
    it(`passes the compliant stack: ${policy.name}`, async () => {
      assert.deepEqual(await run(policy, compliant()), []);
    });
  }

  it("names policies <kind>-<verb>-<what>, each once", () => {
    const names = policies.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+-(require|forbid|limit|fit|cover|reserve|remediate)-[a-z-]+$/);
  });

  it("describes policies in one full sentence on one line", () => {
    for (const { description } of policies) assert.match(description, /^[A-Z][^\n]+\.$/);
  });

  it("explains every policy in its README", () => {
    const readme = readFileSync(join(__dirname, "..", "..", "..", "policies", "README.md"), "utf8");
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}\``)),
      [],
    );
  });
});
