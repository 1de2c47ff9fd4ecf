import assert from "node:assert/strict";

import { PRESETS } from "../../../../components/core/system";
import { check } from "../../../../components/query/hasura/check";
import { divided } from "../../../../components/query/hasura/connections";
import { hasura as described } from "../../../../components/query/hasura/system";
import { SettingsError } from "../../../../components/settings";
import { settings, shop, SHOP, stackOf, table } from "./settings";

/** Lines of a refusal. */
function refused(hasura: object, cluster?: object): string[] {
  try {
    stackOf(hasura, cluster);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message.split("\n");
  }
  return [];
}
const lines = (given: object) => [...check(settings(given))].map(({ path, message }) => `${path}: ${message}`);

describe("settings of Hasura", () => {
  it("of the shop are right", () => {
    assert.deepEqual(lines({ sources: [SHOP], unauthorizedRole: "anonymous" }), []);
  });

  const WRONG: readonly (readonly [what: string, given: object, line: RegExp])[] = [
    [
      "a source's name again",
      { sources: [SHOP, SHOP] },
      /sources\[1\]\.name: given "shop", as in lakehouse:query\.hasura\.sources\[0\]/,
    ],
    [
      "Hasura's own database",
      { sources: [{ ...SHOP, database: "hasura" }] },
      /sources\[0\]\.database: given "hasura", which is Hasura's own/,
    ],
    [
      "a table again",
      { sources: [{ ...SHOP, tables: [{ name: "a" }, { name: "a" }] }] },
      /tables\[1\]\.name: given "public\.a"/,
    ],
    [
      "one field of two sources",
      { sources: [SHOP, { name: "other", database: "other", tables: [{ name: "orders" }] }] },
      /sources\[1\]\.prefix: given none, by which public\.orders is the field orders, as a table of source shop is; allowed: a prefix/,
    ],
    [
      "a relationship to a table that is not served",
      table({}, { relationships: [{ name: "items", to: "many", table: "items", columns: { id: "order_id" } }] }),
      /tables\[0\]\.relationships\[0\]\.table: given public\.items; allowed: a table of the same source: public\.orders/,
    ],
    [
      "an unknown operator",
      table({ a: { select: { columns: ["id"], rows: { id: { _equals: 1 } } } } }),
      /tables\[0\]\.roles\.a\.select\.rows\.id\._equals: given _equals; allowed: an operator/,
    ],
    [
      "a wrong check of new rows",
      table({ a: { insert: { columns: ["id"], check: { _or: 1 } } } }),
      /roles\.a\.insert\.check\._or: given 1; allowed: a list of rules/,
    ],
    [
      "a wrong preset",
      table({ a: { update: { columns: ["id"], rows: {}, set: { id: [1] } } } }),
      /roles\.a\.update\.set\.id: given \[1\]; allowed: a value/,
    ],
    [
      "a role for everybody that nothing names",
      { unauthorizedRole: "anyone", sources: [SHOP] },
      /unauthorizedRole: given "anyone", which may do nothing/,
    ],
    [
      "a role for everybody whose rows depend on who asks",
      { unauthorizedRole: "customer", sources: [SHOP] },
      /roles\.customer\.select\.rows: given x-hasura-user-id, which callers without a token do not have/,
    ],
    [
      "an issuer's address that no range has",
      { jwt: { jwkUrl: "https://192.0.2.7/jwks", cidrs: ["198.51.100.0/24"], issuer: "a" } },
      /jwt\.cidrs: given 198\.51\.100\.0\/24, and 192\.0\.2\.7 of lakehouse:query\.hasura\.jwt\.jwkUrl is in none of them/,
    ],
    [
      "an operation's name again",
      { operations: [1, 2].map(() => ({ name: "a", query: "{ a }" })) },
      /operations\[1\]\.name: given "a"/,
    ],
  ];
  for (const [what, given, line] of WRONG)
    it(`refuse ${what} in one line`, () => {
      const found = lines(given).filter((each) => line.test(each));
      assert.equal(found.length, 1, lines(given).join("\n"));
    });

  it("refuse what has the wrong form, all at once", () => {
    const found = refused({
      enabled: true,
      cors: ["*"],
      unauthorizedRole: "admin",
      sources: [
        {
          name: "shop_2",
          database: "shop",
          tables: [
            {
              name: "a",
              roles: { admin: {}, b: { select: { columns: ["x;y"] }, insert: { columns: [], check: {} } } },
            },
          ],
        },
      ],
      operations: [{ name: "a", query: "drop table a" }],
    });
    for (const line of [
      /cors\[0\]: given "\*"; allowed: a URL of a host/,
      /unauthorizedRole: given "admin"; allowed: the name of a role/,
      /sources\[0\]\.name: given "shop_2"; allowed: lower-case words/,
      /roles.*'admin' is not allowed as a name/,
      /columns\[0\]: given "x;y"; allowed: the name of a column/,
      /roles\.b\.select\.rows: missing; allowed: a rule such as/,
      /insert\.columns: given \[\]; allowed: at least one column/,
      /operations\[0\]\.query: given "drop table a"; allowed: the text of an operation/,
    ])
      assert.equal(found.filter((each) => line.test(each)).length, 1, `${String(line)} of\n${found.join("\n")}`);
  });

  it("have no console where data is protected, and one where it is not", () => {
    const on = { enabled: true, console: true };
    assert.deepEqual(refused(on, { protectData: false }), []);
    assert.deepEqual(refused(on), [
      "settings: lakehouse:query.hasura.console: given true while lakehouse:cluster.protectData is true, as in production; allowed: false",
    ]);
    assert.deepEqual(refused({ enabled: false, console: true }), []);
  });

  it("have enough connections in every preset", () => {
    for (const preset of PRESETS) {
      const sizes = described.presets?.[preset] ?? {};
      assert.ok(divided(shop(sizes)) !== undefined, preset);
    }
  });
});
