import assert from "node:assert/strict";

import { BUDGET_POLICY } from "../../planner/budget";
import { having, planned } from "./harness";

describe("a stack's monthly budget", () => {
  it("refuses the plan of a stack that costs more, and no other", async () => {
    const within = await planned("homelab", {}, having("homelab", "prices", { budget: 1000 }));
    assert.deepEqual([within.plan.verdict, within.plan.cost.monthly], ["ok", 1000]);
    const { plan } = await planned("homelab", {}, having("homelab", "prices", { budget: 900 }));
    assert.equal(plan.verdict, "policy-violations");
    assert.deepEqual(
      plan.policies.failed.map(({ policy, field }) => [policy, field]),
      [[BUDGET_POLICY, "lakehouse:prices.budget"]],
    );
  });

  it("is in the currency of the stack's own prices", async () => {
    const { plan } = await planned("homelab", {}, having("homelab", "prices", { book: "usage", budget: 1000 }));
    assert.equal(plan.cost.book, "usage");
    assert.match(plan.policies.failed[0]?.message ?? "", /^costs 1\d{3}(\.\d+)? USD a month/);
  });
});
