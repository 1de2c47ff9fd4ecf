import assert from "node:assert/strict";

import { parse } from "yaml";

import * as roles from "../../../../components/storage/elasticsearch/roles";

const reader = roles.clientRole([{ prefix: "logs-", level: "read" }]);
const clients = new Map<string, roles.Client>([
  ["trino", { role: reader, roles: [], users: ["trino-2", "trino"] }],
  ["kibana", { role: roles.NOTHING, roles: [roles.KIBANA_SYSTEM], users: ["kibana"] }],
]);

describe("rights in Elasticsearch", () => {
  it("are those of the level, on the indices that were asked for", () => {
    assert.deepEqual(reader.indices, [{ names: ["logs-*"], privileges: ["read", "view_index_metadata", "monitor"] }]);
    const writer = roles.clientRole([{ prefix: "logs-", level: "write" }]);
    assert.ok(!JSON.stringify(writer).includes("delete"));
    assert.ok(!writer.cluster.includes("manage_index_templates"));
    const owner = roles.clientRole([
      { prefix: "catalog_", level: "own" },
      { prefix: "a-", level: "read" },
    ]);
    assert.deepEqual(
      owner.indices.map(({ names, privileges }) => [names, privileges.length]),
      [
        [["a-*"], 3],
        [["catalog_*"], 1],
      ],
    );
    assert.ok(owner.cluster.includes("manage_index_templates"));
    for (const { cluster } of [reader, writer, owner]) assert.ok(!cluster.includes("all"));
  });

  it("are one role a client with a mark that changes with them, which each of its users is asked for", () => {
    const file = parse(roles.rolesFile(clients)) as Record<string, roles.Role>;
    assert.deepEqual(Object.keys(file), ["lakehouse-trino", "lakehouse-kibana"]);
    const [mark] = file["lakehouse-trino"]?.applications ?? [];
    assert.match(mark?.privileges[0] ?? "", /^rights:[0-9a-f]{16}$/);
    assert.deepEqual(JSON.parse(roles.question(reader)), { application: [mark] });
    assert.notEqual(roles.question(reader), roles.question({ ...reader, cluster: [] }));
    assert.deepEqual(
      roles
        .knownUsers(clients)
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
      ["trino-2", "trino", "kibana"],
    );
  });

  it("are given to users in one file, and hashes of passwords in another", () => {
    assert.deepEqual(roles.usersRolesFile(clients).trimEnd().split("\n"), [
      "superuser:lakehouse-admin",
      "lakehouse-trino:trino-2,trino",
      "lakehouse-kibana:kibana",
      "kibana_system:kibana",
    ]);
    assert.equal(roles.usersFile({ trino: "$2a$10$x" }), "trino:$2a$10$x\n");
  });

  it("of people reach the spaces of Kibana that the stack makes, and no other", () => {
    assert.deepEqual(roles.spaceRights("read", ["ops"]), [
      { application: "kibana-.kibana", privileges: ["space_read"], resources: ["space:ops"] },
    ]);
    assert.deepEqual(roles.spaceRights("write", []), []);
  });
});
