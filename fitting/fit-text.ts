import type { Fit, PresetFit, SystemFit } from "./fit";
import type { OptionalFit } from "./optional";
import type { Needed } from "./needed";
import { sizeText } from "../planner/report/advice";
import { cores, gib, gibNumber, list, plural, short } from "../planner/report/format";
import { flow, paragraph, type Colors } from "../planner/report/terminal";

/** What fits, for a terminal. */
export function fitText(stack: string, found: Fit, colors: Colors, columns: number): string {
  const width = Math.max(60, columns);
  const { room, requested, machines, unplaced } = found;
  const amount = `${gibNumber(requested.memory)} of ${gib(room.memory)} and ${short(requested.cpu)} of ${cores(room.cpu)}`;
  const [said, more] =
    unplaced === 0
      ? [`${stack} fits ${plural(machines, "machine")},`, `and requests ${amount}`]
      : [
          `${stack} does not fit ${plural(machines, "machine")}:`,
          `no room for ${plural(unplaced, "pod")}; it requests ${amount}`,
        ];
  const name = Math.max(
    ...[...found.on, ...found.off, ...found.presets.map(({ preset }) => ({ name: preset }))].map(
      (one) => one.name.length,
    ),
  );
  const item = (mark: string, label: string, parts: readonly string[]): string[] => {
    const indent = 4 + name + 2;
    // One part is a sentence, which is broken between its words.
    const alone = parts.length === 1;
    const words = alone ? parts.flatMap((text) => text.split(" ")) : parts;
    return flow(
      words.map((text) => ({ text })),
      alone ? " " : " · ",
      indent,
      width,
    ).map((line, at) => (at === 0 ? `  ${mark} ${label.padEnd(name)}  ${line}` : `${" ".repeat(indent)}${line}`));
  };
  const title = (text: string, meaning: string) => [
    "",
    ...paragraph({ text: `  ${text} `, paint: colors.bold }, meaning, width, colors.dim),
  ];
  return [
    ...headline(unplaced === 0, said, more, colors, width),
    ...title("Presets", "in place of the stack's own sizes"),
    ...found.presets.flatMap((one) => item(mark(colors, one.unplaced === 0), one.preset, [presetText(one)])),
    ...title("On", "memory that it takes and its pods, with the most that fits beside all else"),
    ...found.on.flatMap((one) => item(" ", one.name, systemTexts(one))),
    ...title("Off", "the largest sizes that fit beside all else"),
    ...found.off.flatMap((one) => item(mark(colors, one.pods !== undefined), one.name, optionalTexts(one))),
    "",
  ].join("\n");
}

/** What is said in bold, and what follows from it. */
function headline(good: boolean, said: string, more: string, colors: Colors, width: number): string[] {
  const words = [
    ...said.split(" ").map((text) => ({ text, paint: colors.bold })),
    ...more.split(" ").map((text) => ({ text })),
  ];
  return flow(words, " ", 2, width).map((line, at) => `${at === 0 ? mark(colors, good) : " "} ${line}`);
}

const mark = ({ green, red }: Colors, good: boolean) => (good ? green("✔") : red("✘"));

function presetText({ unplaced, refused = "" }: PresetFit): string {
  if (unplaced === undefined) return refused;
  return unplaced === 0 ? "fits" : `no room for ${plural(unplaced, "pod")}`;
}

function systemTexts({ takes, pods, switch: path, neededBy, fitsWithout }: SystemFit): string[] {
  const sizes = pods.map(({ role, replicas, memory, most }) => {
    const count = replicas === 1 ? "" : `${String(replicas)} × `;
    return `${role} ${count}${memory}${most === memory ? "" : ` (up to ${most})`}`;
  });
  const off =
    path === undefined
      ? []
      : neededBy.length > 0
        ? [`needed by ${list(neededBy)}`]
        : [
            `${path}: false frees ${gib(takes.memory)} and ${cores(takes.cpu)}${fitsWithout === true ? ", and the stack fits" : ""}`,
          ];
  return [gib(takes.memory), ...sizes, ...off];
}

function optionalTexts({ with: more, pods, least, refused }: OptionalFit): string[] {
  if (refused !== undefined) return [refused];
  const needs = more.length === 0 ? [] : [`with ${list(more)}`];
  if (pods === undefined)
    return [`does not fit: its smallest sizes request ${gib(least.memory)} and ${cores(least.cpu)}`, ...needs];
  return [
    ...needs,
    ...pods.map(
      ({ role, replicas, memory, cpu }) =>
        `${role} ${replicas === 1 ? "" : `${String(replicas)} × `}${memory}, ${cores(cpu)}`,
    ),
  ];
}

/** Sizes that follow from a need, each with its reason, and whether the machines hold them. */
export function needText(stack: string, found: Needed, colors: Colors, columns: number): string {
  const width = Math.max(60, columns);
  const { sized, requested, room, unplaced, advice, machines } = found;
  const amount = `${gib(requested.memory)} and ${cores(requested.cpu)}`;
  const ok = unplaced === 0;
  const said = `${stack} ${ok ? "holds" : "does not hold"} what is needed:`;
  return [
    ...headline(ok, said, `${amount} requested, of ${gib(room.memory)} and ${cores(room.cpu)}`, colors, width),
    "",
    `  ${colors.bold("Sizes")}  ${colors.dim("by the founding rules")}`,
    ...sized.flatMap(({ path, value, reason }) => [
      `  lakehouse:${path}: ${colors.bold(String(value))}`,
      ...paragraph({ text: "     " }, reason, width, colors.dim),
    ]),
    ...(ok
      ? []
      : [
          "",
          `  ${colors.bold("What makes it fit")}  ${colors.dim(`${plural(unplaced, "pod")} have no room`)}`,
          ...advice.flatMap((lines) =>
            lines.slice(0, SHOWN).flatMap((text, at) => paragraph({ text: at === 0 ? "  →" : "    and" }, text, width)),
          ),
          ...(machines === undefined ? [] : [`  → ${machinesText(machines.count, machines.size)} in place of these`]),
        ]),
    "",
  ].join("\n");
}

/** Most parts of one piece of advice. */
const SHOWN = 6;

/** Machines that hold a stack: of one size, as many as it needs. */
const machinesText = (count: number, size: { readonly cpu: number; readonly memory: number }): string =>
  `${plural(count, "machine")} of ${sizeText(size.memory)} and ${cores(size.cpu)}`;
