import { deepEqual } from "node:assert/strict";

import { described, type GroupRights, parties } from "../../../components/core/access";

const rights = (of: Partial<GroupRights>): GroupRights => ({ read: [], write: [], rows: [], masks: [], ...of });
const EU = { table: "gold.orders", where: "region = 'EU'" };
const US = { table: "gold.orders", where: "region = 'US'" };
const HIDDEN = { table: "gold.orders", column: "email", as: "'hidden'" };

/** Rights of one person by his groups. */
function of(...groups: GroupRights[]) {
  const named = Object.fromEntries(groups.map((group, at) => [`group${String(at)}`, group]));
  const people = { ada: { groups: Object.keys(named), password: 1 } };
  const [party] = parties({ signIn: true, people, groups: named });
  return party;
}

describe("rights of people", () => {
  it("are together what each group may, and a schema that is written is read whole", () => {
    deepEqual(
      of(rights({ read: ["gold"], rows: [EU], masks: [HIDDEN] }), rights({ write: ["gold"], read: ["silver"] })),
      { people: ["ada"], write: ["gold"], read: ["silver"], bounded: [] },
    );
  });

  it("have the rows of every group, and all rows where a group reads all", () => {
    const table = (...groups: GroupRights[]) => of(...groups)?.bounded.map(({ where }) => where);
    const eu = rights({ read: ["gold"], rows: [EU] });
    deepEqual(table(eu), ["region = 'EU'"]);
    deepEqual(table(eu, rights({ read: ["gold"], rows: [US] })), ["(region = 'EU') OR (region = 'US')"]);
    deepEqual(table(rights({ read: ["gold"], rows: [EU, { table: "gold.orders", where: "price > 5 or old" }] })), [
      "(region = 'EU') AND (price > 5 or old)",
    ]);
    deepEqual(table(eu, rights({ read: ["gold"] })), []);
    // A group that does not read the schema gives nothing of it.
    deepEqual(table(eu, rights({ read: ["silver"] })), ["region = 'EU'"]);
  });

  it("mask a column that no group reads as it is", () => {
    const masked = rights({ read: ["gold"], masks: [HIDDEN] });
    deepEqual(of(masked)?.bounded, [{ table: "gold.orders", masks: { email: "'hidden'" } }]);
    deepEqual(of(masked, rights({ read: ["gold"], rows: [US] }))?.bounded, []);
    deepEqual(of(masked, rights({ read: ["gold"], masks: [{ ...HIDDEN, as: "NULL" }] }))?.bounded, [
      { table: "gold.orders", masks: { email: "'hidden'" } },
    ]);
  });

  it("are told in a line a group", () => {
    const groups = {
      analysts: rights({ read: ["gold"], rows: [EU], masks: [HIDDEN] }),
      engineers: rights({ write: ["silver"], read: ["bronze"] }),
      empty: rights({}),
    };
    const people = {
      ada: { groups: ["analysts"], password: 1 },
      bob: { groups: ["analysts", "engineers"], password: 1 },
    };
    deepEqual(described({ signIn: true, people, groups }), [
      "analysts (ada, bob): read gold; of gold.orders some rows; gold.orders.email masked",
      "engineers (bob): write silver; read bronze",
      "empty (nobody): nothing",
    ]);
  });

  it("are those of nobody without a group, and the same for people with the same groups", () => {
    const people = {
      bob: { groups: ["a"], password: 1 },
      ada: { groups: ["a", "a"], password: 1 },
      eve: { groups: [], password: 1 },
    };
    const all = parties({ signIn: true, people, groups: { a: rights({ read: ["gold"] }) } });
    deepEqual(
      all.map(({ people: names, read }) => [names, read]),
      [
        [["ada", "bob"], ["gold"]],
        [["eve"], []],
      ],
    );
  });
});
