import { bounded, code, codes, folded, LINE, prose, written } from "../../report/markdown-text";
import { clean, clip, plural } from "../../report/format";
import type { Plan } from "../../plan";
import type { FieldChange, Harm, PlanChanges, Severity } from "../model";
import { type ChangeGroup, changeGroups, groupTitle, restartText } from "./groups";
import { shapeOf } from "./shape";
import { alike, changeFacts } from "./summary";

export const MARKS: Readonly<Record<Severity, string>> = { data: "🔴", access: "🟠", safety: "🟡" };
const VERBS = { create: "create", change: "change", replace: "**replace**", delete: "**delete**" } as const;
/** Most fields of a change, lines of a text, parts of a fact, and characters of a change with its values. */
const MOST = { fields: 8, lines: 12, parts: 12, characters: 4000 };
/** Most changes that are shown without a click. */
const OPEN = 8;

/**
 * What a reviewer must see, the worst first. Deleted and replaced data stands above it.
 * @param room most characters
 */
export function harmLines({ harms }: PlanChanges, room: number): string {
  const others = harms.filter(({ text }) => !text.endsWith(" stored data"));
  return written(room, alike(others), harmLine, "more to look at");
}

export function harmLine({
  severity,
  text,
  resources,
}: Pick<Harm, "severity" | "text"> & { resources: readonly string[] }): string {
  const [first = "", ...more] = resources;
  const where = `${code(first)}${more.length > 0 ? ` and ${String(more.length)} more` : ""}`;
  return `- ${MARKS[severity]} **${severity}** ${where} ${prose(text, 400)}`;
}

/** Images, nodes, volumes, cost and links that change, a line each. */
export function factLines(changes: PlanChanges, cost: Plan["cost"], room: number): string {
  const lines = changeFacts(changes, cost).map(({ name, parts }) => {
    const left = parts.length - MOST.parts;
    const shown = parts.slice(0, MOST.parts).map((part) => prose(part, 160));
    return `- **${name}** ${[...shown, ...(left > 0 ? [`${String(left)} more`] : [])].join(" · ")}`;
  });
  return bounded(room, lines);
}

/** Every change with its values, folded where they are many. */
export function changeList({ objects, against }: PlanChanges, title: string, room: number): string {
  if (objects === undefined) return `Objects are not compared: only the summary of ${code(against)} is known.`;
  const groups = changeGroups(objects);
  if (groups.length === 0) return "";
  return folded(title, written(room, groups, groupText, "changes"), groups.length <= OPEN);
}

function groupText(group: ChangeGroup): string {
  const notes = [group.losesData ? "🔴 loses data" : "", restartText(group)].filter((note) => note !== "");
  const head = `- ${VERBS[group.action]} ${title(group)}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
  const left = group.fields.length - MOST.fields;
  const fields = group.fields.slice(0, MOST.fields).map(fieldText);
  const rest = left > 0 ? [`  - … ${plural(left, "more field")}`] : [];
  const text = [head, ...fields, ...rest].join("\n");
  return text.length <= MOST.characters ? text : `${head} ${codes(group.fields.map(({ path }) => path))}`;
}

function title(group: ChangeGroup): string {
  if (group.resources.length === 1) return code(group.resources[0]!);
  const [count = "", names = ""] = groupTitle(group, 5).split(": ");
  return `${prose(count, 80)}: ${code(names)}`;
}

function fieldText(field: FieldChange): string {
  const path = `  - ${code(field.path)}${field.replaces === true ? " **forces replacement**" : ""}`;
  const shape = shapeOf(field);
  if (shape.kind === "values") {
    const { before, after } = shape;
    if (before === undefined) return `${path} + ${value(after)}`;
    if (after === undefined) return `${path} − ${value(before)}`;
    return `${path} ${value(before)} → ${value(after)}`;
  }
  const left = shape.lines.length - MOST.lines;
  const lines = shape.lines
    .slice(0, MOST.lines)
    // A fence ends at its own length of backticks.
    .map(
      ({ sign, text }) =>
        `    ${sign} ${clip(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " "), 160).replaceAll("```", "'''")}`,
    );
  const rest = left > 0 ? [`    … ${String(left)} more lines`] : [];
  return [path, "    ```diff", ...lines, ...rest, "    ```"].join("\n");
}

const value = (text = "") => code(clip(clean(text), Math.floor(LINE / 5)));
