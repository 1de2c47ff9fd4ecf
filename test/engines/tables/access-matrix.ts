/** Who may do what with which table in the proof of Trino's rights; the table in docs/security.md is made of it. */

export const GROUPS = {
  analysts: {
    read: ["acl_gold"],
    rows: [{ table: "acl_gold.orders", where: "region = 'EU'" }],
    masks: [{ table: "acl_gold.orders", column: "email", as: "'hidden'" }],
  },
  europe: { read: ["acl_gold"], rows: [{ table: "acl_gold.orders", where: "region = 'US'" }] },
  engineers: { read: ["acl_bronze"], write: ["acl_gold", "acl_silver"] },
  joiners: { read: ["postgres.acl"] },
};

export const PEOPLE = {
  ada: { groups: ["analysts"] },
  grace: { groups: ["analysts", "europe"] },
  linus: { groups: ["engineers"] },
  jim: { groups: ["joiners"] },
  nadia: { groups: [] },
};
export type Name = keyof typeof PEOPLE;
export const NAMES = Object.keys(PEOPLE) as Name[];

type May = Readonly<Partial<Record<Name, "read" | "write">>>;
/** By table; who is not named may nothing. */
export const TABLES: Readonly<Record<string, May>> = {
  "lakehouse.acl_gold.orders": { ada: "read", grace: "read", linus: "write" },
  "lakehouse.acl_gold.products": { ada: "read", grace: "read", linus: "write" },
  "lakehouse.acl_silver.events": { linus: "write" },
  "lakehouse.acl_bronze.events": { linus: "read" },
  "postgres.acl.customers": { jim: "read" },
};

/** Statements by what they do with a table. */
export const ACTIONS: Readonly<Record<string, (table: string) => string>> = {
  select: (table) => `select count(*) from ${table}`,
  insert: (table) => `insert into ${table} select * from ${table} where false`,
  delete: (table) => `delete from ${table} where id = -1`,
  update: (table) => `update ${table} set id = 0 where id = -1`,
  alter: (table) => `alter table ${table} add column added_by_nobody int`,
  truncate: (table) => `truncate table ${table}`,
  drop: (table) => `drop table ${table}`,
  rename: (table) => `alter table ${table} rename to stolen`,
  comment: (table) => `comment on table ${table} is 'x'`,
  optimize: (table) => `alter table ${table} execute optimize`,
  copy: (table) => `create table ${table}_copy as select * from ${table}`,
  view: (table) => `create view ${table}_view as select * from ${table}`,
};

/** What would end a table for those who come after is tried by those alone who may not. */
export const LAST: readonly string[] = ["alter", "truncate", "drop", "rename", "copy", "view"];

/** The table of docs/security.md. */
export function matrix(): string {
  const shown = (may: May, name: Name, table: string) => {
    const right = may[name] ?? "–";
    return right === "read" && name === "ada" && table.endsWith("orders") ? "some rows, masked" : right;
  };
  const lines = Object.entries(TABLES).map(
    ([table, may]) => `| \`${table}\` | ${NAMES.map((name) => shown(may, name, table)).join(" | ")} |`,
  );
  const head = NAMES.map((name) => `${name} (${PEOPLE[name].groups.join(", ") || "no group"})`);
  return [`| table | ${head.join(" | ")} |`, `| --- |${" --- |".repeat(head.length)}`, ...lines].join("\n");
}
