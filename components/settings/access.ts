import { z } from "zod";

import { schemaOf } from "../core/access";
import { count, mode, section } from "../fields/fields";
import { clientNames } from "../core/login";
import { suggestion } from "../fields/mistakes";
import { systems } from "../systems";
import { hasTrustedIssuer, TRUSTED_ISSUER } from "./issuer";
import type { Rule } from "./rule";

const NAME = "a name as it signs in: lower-case letters, digits, '-', '_' and '.', beginning with a letter, at most 40";
const GROUP = "a group's name: lower-case letters, digits, '-' and '_', beginning with a letter, at most 40";
const SCHEMA = "a schema such as gold, of the lake, or postgres.public, of another catalog";
const TABLE = "a table with its schema, such as gold.orders or postgres.public.customers";
const COLUMN = "a column's name: lower-case letters, digits and '_', beginning with a letter";
const SQL = "an expression in SQL on the table's columns, at most 2000 characters, in one line";

const WORD = "[a-z][a-z0-9_]{0,127}";
const named = (form: string, error: string) => z.string({ error }).regex(new RegExp(`^${form}$`), { error });
const group = named("[a-z][a-z0-9_-]{0,39}", GROUP);
const schema = named(`${WORD}([.]${WORD})?`, SCHEMA);
const table = named(`${WORD}[.]${WORD}([.]${WORD})?`, TABLE);
// A `;` or the begin of a comment would end it within the statement that it stands in.
const expression = named("(?!.*(;|--|/[*]))[^\\n\\r]{1,2000}", SQL);

const rights = section({
  read: z
    .array(schema, { error: "a list of schemas" })
    .default([])
    .describe("schemas whose tables are read; default none"),
  write: z
    .array(schema, { error: "a list of schemas" })
    .default([])
    .describe("schemas whose tables are made, changed, dropped and read; default none"),
  rows: z
    .array(section({ table, where: expression.describe("condition in SQL that a row meets, such as region = 'EU'") }), {
      error: "a list of { table, where }",
    })
    .default([])
    .describe("tables of which only some rows are read; several conditions on one table all hold; default none"),
  masks: z
    .array(
      section({
        table,
        column: named(WORD, COLUMN),
        as: expression.describe("expression in SQL in place of the column, such as NULL or substr(phone, 1, 4)"),
      }),
      { error: "a list of { table, column, as }" },
    )
    .default([])
    .describe("columns whose values are read as another expression; default none"),
});

const person = section({
  groups: z
    .array(group, { error: "a list of groups" })
    .default([])
    .describe("of lakehouse:access.groups; default none"),
  password: count(1, 999)
    .default(1)
    .describe("generation of the person's generated password: 1 more than before gives a new one; default 1"),
});

/** Who asks SQL engines, and what they may read and write. */
export const access = section({
  signIn: mode("off", "password")
    .default("off")
    .describe(
      "how people and programs sign in to Trino: off, anybody with a way to it is whom they say they are; password, by generated passwords over TLS; default off",
    ),
  people: z
    .record(named("[a-z][a-z0-9._-]{0,39}", NAME), person, {
      error: "people by name, such as { ada: { groups: [analysts] } }",
    })
    .default({})
    .describe("who signs in, by name: groups, password; default nobody"),
  groups: z
    .record(group, rights, { error: "groups by name, such as { analysts: { read: [gold] } }" })
    .default({})
    .describe("what people may read and write, by group: read, write, rows, masks; default none"),
}).prefault({});

const PATH = "lakehouse:access";

/** Users of programs: of every service that has credentials, and of those who watch and end Trino. */
const PROGRAMS = new Set(["prometheus", "shutdown", ...systems.flatMap(({ clients = [] }) => clients)]);

/** Rights hold for nobody who may say that he is another, and bounds only where a group reads and does not write. */
export const boundRights: Rule = function* ({ access: { signIn, people, groups }, query, cluster, catalog }) {
  const signedIn = signIn !== "off" || catalog.identity.mode !== "off";
  if (!signedIn) {
    for (const [key, all] of [
      ["people", people],
      ["groups", groups],
    ] as const)
      if (Object.keys(all).length > 0)
        yield {
          path: `${PATH}.${key}`,
          message:
            "given, but nobody signs in; allowed: none, or lakehouse:access.signIn: password, or lakehouse:catalog.identity.mode: deployed or existing",
        };
    return;
  }
  if (signIn !== "off" && !query.trino.enabled)
    yield { path: `${PATH}.signIn`, message: `given ${signIn}, but the stack runs no Trino; allowed: off` };
  if (signIn !== "off" && !hasTrustedIssuer(cluster))
    yield { path: `${PATH}.signIn`, message: `given ${signIn}, which needs TLS; allowed: off, or ${TRUSTED_ISSUER}` };
  for (const name of Object.keys(people))
    if (clientNames(name).some((each) => PROGRAMS.has(each)))
      yield {
        path: `${PATH}.people.${name}`,
        message: "given, but a program signs in by this name; allowed: another name",
      };
  for (const [name, { groups: own }] of Object.entries(people))
    for (const [at, each] of own.entries())
      if (!Object.hasOwn(groups, each))
        yield {
          path: `${PATH}.people.${name}.groups[${String(at)}]`,
          message: `given ${each}, no group${suggestion(each, Object.keys(groups))}; allowed: ${Object.keys(groups).join(", ") || "none, until there are groups"}`,
        };
  for (const [name, { read, write, rows, masks }] of Object.entries(groups))
    for (const key of ["rows", "masks"] as const)
      for (const [at, { table: bounded }] of { rows, masks }[key].entries())
        if (!read.includes(schemaOf(bounded)) || write.includes(schemaOf(bounded)))
          yield {
            path: `${PATH}.groups.${name}.${key}[${String(at)}].table`,
            message: `given ${bounded}, in a schema that the group ${write.includes(schemaOf(bounded)) ? "writes" : "does not read"}; allowed: tables of ${read.filter((each) => !write.includes(each)).join(", ") || "schemas that it reads"}`,
          };
};
