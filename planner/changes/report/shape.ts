import { diffLines } from "diff";

import type { FieldChange } from "../model";

/** How a change of a field looks, whatever it is written in. */
export type Shape =
  /** A value each; undefined where the field is new or gone. */
  | { readonly kind: "values"; readonly before: string | undefined; readonly after: string | undefined }
  /** Lines of a text that are gone and new. */
  | { readonly kind: "lines"; readonly lines: readonly Line[] };

export interface Line {
  readonly sign: "+" | "-";
  readonly text: string;
}

/** Most edits that are looked for in a text; beyond them only its length is told. */
const MOST_EDITS = 150;

export function shapeOf(field: FieldChange): Shape {
  const { before, after } = field;
  if (typeof before === "string" && typeof after === "string" && (isText(before) || isText(after))) {
    const parts = diffLines(before, after, { maxEditLength: MOST_EDITS });
    if (parts !== undefined)
      return {
        kind: "lines",
        lines: parts.flatMap(({ added, removed, value }) =>
          added || removed ? linesOf(value).map((text): Line => ({ sign: added ? "+" : "-", text })) : [],
        ),
      };
  }
  return {
    kind: "values",
    before: "before" in field ? valueText(before) : undefined,
    after: "after" in field ? valueText(after) : undefined,
  };
}

const isText = (value: string) => value.includes("\n");
const linesOf = (text: string) => text.replace(/\n$/, "").split("\n");

/** A value on one line: texts as they are, others as JSON. */
function valueText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (isText(value)) return `${String(linesOf(value).length)} lines`;
  return value === "" ? '""' : value;
}
