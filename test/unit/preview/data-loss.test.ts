import assert from "node:assert/strict";

import { type Acknowledgement, judgeLosses, lossToken } from "../../../preview/data-loss";
import type { DataLoss } from "../../../planner/report/summary";

const gone: DataLoss = { verb: "deletes", resource: "db/cluster-pg", fields: [] };
const moved: DataLoss = { verb: "replaces", resource: "db/statefulset-redis", fields: ["spec.volumeClaimTemplates"] };
const tokenOf = (losses: readonly DataLoss[], used: readonly Acknowledgement[] = [], stack = "prod") =>
  lossToken(
    stack,
    losses.map(({ verb, resource }) => `${verb} ${resource}`),
    used,
  );

describe("a loss of data", () => {
  it("does not exist without lost data, with any token", () => {
    assert.deepEqual(judgeLosses("prod", [], [], "12345678"), { refused: undefined, violations: [], acknowledged: [] });
  });

  it("is refused with a line for each resource, and one token for all", () => {
    const token = tokenOf([gone, moved]);
    assert.match(token, /^[0-9a-f]{8}$/);
    const { refused, violations } = judgeLosses("prod", [gone, moved], [], undefined);
    const common = { policy: "plan-acknowledge-data-loss", level: "mandatory", field: "" };
    const fix = `Fix: undo the change, or plan with --acknowledge ${token}.`;
    assert.deepEqual(
      [refused, violations],
      [
        token,
        [
          { ...common, resource: gone.resource, message: `would be deleted with its data. ${fix}` },
          {
            ...common,
            resource: moved.resource,
            message: `would be replaced (spec.volumeClaimTemplates) and lose its data. ${fix}`,
          },
        ],
      ],
    );
  });

  it("has a token that depends on the stack and the set, not on its order", () => {
    assert.equal(tokenOf([gone, moved]), tokenOf([moved, gone]));
    const all = [tokenOf([gone, moved]), tokenOf([gone]), tokenOf([moved]), tokenOf([gone], [], "dev")];
    assert.equal(new Set(all).size, all.length);
  });

  it("passes only with the token of the whole set, and is recorded", () => {
    const token = tokenOf([gone, moved]);
    assert.deepEqual(judgeLosses("prod", [moved, gone], [], token), {
      refused: undefined,
      violations: [],
      acknowledged: [{ token, losses: ["deletes db/cluster-pg", "replaces db/statefulset-redis"] }],
    });
    assert.equal(judgeLosses("prod", [gone, moved], [], tokenOf([gone])).refused, token);
  });

  it("passes only once with a token", () => {
    const { acknowledged } = judgeLosses("prod", [gone], [], tokenOf([gone]));
    const again = judgeLosses("prod", [gone], acknowledged, tokenOf([gone]));
    assert.equal(again.refused, tokenOf([gone], acknowledged));
    assert.match(again.violations[0]?.message ?? "", /was used already, and is valid once/);
    assert.equal(judgeLosses("prod", [gone], acknowledged, again.refused).refused, undefined);
  });
});
