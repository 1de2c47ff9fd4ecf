import { deepEqual, equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { form, type FormName, FORMS } from "../../../cli/local/forms";
import { limitsOf, sql, statementOf } from "../../../cli/local/sql";
import { GiB, MiB } from "../../../components/core/quantity";
import { PROJECT_FOLDER } from "../../../inputs/project";
import type { Cell } from "../../../sandbox/engines/local/duckdb";
import { LIMITS, variables } from "../../../sandbox/engines/local/duckdb";
import { LocalHome } from "../../../sandbox/engines/local/home";

const COLUMNS = [
  { name: "id", numeric: true },
  { name: "what", numeric: false },
];
const ROWS: readonly (readonly Cell[])[] = [
  [{ number: "1" }, 'a "b", c'],
  [{ number: "-20" }, null],
  [{ number: "3.5" }, "two\nlines"],
  [null, { list: [{ number: "1" }, null, { map: [["k", { bytes: "61ff" }]] }] }],
];

describe("results of DuckDB in the forms of Trino's client", () => {
  const text = (name: FormName, rows = ROWS, width?: number) => {
    const made = form(name, COLUMNS, width);
    return (made.rows(rows, true) + made.end()).split("\n");
  };

  it("CSV: every value quoted, NULL as nothing; the same with names", () => {
    const lines = ['"1","a ""b"", c"', '"-20",""', '"3.5","two', 'lines"', '"","[1, NULL, {k=61 ff}]"', ""];
    deepEqual(text("CSV"), lines);
    deepEqual(text("CSV_HEADER"), ['"id","what"', ...lines]);
    deepEqual(text("CSV_HEADER", []), ['"id","what"', ""]);
  });

  it("TSV: one line a row, whatever stands in it", () => {
    deepEqual(text("TSV"), ['1\ta "b", c', "-20\t", "3.5\ttwo\\nlines", "\t[1, NULL, {k=61 ff}]", ""]);
    deepEqual(text("TSV_HEADER", []), ["id\twhat", ""]);
  });

  it("JSON: an object a row, with numbers as they are", () => {
    deepEqual(text("JSON"), [
      '{"id":1,"what":"a \\"b\\", c"}',
      '{"id":-20,"what":null}',
      '{"id":3.5,"what":"two\\nlines"}',
      '{"id":null,"what":[1,null,{"k":"61 ff"}]}',
      "",
    ]);
  });

  it("ALIGNED: names in the middle, numbers on the right, a plus where a value goes on, and the count", () => {
    deepEqual(text("ALIGNED"), [
      "  id  |         what         ",
      "------+----------------------",
      '    1 | a "b", c             ',
      "  -20 | NULL                 ",
      "  3.5 | two                 +",
      "      | lines                ",
      " NULL | [1, NULL, {k=61 ff}] ",
      "(4 rows)",
      "",
    ]);
    deepEqual(text("ALIGNED", []), [" id | what ", "----+------", "(0 rows)", ""]);
    deepEqual(text("ALIGNED", [[{ number: "1" }, "宽"]]).slice(2), ["  1 | 宽   ", "(1 row)", ""]);
  });

  it("VERTICAL: a record a row", () => {
    deepEqual(text("VERTICAL", ROWS.slice(1, 3)), [
      "-[ RECORD 1 ]",
      "id   | -20",
      "what | NULL",
      "-[ RECORD 2 ]",
      "id   | 3.5",
      "what | two",
      "     | lines",
      "",
    ]);
    deepEqual(text("VERTICAL", []), ["(no rows)", ""]);
  });

  it("MARKDOWN: a table, with what has a meaning there escaped", () => {
    deepEqual(text("MARKDOWN", [[{ number: "1" }, "a|b_c\nd"]]), [
      "| id | what         |",
      "| --:| ------------ |",
      String.raw`|  1 | a\|b\_c<br>d |`,
      "",
    ]);
  });

  it("AUTO: aligned where the terminal is wide enough, else records", () => {
    deepEqual(text("AUTO", ROWS, 80), text("ALIGNED"));
    deepEqual(text("AUTO", ROWS, 20), text("VERTICAL"));
  });

  it("shows rows that come in parts with one head and one count", () => {
    for (const name of FORMS.filter((each) => !["ALIGNED", "AUTO", "MARKDOWN", "VERTICAL"].includes(each))) {
      const made = form(name, COLUMNS);
      equal(made.rows(ROWS.slice(0, 1), false) + made.rows(ROWS.slice(1), true) + made.end(), text(name).join("\n"));
    }
    const made = form("ALIGNED", COLUMNS);
    const parts = made.rows(ROWS.slice(0, 2), false) + made.rows(ROWS.slice(2), true) + made.end();
    equal(parts.match(/what/g)?.length, 1);
    equal(parts.trimEnd().split("\n").at(-1), "(4 rows)");
  });
});

describe("'lakehouse local sql' with an engine", () => {
  const machine = { memory: 8 * GiB, available: 4 * GiB };
  const home = new LocalHome("/nowhere/lakehouse");

  it("refuses others than Trino and DuckDB, unknown forms, and limits that Trino does not take", async () => {
    const refused = (options: Parameters<typeof sql>[1]) =>
      sql(home, options).then(
        () => "ran",
        (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
      );
    equal(
      await refused({ engine: "presto", execute: "select 1" }),
      "InputError: --engine presto: allowed: trino, duckdb",
    );
    equal(
      await refused({ engine: "duckdb", format: "xml", execute: "select 1" }),
      `InputError: --format xml: allowed: ${FORMS.join(", ")}`,
    );
    equal(await refused({ maxRows: "5" }), "InputError: --max-rows 5: allowed: with --engine duckdb only");
    equal(
      await refused({ engine: "duckdb", execute: "select 1" }),
      "InputError: the lakehouse in /nowhere/lakehouse is not running; 'npx lakehouse local start' starts it",
    );
  });

  it("has limits, each with a default, and one line for each that is not allowed", () => {
    deepEqual(limitsOf({}, machine), LIMITS);
    deepEqual(limitsOf({ maxMemory: "256Mi", maxSeconds: "5", maxRows: "7" }, machine), {
      memory: 256 * MiB,
      seconds: 5,
      rows: 7,
    });
    throws(() => limitsOf({ maxMemory: "9Gi", maxSeconds: "0", maxRows: "many" }, machine), {
      name: "InputError",
      message: [
        "--max-memory 9Gi: allowed: from 64Mi to 8Gi, such as 2Gi",
        "--max-seconds 0: allowed: a whole number from 1 to 86400",
        "--max-rows many: allowed: a whole number from 1 to 100000000",
      ].join("\n"),
    });
  });

  it("takes one statement, from the command line or a file", () => {
    equal(statementOf({ execute: "select 1" }), "select 1");
    throws(() => statementOf({}), /given neither -e nor -f; allowed: one of them/);
    throws(() => statementOf({ execute: "select 1", file: "a.sql" }), /given -e and -f; allowed: one of them/);
    throws(() => statementOf({ file: "/nowhere/a.sql" }), /^InputError: -f \/nowhere\/a\.sql: no such file/);
  });

  it("gives DuckDB the addresses and the key of the folder, and its limits", () => {
    const logins = [{ name: "spark-s3", user: "spark", password: "a secret" }];
    const ports = { s3: 29000, rest: 29084 } as NonNullable<LocalHome["state"]["ports"]>;
    const given = variables({ state: { ports }, logins }, "/nowhere", { memory: GiB, seconds: 5, rows: 7 }, "/spill");
    const own = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name.replace("QUERY_API_", ""), value]),
    );
    deepEqual(
      [own.DUCKDB_MEMORY, own.DUCKDB_SPILL_BYTES, own.PROCESS_MEMORY, own.MAX_SECONDS, own.MAX_ROWS],
      ["1024Mi", "4096Mi", "2048Mi", "5", "7"],
    );
    deepEqual([own.S3_ENDPOINT, own.S3_KEY, own.S3_SECRET], ["http://127.0.0.1:29000", "spark", "a secret"]);
    equal(
      own.DUCKDB_CATALOGS,
      '{"lakehouse":{"endpoint":"http://127.0.0.1:29084/iceberg","warehouse":"s3://warehouse/"}}',
    );
  });

  it("has the DuckDB of the query API, with its extensions", () => {
    const lock = readFileSync(join(PROJECT_FOLDER, "services", "query-api", "requirements-test.lock"), "utf8");
    const versions = ["duckdb", ...["avro", "httpfs", "iceberg"].map((name) => `duckdb-extension-${name}`)].map(
      (name) => new RegExp(`^${name}==(\\S+)`, "m").exec(lock)?.[1],
    );
    equal(new Set(versions).size, 1);
    equal(versions.includes(undefined), false);
  });
});
