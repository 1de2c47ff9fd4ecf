import assert from "node:assert/strict";

import { bucketGrant, bucketPolicy, ownObjects, userPolicy } from "../../../components/core/grant";

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
  it("to read allows neither put nor delete, and names the bucket", () => {
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

  it("to append allows put and not delete", () => {
    const actions = parse(userPolicy({ user: "spark", access: [{ bucket: "bronze", level: "append" }] })).flatMap(
      ({ Action }) => Action,
    );
    assert.ok(actions.includes("s3:PutObject"));
    assert.ok(!actions.includes("s3:DeleteObject"));
  });

  it("below a prefix allows no access elsewhere", () => {
    const [, list, objects] = parse(
      userPolicy({ user: "postgres", access: [{ bucket: "backups", prefix: "postgres/", level: "write" }] }),
    );
    assert.deepEqual(list?.Condition, { StringLike: { "s3:prefix": ["postgres/*"] } });
    // MinIO refuses the condition on other actions.
    assert.deepEqual(list.Action, ["s3:ListBucket"]);
    assert.deepEqual(objects?.Resource, ["arn:aws:s3:::backups/postgres/*"]);
  });

  it("never contains s3:*, and sorts actions, so that they show no false change", () => {
    for (const level of ["read", "append", "write"] as const) {
      for (const { Action } of parse(userPolicy({ user: "u", access: [{ bucket: "b", level }] }))) {
        assert.ok(!Action.some((action) => action.includes("*")));
        assert.deepEqual([...Action], [...Action].sort());
      }
    }
  });

  it("below a prefix may list the whole bucket where a client has to ask whether it exists, and touches no more by that", () => {
    const grant = (listing?: "bucket") =>
      parse(
        userPolicy({
          user: "milvus",
          access: [{ bucket: "services", prefix: "milvus/", level: "write", ...(listing && { listing }) }],
        }),
      );
    const list = (all: ReturnType<typeof grant>) => all.find(({ Action }) => Action.includes("s3:ListBucket"));
    assert.deepEqual(list(grant())?.Condition, { StringLike: { "s3:prefix": ["milvus/*"] } });
    assert.deepEqual([list(grant("bucket"))?.Condition, list(grant("bucket"))?.Action], [undefined, ["s3:ListBucket"]]);
    const others = (all: ReturnType<typeof grant>) => all.filter(({ Action }) => !Action.includes("s3:ListBucket"));
    assert.deepEqual(others(grant("bucket")), others(grant()));
  });

  it("below two prefixes of one bucket has no duplicates, as MinIO stores it", () => {
    const access = ["a/", "b/"].map((prefix) => ({ bucket: "silver", prefix, level: "read" as const }));
    const all = parse(userPolicy({ user: "flink", access }));
    assert.equal(all.length, 5);
    assert.equal(new Set(all.map((statement) => JSON.stringify(statement))).size, 5);
  });

  describe("on the bucket of services", () => {
    const lake = { bronze: "b", silver: "s", gold: "g", warehouse: "w", backups: "k" };
    const names = { ...lake, services: "x-services" };
    const own = (prefix?: string) => [{ bucket: "services", level: "write", ...(prefix && { prefix }) }] as const;

    it("is limited to the prefix of the service's name, for any request and any generation", () => {
      const prefixes = [
        bucketGrant("druid", own(), names),
        bucketGrant("druid", own("logs/"), names),
        bucketGrant("druid-2", own(), names, "druid"),
        bucketGrant("loki", own("druid/"), names),
      ].flatMap(({ access }) => access.map(({ bucket, prefix }) => `${bucket} ${prefix ?? ""}`));
      assert.deepEqual(prefixes, [
        "x-services druid/",
        "x-services druid/logs/",
        "x-services druid/",
        "x-services loki/druid/",
      ]);
    });

    it("allows no access to another service's prefix", () => {
      const said = userPolicy(bucketGrant("druid", own(), names));
      const [, list, objects] = parse(said);
      assert.deepEqual(list?.Condition, { StringLike: { "s3:prefix": ["druid/*"] } });
      assert.deepEqual(objects?.Resource, ["arn:aws:s3:::x-services/druid/*"]);
    });

    it("is another service's where the request names its owner", () => {
      const request = { bucket: "services", owner: "spark-history", level: "write" } as const;
      const { access } = bucketGrant("spark-2", [request], names, "spark");
      assert.deepEqual(access, [{ bucket: "x-services", prefix: "spark-history/", level: "write" }]);
    });

    it("is refused if the stack has no such bucket", () => {
      assert.throws(() => bucketGrant("druid", own(), lake), /druid keeps objects of its own.*keepsObjects/);
      assert.deepEqual(ownObjects("druid", names), { bucket: "x-services", prefix: "druid/" });
    });
  });

  it("as a bucket policy has only that bucket's users, by name", () => {
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
