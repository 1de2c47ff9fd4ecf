import pico from "picocolors";
import { changeLines } from "../changes/report/text";
import type { NodeLoss, Plan, VolumeReport } from "../plan";
import { violations } from "../verdict";
import { adviceTexts } from "./advice";
import { bytes, gib, money, nodeNames, plural } from "./format";
import { changeCounts, costChange, dataLosses, headline, shortfalls, stoppingNodes } from "./summary";
import { flow, LABEL, paragraph, type Colors, type Word } from "./terminal";
import { renderDetails } from "./text-details";
import { renderNodes } from "./text-nodes";

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; at least 60 are used. */
  readonly width: number;
  /** Everything, in place of a summary that fits a screen. */
  readonly details: boolean;
}

/** Most items of a list in the summary. */
const SHOWN = 4;

/** The plan for a terminal: the verdict in bold, a summary, and with `details` everything else. */
export function renderText(plan: Plan, { color, width: columns, details }: TextOptions): string {
  const colors = pico.createColors(color);
  const width = Math.max(60, columns);
  const ok = plan.verdict === "ok";
  const paint = ok ? colors.green : colors.red;
  const lines = [
    ...paragraph({ text: ok ? "✔" : "✘", paint }, headline(plan), width, (text) => colors.bold(paint(text))),
    "",
    ...losses(plan, colors, width, details),
    ...missing(plan, colors, width, details),
    ...facts(plan, colors, width),
    ...failures(plan, colors, width, details),
    ...changeLines(plan, colors, width, details),
    ...remarks(plan, colors, width, details),
    "",
    ...renderNodes(plan.nodes, colors, width, details),
    ...(details ? renderDetails(plan, colors, width) : []),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function losses(plan: Plan, { red, bold }: Colors, width: number, details: boolean): string[] {
  const all = dataLosses(plan.resources).map(({ verb, resource, fields }) =>
    paragraph(
      { text: `  ! ${verb} data:`, paint: (text) => bold(red(text)) },
      [resource, ...fields.slice(0, 3)].join("  "),
      width,
      red,
    ),
  );
  return section(all, details, "more");
}

function missing(plan: Plan, colors: Colors, width: number, details: boolean): string[] {
  const all = shortfalls(plan.unplaced).map(({ name, count, memory, reason }) =>
    paragraph({ text: "  ✘", paint: colors.red }, `${String(count)} × ${name} of ${gib(memory)}: ${reason}`, width),
  );
  return [...section(all, details, "more groups without room"), ...advice(plan, colors, width, details)];
}

/** Ways to make the stack fit, and the parts of each. */
function advice(plan: Plan, colors: Colors, width: number, details: boolean): string[] {
  const ways = adviceTexts(plan.advice);
  if (ways.length === 0) return [];
  const lines = ways.flatMap((parts) => {
    const shown = details ? parts : parts.slice(0, SHOWN);
    const left = parts.length - shown.length;
    return [...shown, ...(left > 0 ? [`${String(left)} more changes: --details`] : [])].flatMap((text, index) =>
      paragraph({ text: index === 0 ? "  →" : "    and", paint: colors.green }, text, width),
    );
  });
  return [`  ${colors.bold(ways.length === 1 ? "What makes it fit" : "What makes it fit, each alone")}`, ...lines, ""];
}

function facts(plan: Plan, colors: Colors, width: number): string[] {
  const { resources, policies, cost } = plan;
  const failed = violations(policies).length;
  const advice = policies.failed.length - failed;
  const change = costChange(cost);
  const row = (label: string, words: readonly Word[]) =>
    flow(words, " · ", LABEL + 2, width).map(
      (line, index) => `  ${colors.dim((index === 0 ? label : "").padEnd(LABEL))}${line}`,
    );
  return [
    ...row("Resources", [
      { text: plural(resources.total, "object"), paint: colors.bold },
      ...changeCounts(plan)
        .split(", ")
        .map((text) => ({ text, paint: changePaint(colors, text) })),
    ]),
    ...row("Policies", [
      { text: `${String(policies.passed)} passed`, paint: policies.passed > 0 ? colors.green : colors.dim },
      ...(failed > 0 ? [{ text: plural(failed, "violation"), paint: colors.red }] : []),
      ...(advice > 0 ? [{ text: plural(advice, "advisory", "advisories"), paint: colors.yellow }] : []),
    ]),
    ...row("Cost", [
      {
        text: `${money(cost.monthly, cost.currency)} a month${change === undefined ? "" : ` (${change})`}`,
        paint: colors.bold,
      },
      ...cost.lines.map(({ line, monthly }) => ({ text: `${line} ${money(monthly, cost.currency)}` })),
    ]),
    ...row("Network", [
      { text: `${plural(plan.links.length, "link")} allowed` },
      { text: plural(Object.keys(plan.outputs).length, "output") },
    ]),
    ...row("Volumes", (plan.volumes ?? []).map(volumesWord)),
    ...(plan.losses === undefined ? [] : row("Lost node", lostNodes(plan.losses, colors))),
  ];
}

/** `openebs-lvm 84 volumes of 12.3 TiB`, with what the nodes' disks hold where they state it. */
function volumesWord({ storageClass, count, size, disks }: VolumeReport): Word {
  const of = disks === undefined ? "" : `, of ${bytes(disks)} on nodes`;
  return { text: `${storageClass} ${plural(count, "volume")} of ${bytes(size)}${of}` };
}

/** The first names, and the number of others. */
function fewOf(names: readonly string[]): string {
  const left = names.length - SHOWN;
  return left > 0 ? `${names.slice(0, SHOWN).join(", ")} and ${String(left)} more` : names.join(", ");
}

/** The groups that each lost node stops, for the first of these nodes. */
function lostNodes(losses: readonly NodeLoss[], { yellow, dim }: Colors): Word[] {
  const all = stoppingNodes(losses);
  if (all.length === 0) return [{ text: "no single node stops all pods of a group" }];
  const nodes = new Map<string, string[]>();
  for (const { node, stops } of all) nodes.set(fewOf(stops), [...(nodes.get(fewOf(stops)) ?? []), node]);
  const words = [...nodes]
    .slice(0, SHOWN)
    .map(([stops, names]) => ({
      text: `${names.length === 1 ? "" : "any of "}${nodeNames(names)} stops ${stops}`,
      paint: yellow,
    }));
  const more = nodes.size - words.length;
  return [...words, ...(more > 0 ? [{ text: `${String(more)} more: --details`, paint: dim }] : [])];
}

function changePaint({ green, yellow, magenta, red, dim }: Colors, text: string): (text: string) => string {
  const verb = text.split(" ").at(-1);
  return {
    create: green,
    change: verb === "change" && text !== "no change" ? yellow : dim,
    replace: magenta,
    delete: red,
  }[verb as "create"];
}

function failures(plan: Plan, colors: Colors, width: number, details: boolean): string[] {
  const { failed } = plan.policies;
  const sorted = [...violations(plan.policies), ...failed.filter(({ level }) => level !== "mandatory")];
  const all = sorted.map(({ policy, level, resource, field, message }) => {
    const must = level === "mandatory";
    const head = { text: must ? "  ✘" : "  !", paint: must ? colors.red : colors.yellow };
    const text = `${policy}: ${resource}${field === "" ? "" : ` ${field}`}: ${message}`;
    // Never cut: the fix stands at its end.
    return paragraph(head, text, width);
  });
  const shown = section(all, details, "more findings");
  return shown.length === 0 ? [] : ["", ...shown.slice(0, -1)];
}

function remarks({ notes = [] }: Plan, { yellow }: Colors, width: number, details: boolean): string[] {
  // Never cut: they name commands.
  const all = notes.map((note) => paragraph({ text: "  •", paint: yellow }, note, width));
  return all.length === 0 ? [] : ["", ...section(all, details, "more notes").slice(0, -1)];
}

/** At most `SHOWN` items unless `all`, and an empty line after them. */
function section(items: readonly (readonly string[])[], all: boolean, rest: string): string[] {
  if (items.length === 0) return [];
  const shown = all ? items : items.slice(0, SHOWN);
  const left = items.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`  … ${String(left)} ${rest}: --details`] : []), ""];
}
