import assert from "node:assert/strict";

import { clientRole, rightsFile, rightsLines } from "../../../../components/query/milvus/rights";

describe("rights of Milvus' clients", () => {
  const write = { space: "docs", level: "write" } as const;
  const read = { space: "docs", level: "read" } as const;

  it("are those of one database: readers change nothing, writers manage collections, nobody manages users or others", () => {
    const of = (level: "read" | "write") => clientRole({ service: "spark", access: [{ space: "docs", level }] }).rights;
    assert.ok([...of("read"), ...of("write")].every((right) => right.startsWith("docs ")));
    const changing = /Insert|Delete|Upsert|Create|Drop|Load$|Release|Flush$|Alter|Import|Compaction|Balance/;
    assert.deepEqual(
      of("read").filter((right) => changing.test(right)),
      [],
    );
    for (const privilege of ["Search", "Query", "Insert", "CreateCollection", "DropCollection", "CreateIndex", "Load"])
      assert.ok(of("write").includes(`docs ${privilege}`), privilege);
    assert.deepEqual(
      of("write").filter((right) => /User|Role|Ownership|Database$|ResourceGroup|RBAC|Rename|FlushAll/.test(right)),
      ["docs DescribeDatabase"],
    );
  });

  it("make a role whose name tells them, so that other rights are another role", () => {
    const name = (access: Parameters<typeof clientRole>[0]["access"], service = "search-service") =>
      clientRole({ service, access }).name;
    assert.match(name([write]), /^lakehouse_search_service_[0-9a-f]{8}$/);
    assert.notEqual(name([write]), name([read]));
    assert.equal(name([read, write]), name([write]));
    const other = { space: "other", level: "read" } as const;
    assert.equal(name([write, other]), name([other, write]));
  });

  it("are lines in the order in which they can be made, with passwords in the file only", () => {
    const lines = rightsLines([
      { service: "b", access: [write], users: ["b_2", "b"] },
      { service: "a", access: [read, { space: "extra", level: "write" }], users: ["a"] },
    ]);
    assert.deepEqual(lines.slice(0, 2), ["database docs", "database extra"]);
    const users = lines.filter((line) => line.startsWith("user "));
    assert.deepEqual(
      users.map((line) => line.split(" ")[1]),
      ["b_2", "b", "a"],
    );
    for (const line of users) {
      const [, , role = ""] = line.split(" ");
      assert.ok(lines.findIndex((each) => each.startsWith(`role ${role} `)) < lines.indexOf(line));
    }
    const file = rightsFile(lines, { b_2: "two", b: "one", a: "mine" });
    assert.match(file, /^user b_2 lakehouse_b_\w+ two$/m);
    assert.equal(file.split("\n").length, lines.length + 1);
  });
});
