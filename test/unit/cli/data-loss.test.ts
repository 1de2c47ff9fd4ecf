import assert from "node:assert/strict";

import { type Acknowledgement, judgeLosses, lossToken } from "../../../cli/data-loss";
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
  it("is none where nothing is lost, whatever token is given", () => {
    assert.deepEqual(judgeLosses("prod", [], [], "12345678"), { refused: undefined, violations: [], acknowledged: [] });
  });

  it("is refused resource by resource, with one token for all", () => {
    const token = tokenOf([gone, moved]);
    assert.match(token, /^[0-9a-f]{8}$/);
    const { refused, violations } = judgeLosses("prod", [gone, moved], [], undefined);
    const common = { policy: "plan-acknowledge-data-loss", level: "mandatory", field: "" };
    const fix = `Fix: take that back, or plan with --acknowledge ${token}.`;
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

  it("has a token of its own for each stack and each set, whatever its order", () => {
    assert.equal(tokenOf([gone, moved]), tokenOf([moved, gone]));
    const all = [tokenOf([gone, moved]), tokenOf([gone]), tokenOf([moved]), tokenOf([gone], [], "dev")];
    assert.equal(new Set(all).size, all.length);
  });

  it("passes with the token of the whole set, not of a part, and is kept", () => {
    const token = tokenOf([gone, moved]);
    assert.deepEqual(judgeLosses("prod", [moved, gone], [], token), {
      refused: undefined,
      violations: [],
      acknowledged: [{ token, losses: ["deletes db/cluster-pg", "replaces db/statefulset-redis"] }],
    });
    assert.equal(judgeLosses("prod", [gone, moved], [], tokenOf([gone])).refused, token);
  });

  it("passes once with a token", () => {
    const { acknowledged } = judgeLosses("prod", [gone], [], tokenOf([gone]));
    const again = judgeLosses("prod", [gone], acknowledged, tokenOf([gone]));
    assert.equal(again.refused, tokenOf([gone], acknowledged));
    assert.match(again.violations[0]?.message ?? "", /was used already, and works once/);
    assert.equal(judgeLosses("prod", [gone], acknowledged, again.refused).refused, undefined);
  });
});
