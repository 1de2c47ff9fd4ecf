import pico from "picocolors";
import type { NodeLoss, NodePlan, Plan, Usage } from "../plan";
import { violations } from "../verdict";
import { clean, cores, gib, gibNumber, money, percent, plural, share, short, sizes } from "./format";
import {
  changeCounts,
  costChange,
  dataLosses,
  fullest,
  headline,
  limitMeaning,
  shortfalls,
  podCounts,
  stoppingNodes,
} from "./summary";
import { bar, flow, palette, paragraph, type Colors, type Palette, type Word } from "./terminal";
import { renderDetails } from "./text-details";

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; at least 60 are used. */
  readonly width: number;
  /** Everything, in place of a summary that fits a screen. */
  readonly details: boolean;
}

/** Most items of a list, and most nodes, in the summary. */
const SHOWN = 4;
const SHOWN_NODES = 5;

/** Width of labels, and least width of amounts, in columns. */
const LABEL = 11;
const AMOUNT = 17;

/** The plan for a terminal: the verdict in bold, a summary, and with `details` everything else. */
export function renderText(plan: Plan, { color, width: columns, details }: TextOptions): string {
  const colors = pico.createColors(color);
  const width = Math.max(60, columns);
  const ok = plan.verdict === "ok";
  const mark = ok ? colors.green("✔") : colors.red("✘");
  const lines = [
    `${mark} ${colors.bold((ok ? colors.green : colors.red)(clean(headline(plan))))}`,
    "",
    ...losses(plan, colors, width, details),
    ...missing(plan, colors, width, details),
    ...facts(plan, colors, width),
    ...failures(plan, colors, width, details),
    ...remarks(plan, colors, width, details),
    "",
    ...nodes(plan, colors, width, details),
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
  return section(all, details, "more groups without room");
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
    ...(plan.losses === undefined ? [] : row("Lost node", lostNodes(plan.losses, colors))),
  ];
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
  const words = all
    .slice(0, SHOWN)
    .map(({ node, stops }) => ({ text: `${node} stops ${fewOf(stops)}`, paint: yellow }));
  const more = all.length - words.length;
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
    return details ? paragraph(head, text, width) : atMost(2, paragraph(head, text, width));
  });
  const shown = section(all, details, "more findings");
  return shown.length === 0 ? [] : ["", ...shown.slice(0, -1)];
}

function remarks({ notes = [] }: Plan, { yellow }: Colors, width: number, details: boolean): string[] {
  const all = notes.map((note) => {
    const lines = paragraph({ text: "  •", paint: yellow }, note, width);
    return details ? lines : atMost(2, lines);
  });
  return all.length === 0 ? [] : ["", ...section(all, details, "more notes").slice(0, -1)];
}

function atMost(count: number, lines: readonly string[]): readonly string[] {
  return lines.length <= count ? lines : [...lines.slice(0, count - 1), `${lines[count - 1]!} …`];
}

/** At most `SHOWN` items unless `all`, and an empty line after them. */
function section(items: readonly (readonly string[])[], all: boolean, rest: string): string[] {
  if (items.length === 0) return [];
  const shown = all ? items : items.slice(0, SHOWN);
  const left = items.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`  … ${String(left)} ${rest}: --details`] : []), ""];
}

function nodes(plan: Plan, colors: Colors, width: number, details: boolean): string[] {
  const few = details || plan.nodes.length <= SHOWN_NODES;
  const shown = few ? plan.nodes : fullest(plan.nodes).slice(0, SHOWN_NODES);
  const left = plan.nodes.length - shown.length;
  const title = few ? "Nodes" : `The ${String(SHOWN_NODES)} fullest nodes of ${String(plan.nodes.length)}`;
  const paint = palette(colors, plan.nodes);
  const legend = `requested of the limit (${limitMeaning(plan.nodes)}), pods in GiB`;
  return [
    `  ${colors.bold(title)}  ${colors.dim(legend)}`,
    ...shown.flatMap((node) => ["", ...nodeBlock(node, colors, paint, width)]),
    ...(left > 0 ? ["", colors.dim(`  … ${plural(left, "node")} with more room: --details`)] : []),
  ];
}

function nodeBlock(node: NodePlan, colors: Colors, paint: Palette, width: number): string[] {
  const names = podCounts(node.pods).map((pods) => ({
    text: `${pods.name}${pods.existing ? " (existing)" : ""} ${sizes(pods.count, pods.memory)}`,
    paint: paint(pods),
  }));
  const amounts = {
    memory: `${gibNumber(node.memory.requested)} of ${gib(node.memory.limit)}`,
    cpu: `${short(node.cpu.requested)} of ${cores(node.cpu.limit)}`,
  };
  const usage = (of: "memory" | "cpu") => {
    const amount = amounts[of].padStart(Math.max(AMOUNT, amounts.memory.length, amounts.cpu.length));
    const tail = ` ${amount} ${percent(node[of].requested, node[of].limit).padStart(6)}`;
    const taken = bar(colors, paint, node, of, width - LABEL - 2 - tail.length);
    return `  ${colors.dim(of.padEnd(LABEL))}${taken}${level(colors, node[of])(tail)}`;
  };
  return [
    `  ${colors.bold(clean(node.name))} ${colors.dim(clean(node.pool))}`,
    usage("memory"),
    usage("cpu"),
    ...flow(names, " · ", LABEL + 2, width).map((line) => " ".repeat(LABEL + 2) + line),
  ];
}

/** Highlights a full node, which is allowed but leaves no room for growth. */
function level({ yellow, bold }: Colors, { requested, limit }: Usage): (text: string) => string {
  return share(requested, limit) >= 0.995 ? (text) => bold(yellow(text)) : String;
}
