import type { NodePlan, Plan, ResourceChange, Usage } from "../plan";
import { violations } from "../verdict";
import {
  cells,
  clean,
  clip,
  cores,
  gib,
  gibNumber,
  list,
  percent,
  plural,
  short,
  sizes,
  unitPrice,
  usd,
} from "./format";
import {
  changeCounts,
  costChange,
  dataLosses,
  fullest,
  headline,
  limitMeaning,
  lossText,
  shortfalls,
  sittings,
} from "./summary";

/** GitHub refuses comments of 65 536 characters and more; the caller may add some of its own. */
export const MARKDOWN_LIMIT = 60_000;

/** Characters that a section may take; together with titles they stay below the limit. */
const SHARE = {
  losses: 6_000,
  shortfalls: 8_000,
  nodes: 10_000,
  failures: 12_000,
  notes: 2_000,
  cost: 3_000,
  changes: 17_000,
} as const;

/** Characters of one line, so that a single change cannot use up its section. */
const LINE = 600;

const BAR = 10;

/** The plan as a comment on a pull request: verdict first, one line for each change, never over the limit. */
export function renderMarkdown(plan: Plan): string {
  const { policies, cost, resources } = plan;
  const change = costChange(cost);
  const summary = [
    `${plural(resources.total, "object")}, ${changeCounts(plan)}`,
    `${plural(policies.passed, "policy", "policies")} passed, ${plural(violations(policies).length, "violation")}`,
    `**${usd(cost.monthly)}** a month${change === undefined ? "" : ` (${change})`}`,
    `${plural(plan.links.length, "link")} allowed`,
  ];
  const sections = [
    `### ${plan.verdict === "ok" ? "✅" : "❌"} ${prose(headline(plan), 300)}`,
    summary.join(" · "),
    bounded(
      SHARE.losses,
      dataLosses(plan.resources).map(
        ({ verb, resource, fields }) => `- 🔴 **${verb} data**: ${code(resource)} ${codes(fields)}`,
      ),
    ),
    bounded(
      SHARE.shortfalls,
      shortfalls(plan.unplaced).map(
        (of) => `- ❌ ${String(of.count)} × ${code(of.name)} of ${gib(of.memory)}: ${prose(of.reason)}`,
      ),
    ),
    nodesTable(plan.nodes),
    lostNodes(plan),
    failures(plan),
    bounded(
      SHARE.notes,
      (plan.notes ?? []).map((note) => `- ℹ️ ${prose(note)}`),
    ),
    costTable(plan),
    changes(plan),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function nodesTable(nodes: readonly NodePlan[]): string {
  if (nodes.length === 0) return "";
  const usage = (of: Usage, amount: string) => `${meter(of)} ${amount} (${percent(of.requested, of.limit)})`;
  const rows = (nodes.length > 20 ? fullest(nodes) : nodes).map(({ name, pool, memory, cpu, pods }) => {
    const who = whole(
      sittings(pods),
      (of) => `${code(of.name)}${of.existing ? " (existing)" : ""} ${sizes(of.count, of.memory)}`,
    );
    return `| ${[
      `**${prose(name, 80)}** ${prose(pool, 80)}`,
      usage(memory, `${gibNumber(memory.requested)} of ${gib(memory.limit)}`),
      usage(cpu, `${short(cpu.requested)} of ${cores(cpu.limit)}`),
      who,
    ].join(" | ")} |`;
  });
  const head = [`| node | memory requested | cpu requested | pods (GiB) |`, `|---|---|---|---|`];
  const note = `<sub>The limit of a node is ${limitMeaning(nodes)}.</sub>`;
  return `${head.join("\n")}\n${bounded(SHARE.nodes, rows, "nodes with more room")}\n\n${note}`;
}

function lostNodes({ losses }: Plan): string {
  if (losses === undefined) return "";
  const lines = losses.map((loss) => `- **${prose(loss.node, 80)}** ${prose(lossText(loss) ?? "nothing waits")}`);
  return folded("While one node is lost", bounded(SHARE.losses, lines, "nodes"));
}

function failures({ policies }: Plan): string {
  const sorted = [...violations(policies), ...policies.failed.filter(({ level }) => level !== "mandatory")];
  if (sorted.length === 0) return "";
  const lines = sorted.map(
    ({ policy, level, resource, field, message }) =>
      `- ${level === "mandatory" ? "❌" : "⚠️"} **${prose(policy, 100)}** ${code(resource)}${field === "" ? "" : ` ${code(field)}`}: ${prose(message)}`,
  );
  return `#### Policies\n\n${bounded(SHARE.failures, lines, "findings")}`;
}

function costTable({ cost }: Plan): string {
  if (cost.lines.length === 0) return "";
  const rows = cost.lines.map(({ line, monthly, units, unit, each }) => {
    const how =
      units === undefined || each === undefined
        ? ""
        : `${short(units)} × ${unitPrice(each)} per ${prose(unit ?? "unit", 40)}`;
    return `| ${prose(line, 80)} | ${how} | ${usd(monthly)} |`;
  });
  const table = `| line | units | a month |\n|---|---|---:|\n${bounded(SHARE.cost, rows)}`;
  return folded(`Cost: ${usd(cost.monthly)} a month`, `${table}\n\nBy the price book ${code(cost.book)}.`);
}

function changes(plan: Plan): string {
  const { create, change, replace, delete: gone, deletesData = [] } = plan.resources;
  const line = (sign: string, { resource, fields, losesData }: ResourceChange) =>
    `- ${sign} ${code(resource)} ${codes(fields)}${losesData ? " 🔴" : ""}`;
  const lines = [
    ...gone.map((resource) => `- **delete** ${code(resource)}${deletesData.includes(resource) ? " 🔴" : ""}`),
    ...replace.map((of) => line("**replace**", of)),
    ...change.map((of) => line("change", of)),
    ...create.map((resource) => `- create ${code(resource)}`),
  ];
  return lines.length === 0 ? "" : folded(`Changes: ${changeCounts(plan)}`, bounded(SHARE.changes, lines, "changes"));
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** As many whole lines as fit, and how many were left out. */
function bounded(characters: number, lines: readonly string[], what = "more"): string {
  let room = characters;
  const shown = lines.filter((line) => (room -= line.length + 1) >= 0);
  const left = lines.length - shown.length;
  return [...shown.map((line) => line.trimEnd()), ...(left > 0 ? [`\n… ${String(left)} ${what} left out`] : [])].join(
    "\n",
  );
}

/** `▰▰▰▱▱`; in a font that every browser has. */
function meter({ requested, limit }: Usage): string {
  const [full = 0] = cells([requested], limit, BAR);
  return "▰".repeat(full) + "▱".repeat(BAR - full);
}

function codes(fields: readonly string[]): string {
  return whole(fields, code);
}

/** Whole parts only, as many as a line takes: a cut through a code span would open it. */
function whole<T>(parts: readonly T[], write: (part: T) => string): string {
  const shown: string[] = [];
  for (let room = LINE; shown.length < parts.length;) {
    const text = write(parts[shown.length]!);
    room -= text.length + 2;
    if (room < 0) break;
    shown.push(text);
  }
  const left = parts.length - shown.length;
  return list(left > 0 ? [...shown, `… ${String(left)} more`] : shown);
}

/** A code span; nothing in it is interpreted but a backtick and, in tables, a bar. */
function code(text: string): string {
  return `\`${clip(clean(text), 200).replaceAll("`", "'").replaceAll("|", "¦")}\``;
}

/** Text in which nothing is interpreted: no markup, no HTML, no mention, no reference to an issue. */
function prose(text: string, length: number = LINE): string {
  return clip(clean(text), length)
    .replace(/[\\`*_{}[\]()|~!]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[@#]|:\/\//g, "$&\u200b");
}
