import { clean, clip } from "../../report/format";
import { flow, paragraph, type Colors, type Paint } from "../../report/terminal";
import type { Plan } from "../../plan";
import type { FieldChange } from "../model";
import { changeGroups, groupTitle, restartText, type ChangeGroup } from "./groups";
import { shapeOf } from "./shape";
import { alike, changeFacts } from "./summary";

/** Most harms, changes, fields of a change, and lines of a text, unless all are shown. */
const SHOWN = { harms: 8, groups: 8, fields: 4, lines: 4 };
const ALL = { harms: Infinity, groups: Infinity, fields: Infinity, lines: Infinity };
const SIGNS = { create: "+", change: "~", replace: "±", delete: "-" } as const;

/** What differs from the plan that this one is compared with, for a terminal; empty if nothing does. */
export function changeLines({ changes, cost }: Plan, colors: Colors, width: number, details: boolean): string[] {
  if (changes === undefined) return [];
  const most = details ? ALL : SHOWN;
  const facts = changeFacts(changes, cost).flatMap(({ name, parts }) => {
    const shown = details ? parts : parts.slice(0, 6);
    const left = parts.length - shown.length;
    const words = [...shown, ...(left > 0 ? [`${String(left)} more`] : [])].map((text) => ({ text }));
    return flow(words, " · ", 13, width).map(
      (line, index) => `  ${colors.dim((index === 0 ? name : "").padEnd(11))}${line}`,
    );
  });
  const groups = changeGroups(changes.objects ?? []);
  // Deletions and replacements of data stand above everything else.
  const harms = alike(changes.harms.filter(({ text }) => !text.endsWith(" stored data")));
  if (groups.length + facts.length + harms.length === 0) return [];
  return [
    "",
    `  ${colors.bold("Changes")}  ${colors.dim(`since ${clean(changes.against)}`)}`,
    ...bounded(harms, most.harms, "to look at").flatMap((harm) =>
      typeof harm === "string" ? [harm] : harmLines(harm, colors, width),
    ),
    ...facts,
    ...(changes.objects === undefined ? ["  objects are not compared: only the other plan's summary is known"] : []),
    ...bounded(groups, most.groups, "changes").flatMap((group) =>
      typeof group === "string" ? [group] : groupLines(group, colors, width, most),
    ),
  ];
}

function bounded<T>(all: readonly T[], most: number, what: string): (T | string)[] {
  const left = all.length - most;
  return left > 0 ? [...all.slice(0, most), `  … ${String(left)} more ${what}: --details`] : [...all];
}

function harmLines(
  { severity, resources, text }: ReturnType<typeof alike>[number],
  { red, yellow }: Colors,
  width: number,
): readonly string[] {
  const [first = "", ...more] = resources;
  const resource = more.length === 0 ? first : `${first} and ${String(more.length)} more`;
  const paint = severity === "data" ? red : yellow;
  return paragraph(
    { text: "  !", paint },
    `${severity}: ${resource} ${text}`,
    width,
    severity === "data" ? red : String,
  );
}

function groupLines(group: ChangeGroup, colors: Colors, width: number, most: typeof SHOWN): string[] {
  const paints: Readonly<Record<ChangeGroup["action"], Paint>> = {
    create: colors.green,
    change: colors.yellow,
    replace: colors.magenta,
    delete: colors.red,
  };
  const paint = group.losesData ? colors.red : paints[group.action];
  const note = [group.losesData ? "loses data" : "", restartText(group)].filter((each) => each !== "").join(", ");
  const title = `${groupTitle(group)}${note === "" ? "" : ` (${note})`}`;
  return [
    ...paragraph({ text: `  ${SIGNS[group.action]}`, paint }, title, width, group.losesData ? colors.red : String),
    ...bounded(group.fields, most.fields, "fields").flatMap((field) =>
      typeof field === "string" ? [`    ${field}`] : fieldLines(field, colors, width, most.lines),
    ),
  ];
}

/** The path, and the values on its line if there is room for them. */
function fieldLines(field: FieldChange, { red, green, dim, magenta }: Colors, width: number, most: number): string[] {
  const path = `      ${clean(field.path)}${field.replaces === true ? magenta(" forces replacement") : ""}`;
  const long = field.path.length + 6 + (field.replaces === true ? 19 : 0);
  const shape = shapeOf(field);
  if (shape.kind === "lines") {
    const lines = bounded(shape.lines, most, "lines").map((line) =>
      typeof line === "string"
        ? `      ${line}`
        : (line.sign === "+" ? green : red)(clip(`        ${line.sign} ${plain(line.text)}`, width)),
    );
    return [path, ...lines];
  }
  const [before, after] = [shape.before, shape.after].map((value) => (value === undefined ? undefined : plain(value)));
  const length = (before?.length ?? 0) + (after?.length ?? 0);
  if (before === undefined) return oneLine(path, long, `+ ${after ?? ""}`, green, width);
  if (after === undefined) return oneLine(path, long, `- ${before}`, red, width);
  if (long + length + 5 <= width) return [`${path}  ${red(before)} ${dim("→")} ${green(after)}`];
  return [path, red(clip(`        - ${before}`, width)), green(clip(`        + ${after}`, width))];
}

function oneLine(path: string, long: number, value: string, paint: Paint, width: number): string[] {
  return long + value.length + 2 <= width
    ? [`${path}  ${paint(value)}`]
    : [path, paint(clip(`        ${value}`, width))];
}

/** Without control characters; spaces at the start stay. */
const plain = (text: string) => `${/^ */.exec(text)?.[0] ?? ""}${clean(text)}`;
