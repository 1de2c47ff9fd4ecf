import assert from "node:assert/strict";

import fc from "fast-check";

import {
  type Around,
  filterMistakes,
  presetMistakes,
  sessionVariables,
} from "../../../../components/query/hasura/filter";

const AROUND: Around = {
  tables: new Map([
    [
      "public.orders",
      new Map([
        ["items", "public.order_items"],
        ["customer", "public.customers"],
      ]),
    ],
    ["public.order_items", new Map()],
    ["public.customers", new Map()],
  ]),
};

const told = (filter: unknown, table = "public.orders") =>
  [...filterMistakes(filter, table, AROUND)].map(
    ({ at, given, allowed }) => `${at.join(".")}: given ${given}; allowed: ${allowed}`,
  );

describe("a rule of rows", () => {
  for (const filter of [
    {},
    { customer_id: { _eq: "X-Hasura-User-Id" } },
    { total: { _gte: 0, _lt: 1000.5 }, paid: { _eq: true } },
    { _or: [{ note: { _is_null: true } }, { note: { _ilike: "%gift%" } }] },
    { _not: { _and: [{ id: { _in: [1, 2] } }, { id: { _nin: "x-hasura-hidden-ids" } }] } },
    { items: { price: { _gt: 3 } }, customer: { country: { _eq: "DE" } } },
    { shipped_at: { _cgt: "ordered_at" }, customer: { id: { _ceq: ["$", "customer_id"] } } },
    { _exists: { _table: { name: "customers" }, _where: { id: { _eq: "X-Hasura-User-Id" } } } },
    { tags: { _contains: { gift: true }, _has_key: "gift", _has_keys_any: ["a", "b"] } },
  ])
    it(`may be ${JSON.stringify(filter)}`, () => {
      assert.deepEqual(told(filter), []);
    });

  const WRONG: readonly (readonly [filter: unknown, line: RegExp])[] = [
    [{ id: { _equals: 1 } }, /^id\._equals: given _equals; allowed: an operator: _eq, _neq, /],
    [{ id: { _ne: 1 } }, /^id\._ne: given _ne; allowed: an operator: .*; did you mean '_neq'\?$/],
    [{ _any: [] }, /^_any: given _any; allowed: _and, _or, _not, _exists, a column or a relationship/],
    [{ $or: [] }, /^\$or: given \$or; allowed: _and/],
    [{ _or: { id: { _eq: 1 } } }, /^_or: given \{"id":\{"_eq":1\}\}; allowed: a list of rules/],
    [{ _and: [{ id: { _eq: 1 } }, 7] }, /^_and\.1: given 7; allowed: a rule such as/],
    [{ id: 7 }, /^id: given 7; allowed: an operator and its value/],
    [{ id: {} }, /^id: given \{\}; allowed: an operator and its value/],
    [{ id: { _eq: null } }, /^id\._eq: given null; allowed: a value or a session variable/],
    [{ id: { _in: 7 } }, /^id\._in: given 7; allowed: a list of values, or a session variable/],
    [{ id: { _in: [1, null] } }, /^id\._in: given \[1,null\]/],
    [{ note: { _is_null: "yes" } }, /^note\._is_null: given "yes"; allowed: true or false/],
    [{ note: { _like: 7 } }, /^note\._like: given 7; allowed: a text/],
    [{ id: { _ceq: ["customer", "id"] } }, /^id\._ceq: given \["customer","id"\]; allowed: a column of the same table/],
    [{ "id; drop": { _eq: 1 } }, /^id; drop: given id; drop; allowed: the name of a column/],
    [{ id: { _eq: "X_Hasura_User_Id" } }, /^id\._eq: given "X_Hasura_User_Id"; allowed: a session variable: X-Hasura-/],
    [{ id: { _in: ["X-HasuraId"] } }, /^id\._in\.0: given "X-HasuraId"; allowed: a session variable/],
    [
      { shop: { name: { _eq: "a" } } },
      /^shop: given a rule on shop; allowed: operators on a column, or a relationship of public\.orders: items, customer/,
    ],
    [{ items: { items: { id: { _eq: 1 } } } }, /^items\.items: .*a relationship of public\.order_items: none/],
    [
      { _exists: { _table: { name: "order" }, _where: {} } },
      /^_exists\._table: given public\.order; allowed: a table of/,
    ],
    [
      { _exists: { _table: { name: "customers" } } },
      /^_exists: given .*allowed: \{ _table: \{ schema, name \}, _where/,
    ],
    [{ _exists: { _table: { name: "customers" }, _where: { id: 1 } } }, /^_exists\._where\.id: given 1/],
  ];
  for (const [filter, line] of WRONG)
    it(`is refused in one line if it is ${JSON.stringify(filter)}`, () => {
      const lines = told(filter);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", line);
    });

  it("has all its mistakes told at once", () => {
    assert.equal(told({ id: { _equals: 1, _in: 3 }, _nor: [], total: 4 }).length, 4);
  });

  it("of any form is judged without an exception", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const line of told(value)) assert.doesNotMatch(line, /undefined/);
      }),
    );
  });
});

describe("values that each row gets", () => {
  it("are scalars and session variables of columns", () => {
    assert.deepEqual([...presetMistakes({ customer_id: "X-Hasura-User-Id", paid: false, total: 0 }, [])], []);
    const wrong = [...presetMistakes({ "a b": 1, "tags": ["x"], "id": "x-hasura_id", "note": null }, [])];
    assert.deepEqual(
      wrong.map(({ at }) => at[0]),
      ["a b", "tags", "id", "note"],
    );
  });
});

describe("session variables", () => {
  it("are found wherever they stand, whatever their case", () => {
    assert.deepEqual(
      sessionVariables({
        _or: [{ id: { _eq: "X-Hasura-User-Id" } }, { org: { _in: "x-hasura-orgs" } }],
        n: { _eq: "x" },
      }),
      ["x-hasura-user-id", "x-hasura-orgs"],
    );
  });
});
