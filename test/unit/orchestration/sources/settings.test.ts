import { deepEqual, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { settingsFrom, SettingsError } from "../../../../components/settings";
import { PROJECT_FOLDER } from "../../../../inputs/project";

const IMAGE = "registry.example.org/sources:1";
const RANGE = ["192.0.2.0/24"];
const DAILY = { schedule: "0 1 * * *" };
const HTTP = { kind: "http", url: "https://data.example.org/a.csv", cidrs: RANGE, format: "csv", ...DAILY };
const TABLE = { kind: "jdbc", store: "postgres", database: "shop", table: "orders", highWater: "id", ...DAILY };
const OUTSIDE = { kind: "jdbc", url: "mariadb://db.example.org:3306/crm", cidrs: RANGE, secret: "crm", ...DAILY };

function mistakes(item?: object, more: object = {}, storage: object = {}): string[] {
  try {
    settingsFrom({
      nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
      pools: { all: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: RANGE }, ...storage },
      orchestration: {
        sources: { enabled: true, image: IMAGE, ...(item === undefined ? {} : { items: { one: item } }), ...more },
      },
    });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
}

const PATH = "lakehouse:orchestration.sources";

describe("settings of sources", () => {
  it("accept each kind", () => {
    const s3 = { kind: "s3", endpoint: "https://s3.example.net", cidrs: RANGE, bucket: "exports", secret: "keys" };
    const files = { kind: "files", claim: "drop", format: "json", ...DAILY };
    for (const item of [HTTP, TABLE, { ...OUTSIDE, query: "select 1 as id", highWater: "id" }, files])
      deepEqual(mistakes(item), []);
    deepEqual(mistakes({ ...s3, format: "parquet", ...DAILY }), []);
  });

  it("refuse to be on without an image, without sources, or without memory for the libraries", () => {
    match(mistakes(HTTP, { image: undefined })[0] ?? "", /sources\.image not given; .* services\/sources/);
    deepEqual(mistakes(), [`${PATH}.items given none while enabled is true; allowed: at least one source`]);
    match(mistakes(HTTP, { job: { memory: "128Mi" } })[0] ?? "", /job\.memory given 128Mi; allowed: at least 256Mi/);
    deepEqual(mistakes(undefined, { enabled: false, image: undefined }), []);
  });

  const wrong: Readonly<Record<string, readonly [item: object, told: RegExp]>> = {
    "an unknown kind": [{ ...HTTP, kind: "ftp" }, /items\.one.* kind: http, s3, jdbc or files/],
    "a schedule that is none": [{ ...HTTP, schedule: "61 * * * *" }, /schedule .* a cron schedule of five fields/],
    "a password in a URL": [{ ...HTTP, url: "https://a:b@data.example.org/a" }, /url .*without a user or password/],
    "a password in the URL of a database": [
      { ...OUTSIDE, url: "mariadb://a:b@db.example.org:3306/crm", table: "t", highWater: "id" },
      /url .*without a user or password/,
    ],
    "a table without a high-water column": [{ ...TABLE, highWater: undefined }, /highWater .*names of SQL/],
    "a table and a query": [{ ...TABLE, query: "select 1" }, /table allowed: either a table or a query/],
    "two statements": [{ ...TABLE, table: undefined, query: "select 1; drop table a" }, /query .* without a semicolon/],
    "a query of PostgreSQL without its tables": [
      { ...TABLE, table: undefined, query: "select 1" },
      /tables given none with a query of store postgres/,
    ],
    "a database here and elsewhere": [{ ...TABLE, url: OUTSIDE.url }, /url allowed: either a store of this stack or/],
    "a database elsewhere without a Secret": [
      { ...OUTSIDE, secret: undefined, table: "t", highWater: "id" },
      /secret not given with a url/,
    ],
    "a Secret for a database of the stack": [{ ...TABLE, secret: "own" }, /secret given with store postgres/],
    "a sign-in without a Secret": [{ ...HTTP, auth: "bearer" }, /secret not given with auth bearer.* the key token/],
    "a Secret without a sign-in": [{ ...HTTP, secret: "a" }, /auth given none with a secret/],
    "a host without addresses": [{ ...HTTP, cidrs: undefined }, /cidrs .*a list of ranges/],
    "a batch that is too large for one request": [{ ...HTTP, maxSize: "6Gi" }, /maxSize .*1Mi to 5Gi/],
    "a folder above the drop": [
      { kind: "files", claim: "drop", format: "json", folder: "/../etc", ...DAILY },
      /folder .*an absolute path/,
    ],
    "a MariaDB that the stack has not": [
      { ...TABLE, store: "mariadb" },
      /store given mariadb while lakehouse:storage.mariadb.enabled is false/,
    ],
  };
  for (const [what, [item, told]] of Object.entries(wrong))
    it(`refuse ${what}, in one line`, () => {
      const lines = mistakes(item);
      match(lines[0] ?? "", told);
      deepEqual(lines.length, 1, lines.join("\n"));
    });

  it("accept the example of their page, which has each kind", () => {
    const page = readFileSync(join(PROJECT_FOLDER, "docs/systems/sources.md"), "utf8");
    const [, text = ""] = /```yaml\n(lakehouse:orchestration:[\s\S]*?)```/.exec(page) ?? [];
    const { sources } = (parse(text) as Record<string, { sources: { items: Record<string, { kind: string }> } }>)[
      "lakehouse:orchestration"
    ] ?? { sources: { items: {} } };
    deepEqual(mistakes(undefined, sources), []);
    deepEqual(new Set(Object.values(sources.items).map(({ kind }) => kind)), new Set(["http", "s3", "jdbc", "files"]));
  });

  it("refuse a database that MariaDB has not", () => {
    const storage = { mariadb: { enabled: true, databases: [{ name: "crm" }] } };
    match(mistakes({ ...TABLE, store: "mariadb" }, {}, storage)[0] ?? "", /database given "shop", .* allowed: crm/);
    deepEqual(mistakes({ ...TABLE, store: "mariadb", database: "crm" }, {}, storage), []);
  });
});
