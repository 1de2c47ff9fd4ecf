import assert from "node:assert/strict";

import { bucketPolicy, userPolicy } from "../../../components/core/grant";

interface Policy {
  readonly Statement: readonly {
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: unknown;
    readonly Principal?: unknown;
  }[];
}
const parse = (text: string) => (JSON.parse(text) as Policy).Statement;

describe("a grant", () => {
  it("to read gives neither put nor delete, and names the bucket", () => {
    const statements = parse(userPolicy({ user: "trino", access: [{ bucket: "silver", level: "read" }] }));
    assert.deepEqual(
      statements.flatMap(({ Action }) => Action),
      ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"],
    );
    assert.deepEqual(
      [...new Set(statements.flatMap(({ Resource }) => Resource))],
      ["arn:aws:s3:::silver", "arn:aws:s3:::silver/*"],
    );
  });

  it("to append gives put but no delete", () => {
    const actions = parse(userPolicy({ user: "spark", access: [{ bucket: "bronze", level: "append" }] })).flatMap(
      ({ Action }) => Action,
    );
    assert.ok(actions.includes("s3:PutObject"));
    assert.ok(!actions.includes("s3:DeleteObject"));
  });

  it("below a prefix lists and touches nothing else", () => {
    const [, list, objects] = parse(
      userPolicy({ user: "postgres", access: [{ bucket: "backups", prefix: "postgres/", level: "write" }] }),
    );
    assert.deepEqual(list?.Condition, { StringLike: { "s3:prefix": ["postgres/*"] } });
    // MinIO refuses the condition on any other action.
    assert.deepEqual(list.Action, ["s3:ListBucket"]);
    assert.deepEqual(objects?.Resource, ["arn:aws:s3:::backups/postgres/*"]);
  });

  it("never says s3:* and keeps actions sorted, so that nothing shows as changed", () => {
    for (const level of ["read", "append", "write"] as const) {
      for (const { Action } of parse(userPolicy({ user: "u", access: [{ bucket: "b", level }] }))) {
        assert.ok(!Action.some((action) => action.includes("*")));
        assert.deepEqual([...Action], [...Action].sort());
      }
    }
  });

  it("below two prefixes of one bucket says nothing twice, as MinIO keeps it", () => {
    const access = ["a/", "b/"].map((prefix) => ({ bucket: "silver", prefix, level: "read" as const }));
    const all = parse(userPolicy({ user: "flink", access }));
    assert.equal(all.length, 5);
    assert.equal(new Set(all.map((statement) => JSON.stringify(statement))).size, 5);
  });

  it("on the bucket holds only that bucket's users, by name", () => {
    const statements = parse(
      bucketPolicy("silver", [
        {
          user: "spark",
          access: [
            { bucket: "silver", level: "write" },
            { bucket: "gold", level: "write" },
          ],
        },
        { user: "postgres", access: [{ bucket: "backups", level: "write" }] },
      ]),
    );
    assert.deepEqual(
      [...new Set(statements.map(({ Principal }) => JSON.stringify(Principal)))],
      ['{"AWS":["arn:aws:iam:::user/spark"]}'],
    );
    assert.ok(
      statements.flatMap(({ Resource }) => Resource).every((resource) => resource.startsWith("arn:aws:s3:::silver")),
    );
  });
});
