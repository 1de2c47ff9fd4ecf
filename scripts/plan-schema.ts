import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createGenerator, type Schema } from "ts-json-schema-generator";

const ROOT = join(__dirname, "..");

/** Documents that `--json` prints, each with the type that it is made from. */
export const SCHEMAS = [
  {
    file: "docs/plan.schema.json",
    title: "The plan of a stack: plan.json, and lakehouse plan --json",
    source: "planner/plan.ts",
    type: "Plan",
  },
  {
    file: "docs/cost.schema.json",
    title: "The cost of a stack: lakehouse cost --json",
    source: "planner/cost/bill.ts",
    type: "Bill",
  },
] as const;

/**
 * The JSON Schema of a type, with its comments as descriptions. It is made from the type that the program is compiled with, so that
 * the two cannot differ.
 */
export function schemaText({ title, source, type }: (typeof SCHEMAS)[number]): string {
  const path = join(ROOT, source);
  const made: Schema = createGenerator({
    path,
    tsconfig: join(ROOT, "tsconfig.json"),
    type,
    additionalProperties: false,
    skipTypeCheck: true,
    topRef: false,
  }).createSchema(type);
  const { $schema, definitions, ...rest } = made;
  return `${JSON.stringify(inWords({ $schema, title, ...rest, definitions }), null, 2)}\n`;
}

/** Our comments say a default in words, which is no value of the schema: it becomes a part of the description. */
function inWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inWords(one)]));
  const { default: otherwise, description = "", ...rest } = inner;
  if (typeof otherwise !== "string") return inner;
  return { ...rest, description: `${String(description)} Default: ${otherwise}.`.trim() };
}

if (require.main === module) {
  for (const one of SCHEMAS) writeFileSync(join(ROOT, one.file), schemaText(one));
  process.stdout.write(`${SCHEMAS.map(({ file }) => file).join(" and ")} are up to date\n`);
}
