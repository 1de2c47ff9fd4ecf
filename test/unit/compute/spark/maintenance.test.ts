import assert from "node:assert/strict";

import { maintained } from "../../../../components/compute/spark/maintenance";
import { spark } from "../../../../components/compute/spark/settings";
import { spark as system } from "../../../../components/compute/spark/system";

const given = (maintenance: object = {}) => spark.parse({ maintenance });

describe("maintenance of tables by settings", () => {
  it("says only what differs from the job's own defaults", () => {
    assert.deepEqual(maintained(given().maintenance), ["--namespaces", "silver,gold"]);
  });

  it("has a policy for all tables, and what is different for some", () => {
    const { maintenance } = given({
      namespaces: ["gold"],
      retainDays: 14,
      policies: { "gold": { targetFileSize: "256Mi" }, "gold.users": { sort: "day, n DESC", lateFiles: 50 } },
    });
    assert.deepEqual(maintained(maintenance), [
      "--namespaces",
      "gold",
      "--retain-days",
      "14",
      "--policies",
      '{"gold":{"target-file-mib":256},"gold.users":{"late-files":50,"sort":"day, n DESC"}}',
    ]);
  });

  it("refuses an order that is more than columns", () => {
    for (const sort of ["day; drop table x", "day' , 'x", "zorder(day)", "a b", ""])
      assert.throws(() => given({ policies: { gold: { sort } } }), /zorder\(x, y\)/, sort);
    for (const sort of ["day", "day ASC NULLS LAST, props.n desc", "zorder(x, y)"])
      assert.doesNotThrow(() => given({ policies: { gold: { sort } } }), sort);
  });

  it("refuses a policy of what is not maintained", () => {
    assert.deepEqual(
      [...(system.check?.(given({ policies: { "bronze.events": { retainDays: 1 } } })) ?? [])],
      [
        {
          path: "lakehouse:compute.spark.maintenance.policies.bronze.events",
          message: "given for bronze, which is not maintained; allowed: silver, gold, and their tables",
        },
      ],
    );
  });
});
