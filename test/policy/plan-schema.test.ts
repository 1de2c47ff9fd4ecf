import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import Ajv from "ajv";

import { presetCost } from "../../pricing/cost";
import { readBook } from "../../pricing/books";
import type { Plan } from "../../planner/plan";
import { PROJECT_FOLDER } from "../../inputs/project";
import { SCHEMAS, schemaText } from "../../scripts/plan-schema";
import { having, planned, STACKS } from "./harness";

const read = (file: string) => JSON.parse(readFileSync(join(PROJECT_FOLDER, file), "utf8")) as object;
const judge = (file: string) => new Ajv({ strict: true, allErrors: true }).compile(read(file));

type Keys = Record<string, unknown>;
/** What is named by its content: any key is right in it. */
const MAPS = /^(outputs|resources\.byType|changes\.objects\[\]\.fields\[\]\.(before|after)|.*\.disks)($|[.[])/;

/** One object of each kind in a value, with its path without indexes. */
function kinds(value: unknown, path = "", found = new Map<string, Keys>()): Map<string, Keys> {
  if (Array.isArray(value)) for (const one of value) kinds(one, `${path}[]`, found);
  else if (typeof value === "object" && value !== null && !MAPS.test(path)) {
    found.set(path, value as Keys);
    for (const [key, one] of Object.entries(value)) kinds(one, path === "" ? key : `${path}.${key}`, found);
  }
  return found;
}

describe("the published schema", () => {
  for (const one of SCHEMAS) {
    it(`${one.file} is that of the type ${one.type}`, () => {
      assert.equal(readFileSync(join(PROJECT_FOLDER, one.file), "utf8"), schemaText(one), "run npm run schema");
    });
  }

  it("takes the plans of all stacks, also one that is compared, and one that does not fit", async () => {
    const valid = judge("docs/plan.schema.json");
    const plans: Plan[] = [];
    for (const stack of STACKS) plans.push((await planned(stack)).plan);
    const large = having("homelab", "query", { trino: { worker: { replicas: 9, cpu: 4, memory: "24Gi" } } });
    const [, homelab] = plans;
    assert.ok(homelab !== undefined);
    const { plan: overfull } = await planned("homelab", { against: { name: "before", plan: homelab } }, large);
    assert.ok(overfull.changes !== undefined && overfull.advice !== undefined && overfull.unplaced.length > 0);
    for (const plan of [...plans, overfull])
      // What is undefined is not in the file.
      assert.ok(valid(JSON.parse(JSON.stringify(plan))), JSON.stringify(valid.errors, null, 2));

    const copy = JSON.parse(JSON.stringify(overfull)) as Keys;
    const all = kinds(copy);
    assert.ok(all.size > 20, [...all.keys()].join());
    for (const [path, one] of all) {
      one.surplus = 1;
      assert.ok(!valid(copy), `an unknown key of ${path}`);
      delete one.surplus;
    }
    for (const key of ["version", "verdict", "nodes", "unplaced", "policies", "cost", "links"]) {
      const { [key]: _missing, ...rest } = copy;
      assert.ok(!valid(rest), `without ${key}`);
    }
    assert.ok(!valid({ ...copy, version: 2 }) && !valid({ ...copy, verdict: "fine" }));
    assert.ok(valid(copy));
  });

  it("takes the cost of a stack and of a preset, and refuses a changed one", async () => {
    const valid = judge("docs/cost.schema.json");
    const book = readBook("founding", PROJECT_FOLDER, "--book");
    const bills = [presetCost("large", book, book), (await planned("dev")).plan.cost].map(
      (bill) => JSON.parse(JSON.stringify(bill)) as Keys,
    );
    for (const bill of bills) {
      assert.ok(valid(bill), JSON.stringify(valid.errors));
      assert.ok(!valid({ ...bill, surplus: 1 }));
      const { monthly: _missing, ...rest } = bill;
      assert.ok(!valid(rest));
    }
  });
});
