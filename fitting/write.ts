import { stringify } from "yaml";

import { by } from "../planner/order";
import type { Fragment } from "../components/settings/presets";

/** Comments by the path of what they stand above: `query.trino.worker`. */
export type Comments = ReadonlyMap<string, string | readonly string[]>;

const WIDTH = 120;

/** Machines first; then the layers, as data goes through them. */
const ORDER = "preset nodes pools cluster storage catalog compute query streaming orchestration observability".split(
  " ",
);

/** A stack file with a comment above each line that has one, in the form of the files that ship. */
export function stackFile(fragment: Fragment, comments: Comments, head: readonly string[]): string {
  const entries = Object.entries(fragment).filter(([, value]) => !isMap(value) || Object.keys(value).length > 0);
  const order = by<readonly [string, unknown]>(([key]) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length));
  const lines = entries.toSorted(order).flatMap(([key, value]) => block(`lakehouse:${key}`, value, key, 2, comments));
  return `${[...head.flatMap((text) => comment(text, 0)), "config:", ...lines].join("\n")}\n`;
}

function block(key: string, value: unknown, path: string, indent: number, comments: Comments): string[] {
  const above = [comments.get(path) ?? []].flat().flatMap((text) => comment(text, indent));
  const pad = " ".repeat(indent);
  if (Array.isArray(value) && value.some(isMap))
    return [...above, `${pad}${key}:`, ...value.map((item) => `${pad}  - ${flow(item)}`)];
  if (!isMap(value)) return [...above, `${pad}${key}: ${flow(value)}`];
  const nested = Object.keys(value).some((inner) => comments.has(`${path}.${inner}`)) || isDeep(value);
  if (!nested) return [...above, `${pad}${key}: ${flow(value)}`];
  const inner = Object.entries(value).flatMap(([name, one]) =>
    block(name, one, `${path}.${name}`, indent + 2, comments),
  );
  return [...above, `${pad}${key}:`, ...inner];
}

/** On one line, as Pulumi writes short values. */
function flow(value: unknown): string {
  return stringify(value, {
    collectionStyle: "flow",
    flowCollectionPadding: false,
    lineWidth: 0,
    schema: "yaml-1.1",
  }).trim();
}

function comment(text: string, indent: number): string[] {
  const pad = `${" ".repeat(indent)}# `;
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1] ?? "";
    if (last !== "" && pad.length + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${pad}${line}`);
}

const isMap = (value: unknown): value is Fragment =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** Maps of maps are written in several lines. */
const isDeep = (value: Fragment): boolean =>
  Object.values(value).some((one) => isMap(one) && Object.values(one).some(isMap)) ||
  Object.values(value).filter(isMap).length > 1;
