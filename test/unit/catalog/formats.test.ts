import assert from "node:assert/strict";

import { icebergTableDefaults } from "../../../components/catalog/iceberg";
import { tableFormats } from "../../../components/catalog/formats";
import { FORMAT_WORDS, TABLE_FORMATS } from "../../../components/core/table-formats";
import { formatNotes } from "../../../components/settings/locked-out";
import { engines } from "../../../components/settings/table-engines";
import { settingsFrom, SettingsError, type Settings } from "../../../components/settings";
import type { Fragment } from "../../../components/settings/presets";
import { merge } from "../../../components/settings/presets";
import { systems } from "../../../components/systems";
import { systemName } from "../../../components/core/system";
import { everything } from "../../../cli/system-pages";

const BASE: Fragment = {
  preset: "homelab",
  nodes: [{ name: "one", pool: "all", cpu: 4096, memory: "64Ti" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
};
const settings = (...more: Fragment[]): Settings => settingsFrom([BASE, ...more].reduce(merge));
const formats = (given: Fragment): Fragment => ({ catalog: { formats: given } });
const refused = (...more: Fragment[]): readonly string[] => {
  try {
    settings(...more);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.lines;
  }
  return [];
};
const WITHOUT_FLINK: Fragment = { streaming: { flink: { enabled: false } } };
const PRESTO: Fragment = { query: { presto: { enabled: true } } };

describe("formats of tables", () => {
  it("are Iceberg 2 unless the settings say otherwise", () => {
    const { formats: own } = settings().catalog;
    const none = tableFormats(own);
    assert.deepEqual(none.of("gold.daily_events"), { format: "iceberg 2" });
    assert.deepEqual([none.delta, none.used], [false, ["iceberg 2"]]);
    assert.deepEqual(formatNotes(settings()), []);
  });

  it("are a table's own, then its namespace's, then the default", () => {
    const given = settings(
      WITHOUT_FLINK,
      formats({
        icebergVersion: 3,
        tables: { "gold": { format: "delta" }, "gold.plain": {}, "silver.old": { icebergVersion: 2 } },
      }),
    );
    const of = (table: string) => tableFormats(given.catalog.formats).of(table).format;
    assert.deepEqual(["gold.daily_events", "gold.plain", "silver.old", "silver.events", "gold"].map(of), [
      "delta",
      "iceberg 3",
      "iceberg 2",
      "iceberg 3",
      "delta",
    ]);
    const versions = ["silver.old", "silver.events"].map(
      (table) => icebergTableDefaults(tableFormats(given.catalog.formats), table)["format-version"],
    );
    assert.deepEqual(versions, ["2", "3"]);
  });

  it("name the engines that they lock out, by versions", () => {
    const on = settings(PRESTO, { query: { trino: { version: "476" } } }, formats({ icebergVersion: 3 }));
    const [line = ""] = formatNotes(on);
    assert.match(
      line,
      /^lakehouse:catalog\.formats: new Iceberg tables are Iceberg version 3; locked out: .*Trino 476/,
    );
    assert.match(line, /Presto 0\.\d+/);
    assert.doesNotMatch(line, /Spark 4/);
    const newer = settings(PRESTO, { query: { trino: { version: "484" } } }, formats({ icebergVersion: 3 }));
    assert.doesNotMatch(formatNotes(newer)[0] ?? "", /Trino/);
  });

  it("are named by the namespaces that have them, with Delta's one writer", () => {
    const lines = formatNotes(settings(WITHOUT_FLINK, formats({ tables: { marts: { format: "delta" } } })));
    assert.match(lines[0] ?? "", /new tables of marts are Delta/);
    assert.match(lines[1] ?? "", /one writer at a time/);
  });

  it("count an engine that says nothing of a format, or says nothing at all, as locked out", () => {
    const all = everything(systems.find(({ key }) => key === "trino")!);
    const given = { ...all, catalog: { ...all.catalog, formats: { icebergVersion: 3, tables: {} } } };
    const silent = engines(given).filter(({ engine }) => engine?.does["iceberg 3"] === undefined);
    assert.ok(silent.length > 0);
    for (const { system, engine } of silent)
      assert.match(formatNotes(given)[0] ?? "", new RegExp(engine?.name ?? system));
  });

  it("are said by every system that needs the catalog of tables", () => {
    const needing = systems.filter(({ needs }) => Object.values(needs).some(({ of }) => of === "tables"));
    assert.ok(needing.length >= 7);
    assert.deepEqual(
      needing.filter(({ tableEngine }) => tableEngine === undefined).map(systemName),
      [],
      "say what it does with tables of each format: tableEngine",
    );
    assert.deepEqual(Object.keys(FORMAT_WORDS), TABLE_FORMATS);
  });

  it("are refused where a program of the stack writes the table and cannot", () => {
    const lines = refused(
      { streaming: { flink: { enabled: true }, kafka: { enabled: true } } },
      formats({ tables: { gold: { format: "delta" } } }),
    );
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0] ?? "",
      /catalog\.formats\.tables\.gold: given Delta, and Flink [\d.]+ writes gold\.orders_per_minute, which it writes as Iceberg/,
    );
    const silver = refused(WITHOUT_FLINK, formats({ tables: { "silver.events": { format: "delta" } } }));
    assert.match(silver[0] ?? "", /tables\.silver\.events: given Delta, and Spark [\d.]+ writes silver\.events/);
    assert.deepEqual(refused(WITHOUT_FLINK, formats({ tables: { gold: { format: "delta" } } })), []);
  });

  it("are refused where they contradict themselves", () => {
    assert.match(
      refused(formats({ tables: { marts: { format: "delta", icebergVersion: 3 } } }))[0] ?? "",
      /for Delta tables; allowed: none/,
    );
    assert.match(refused(formats({ icebergVersion: 4 }))[0] ?? "", /given 4; allowed: a whole number, 2 to 3/);
    assert.match(refused(formats({ tables: { "a b": {} } }))[0] ?? "", /'a b' is not allowed as a name/);
  });
});

describe("maintenance of Delta tables", () => {
  const gold = formats({ tables: { gold: { format: "delta" } } });
  const policy = (of: Fragment): Fragment => ({ compute: { spark: { maintenance: of } } });

  it("refuses by name what Delta has nothing for, and takes the rest", () => {
    const wrong = { minInputFiles: 3, retainSnapshots: 2, retainStreamDays: 4, sort: "event_date" };
    const lines = refused(WITHOUT_FLINK, gold, policy({ policies: { gold: wrong } }));
    assert.deepEqual(
      lines.map((line) => /policies\.gold\.(\w+): /.exec(line)?.[1]),
      Object.keys(wrong),
    );
    const right = {
      targetFileSize: "64Mi",
      retainDays: 3,
      orphanDays: 4,
      lateFiles: 10,
      sort: "zorder(event_date, users)",
    };
    assert.deepEqual(refused(WITHOUT_FLINK, gold, policy({ policies: { gold: right } })), []);
  });

  it("refuses an order of all tables that is none for Delta's", () => {
    const [line = ""] = refused(WITHOUT_FLINK, gold, policy({ sort: "event_date" }));
    assert.match(line, /maintenance\.sort: given 'event_date' for gold too/);
    const own = { sort: "event_date", policies: { gold: { sort: "zorder(event_date, users)" } } };
    assert.deepEqual(refused(WITHOUT_FLINK, gold, policy(own)), []);
  });
});
