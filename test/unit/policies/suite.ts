import assert from "node:assert/strict";

import type { Edit } from "./edit";
import { changed } from "./edit";
import { type Policy, run } from "./runner";

/** One difference from the compliant stack, and all resulting messages of the policy. */
export interface Case {
  /** Description of the difference, which follows "accepts" or "refuses" in the title. */
  readonly when: string;
  readonly edit: Edit | readonly Edit[];
  readonly config?: object;
  /** `<name of the resource>: <message>`; empty if the policy accepts. */
  readonly says?: readonly string[];
}

/** Tests of a policy: the compliant stack, then one difference at a time. */
export function suite(policy: Policy, cases: readonly Case[]): void {
  describe(policy.name, () => {
    it("accepts a compliant stack", async () => {
      assert.deepEqual(await run(policy, changed()), []);
    });
    it("accepts a stack of other resources", async () => {
      const outcome = await run(policy, [
        { type: "random:index/randomPassword:RandomPassword", name: "x", props: { length: 20 } },
      ]);
      if (Array.isArray(outcome)) assert.deepEqual(outcome, []);
    });
    for (const { when, edit, config, says = [] } of cases) {
      it(`${says.length === 0 ? "accepts" : "refuses"} ${when}`, async () => {
        const edits = typeof edit === "function" ? [edit] : edit;
        assert.deepEqual(await run(policy, changed(...edits), config), [...says]);
      });
    }
  });
}
