import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PRESETS, type PresetName } from "../../../components/core/system";
import { bookNames, readBook } from "../../../pricing/books";
import { presetCost, stackCost } from "../../../pricing/cost";
import { InputError } from "../../../inputs/input-error";
import { stackSettings } from "../../../preview/plan";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { shippedConfig } from "../../support/stacks";

const book = (name: string) => readBook(name, PROJECT_FOLDER, "--book");
const founding = book("founding");

/** The founding documents' bills, line by line. */
const BILLS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  minimal: {
    "object storage": 400,
    "Kubernetes compute": 3000,
    "Kafka": 600,
    "Spark": 500,
    "Trino": 1200,
    "monitoring": 500,
  },
  medium: {
    "object storage": 2000,
    "Kubernetes compute": 8000,
    "Kafka": 2000,
    "Spark": 2000,
    "Flink": 1500,
    "Trino": 4000,
    "Druid": 1000,
    "Elasticsearch": 900,
    "Milvus": 600,
    "APIs": 500,
    "monitoring": 1000,
  },
  large: {
    "object storage": 4000,
    "Kubernetes compute": 12_000,
    "Kafka": 3000,
    "Spark": 5000,
    "Flink": 3000,
    "Trino": 8000,
    "Druid": 2000,
    "Elasticsearch": 1500,
    "Milvus": 1200,
    "APIs": 1000,
    "monitoring": 2000,
  },
};
const TOTALS: Readonly<Record<string, number>> = { minimal: 6200, medium: 23_500, large: 42_700 };

describe("the cost of a preset", () => {
  for (const [preset, bill] of Object.entries(BILLS)) {
    it(`equals the founding documents' bill, line by line: ${preset}`, () => {
      const { monthly, currency, lines } = presetCost(preset as PresetName, founding, founding);
      assert.deepEqual(Object.fromEntries(lines.map(({ line, monthly: each }) => [line, each])), bill);
      assert.deepEqual([monthly, currency], [TOTALS[preset], "USD"]);
    });

    it(`has the units of the bill where the preset has its sizes: ${preset}`, () => {
      // With the bill taken away, the pods of the preset are counted.
      const { lines } = presetCost(preset as PresetName, { ...founding, bills: {} }, founding);
      const counted = Object.fromEntries(lines.map(({ line, monthly }) => [line, monthly]));
      // More nodes of search than the documents have, so that roles are apart; OpenSearch is a part of monitoring there.
      const { Elasticsearch: _search, monitoring: _monitoring, ...same } = bill;
      const { Elasticsearch: _more, monitoring: _others, ...ours } = counted;
      assert.deepEqual(ours, same);
    });
  }

  it("is 4.27 USD a TB and 0.43 USD a user for the largest tier", () => {
    const { monthly, terabytes, users = 0 } = presetCost("large", founding, founding);
    assert.deepEqual([(monthly / terabytes).toFixed(2), (monthly / users).toFixed(2)], ["4.27", "0.43"]);
  });

  for (const preset of PRESETS)
    it(`can be had by every book, and grows with the resources of its pods: ${preset}`, () => {
      for (const name of bookNames()) assert.ok(presetCost(preset, book(name), founding).monthly > 0, name);
    });
});

describe("the cost of a stack", () => {
  for (const stack of ["dev", "homelab", "prod"] as const)
    it(`is the sum of its systems, its layers and what no pod requests: ${stack}`, () => {
      const settings = stackSettings(shippedConfig(stack));
      for (const name of ["usage", "hardware"]) {
        const { monthly, systems, spare, lines } = stackCost(settings, book(name));
        const sum = (all: readonly number[]) => all.reduce((whole, each) => whole + each, 0);
        const whole = sum([...systems.map((one) => one.monthly), ...Object.values(spare ?? {})]);
        assert.ok(Math.abs(whole - monthly) < 0.5, `${String(whole)} of ${String(monthly)}`);
        assert.ok(Math.abs(sum(lines.map((one) => one.monthly)) - monthly) < 0.01);
        assert.ok(systems.every(({ layer }) => layer !== "others"));
      }
    });
});

describe("a book of prices in a file", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-books-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const read = (text: string) => {
    writeFileSync(join(folder, "prices.yaml"), text);
    return readBook("./prices.yaml", folder, "--book");
  };
  const usage = readFileSync(join(PROJECT_FOLDER, "planner", "books", "usage.yaml"), "utf8");

  it("is a copy of one of ours with other prices", () => {
    const own = read(usage.replace("currency: USD", "currency: EUR").replace("cpu: 15", "cpu: 30"));
    const settings = stackSettings(shippedConfig("homelab"));
    const [ours, theirs] = [stackCost(settings, book("usage")), stackCost(settings, own)];
    assert.equal(theirs.currency, "EUR");
    assert.equal(theirs.lines[0]?.monthly, 2 * (ours.lines[0]?.monthly ?? 0));
    assert.equal(theirs.lines[1]?.monthly, ours.lines[1]?.monthly);
  });

  it("is refused with a line for each mistake", () => {
    const wrong = () =>
      read("name: x\nsource: y\ndate: May\ncurrency: usd\nrates: { cpu: -1, memory: 2, volume: 1, objects: 3 }\n");
    assert.throws(wrong, (error: InputError) => {
      assert.deepEqual(error.lines, [
        './prices.yaml:3:1: date: given "May"; allowed: the day, month or year when the prices were read, such as "2026-11"',
        './prices.yaml:4:1: currency: given "usd"; allowed: three capital letters of ISO 4217, such as EUR',
        "./prices.yaml:5:10: rates.cpu: given -1; allowed: a number from 0",
        "./prices.yaml:5:1: rates.object: missing; allowed: a number from 0",
        "./prices.yaml:5:41: rates.objects: unknown key; prices have no such thing",
      ]);
      return true;
    });
    for (const text of ["", "[", "name: x\nsource: y\ndate: 2026\ncurrency: USD\n", "a: &a [*a]"])
      assert.throws(() => read(text), InputError, text);
  });

  it("that is missing, and a name of none, are one line", () => {
    const failing = (name: string, text: RegExp) => {
      assert.throws(() => readBook(name, folder, "--book"), { name: "InputError", message: text });
    };
    failing("other.yaml", /^--book: other\.yaml does not exist; allowed: a file of prices$/);
    failing(
      "foundin",
      /^--book: given "foundin"; allowed: founding, hardware, usage, or a file .*; did you mean 'founding'\?$/,
    );
    failing("../../secret", /^--book: given/);
  });
});
