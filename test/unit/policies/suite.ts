import assert from "node:assert/strict";

import type { Edit } from "./edit";
import { changed } from "./edit";
import { type Policy, run } from "./runner";

/** One thing that is different from the compliant stack, and everything that the policy then says. */
export interface Case {
  /** What is the case: reads on from the policy's name. */
  readonly when: string;
  readonly edit: Edit | readonly Edit[];
  readonly config?: object;
  /** `<name of the resource>: <message>`; none: the policy is content. */
  readonly says?: readonly string[];
}

/** The compliant stack passes; then it is broken in one place at a time. */
export function suite(policy: Policy, cases: readonly Case[]): void {
  describe(policy.name, () => {
    it("is content with a compliant stack", async () => {
      assert.deepEqual(await run(policy, changed()), []);
    });
    it("is content with a stack of other things", async () => {
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
