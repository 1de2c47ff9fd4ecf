import assert from "node:assert/strict";

import fc from "fast-check";

import { compare, formatPath } from "../../../../planner/compare";

/** `path before → after`, for each difference. */
const differences = (before: unknown, after: unknown) =>
  compare(before, after).map(
    ({ path, ...values }) =>
      `${formatPath(path)} ${"before" in values ? JSON.stringify(values.before) : "·"} → ${"after" in values ? JSON.stringify(values.after) : "·"}`,
  );

describe("differences of two manifests", () => {
  it("have both values; a new field has none before, one that is gone none after", () => {
    assert.deepEqual(differences({ a: 1, gone: [1] }, { a: 2, new: {} }), ["a 1 → 2", "gone [1] → ·", "new · → {}"]);
  });

  it("of a sequence are its new items, and not those that follow them", () => {
    const args = (...of: string[]) => ({ args: of });
    assert.deepEqual(differences(args("-a", "-b", "-c"), args("-x", "-a", "-b", "-c")), ['args[0] · → "-x"']);
    assert.deepEqual(differences(args("-a", "-b", "-c"), args("-a", "-c")), ['args[1] "-b" → ·']);
    assert.deepEqual(differences(args("-a", "-b"), args("-b", "-a")).length, 2);
  });

  it("of a set do not depend on the order of its items", () => {
    const policy = (...cidrs: string[]) => ({
      spec: { egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ port: 1 }, { port: 2 }] }] },
    });
    assert.deepEqual(differences(policy("10.0.0.0/8", "::/0"), policy("::/0", "10.0.0.0/8")), []);
    assert.deepEqual(differences(policy("10.0.0.0/8", "fd00::/8"), policy("fd00::/8", "10.1.0.0/16")), [
      'spec.egress[0].to[1].ipBlock.cidr "10.0.0.0/8" → "10.1.0.0/16"',
    ]);
  });

  it("of items with a name, a path or a key are found by it", () => {
    const mounts = (...paths: string[]) => ({ volumeMounts: paths.map((mountPath) => ({ name: "etc", mountPath })) });
    assert.deepEqual(differences(mounts("/a", "/b"), mounts("/b", "/a", "/c")), [
      'volumeMounts[/c] · → {"name":"etc","mountPath":"/c"}',
    ]);
  });

  it("of texts of JSON are those of what they say", () => {
    const policy = (actions: string[], first: "Action" | "Effect") => ({
      policy:
        first === "Action"
          ? JSON.stringify({ Statement: [{ Action: actions, Effect: "Allow" }] })
          : JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions }] }, null, 2),
    });
    assert.deepEqual(differences(policy(["a", "b"], "Action"), policy(["b", "a"], "Effect")), []);
    assert.deepEqual(differences(policy(["a"], "Action"), policy(["a", "c"], "Effect")), [
      'policy.Statement[0].Action[1] · → "c"',
    ]);
  });

  it("are none of a manifest to itself, and none there where there are none back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.deepEqual(compare(one, structuredClone(one)), []);
        assert.equal(compare(one, other).length === 0, compare(other, one).length === 0);
      }),
    );
  });
});
