import type { NodePlan, Plan, ResourceChange, Usage } from "../plan";
import { violations } from "../verdict";
import { adviceTexts } from "./advice";
import { cells, clean, clip, cores, gib, gibNumber, list, percent, plural, money, short, sizes } from "./format";
import {
  changeCounts,
  costChange,
  dataLosses,
  fullest,
  headline,
  limitMeaning,
  lossText,
  shortfalls,
  podCounts,
  units,
} from "./summary";

/** Most characters of the comment. GitHub refuses 65 536 and more, and the caller may add text. */
export const MARKDOWN_LIMIT = 60_000;

/** Most characters of each section. Their sum and the titles stay below the limit. */
const SECTION_LIMIT = {
  losses: 6_000,
  shortfalls: 8_000,
  advice: 4_000,
  nodes: 10_000,
  failures: 12_000,
  notes: 2_000,
  cost: 3_000,
  changes: 17_000,
} as const;

/** Most characters of one line, so that a single change cannot fill its section. */
const LINE = 600;

/** Cells of a bar. */
const BAR = 10;

/** The plan as a comment on a pull request: verdict first, one line for each change, never over the limit. */
export function renderMarkdown(plan: Plan): string {
  const { policies, cost, resources } = plan;
  const change = costChange(cost);
  const summary = [
    `${plural(resources.total, "object")}, ${changeCounts(plan)}`,
    `${plural(policies.passed, "policy", "policies")} passed, ${plural(violations(policies).length, "violation")}`,
    `**${money(cost.monthly, cost.currency)}** a month${change === undefined ? "" : ` (${change})`}`,
    `${plural(plan.links.length, "link")} allowed`,
  ];
  const sections = [
    `### ${plan.verdict === "ok" ? "✅" : "❌"} ${prose(headline(plan), 300)}`,
    summary.join(" · "),
    bounded(
      SECTION_LIMIT.losses,
      dataLosses(plan.resources).map(
        ({ verb, resource, fields }) => `- 🔴 **${verb} data**: ${code(resource)} ${codes(fields)}`,
      ),
    ),
    bounded(
      SECTION_LIMIT.shortfalls,
      shortfalls(plan.unplaced).map(
        (of) => `- ❌ ${String(of.count)} × ${code(of.name)} of ${gib(of.memory)}: ${prose(of.reason)}`,
      ),
    ),
    bounded(
      SECTION_LIMIT.advice,
      adviceTexts(plan.advice).map((parts) => `- 💡 makes it fit: ${parts.map((part) => code(part)).join(" and ")}`),
    ),
    nodesTable(plan.nodes),
    lostNodes(plan),
    failures(plan),
    bounded(
      SECTION_LIMIT.notes,
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
      podCounts(pods),
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
  return `${head.join("\n")}\n${bounded(SECTION_LIMIT.nodes, rows, "nodes with more room")}\n\n${note}`;
}

function lostNodes({ losses }: Plan): string {
  if (losses === undefined) return "";
  const lines = losses.map(
    (loss) => `- **${prose(loss.node, 80)}** ${prose(lossText(loss) ?? "no pod stays pending")}`,
  );
  return folded("While one node is lost", bounded(SECTION_LIMIT.losses, lines, "nodes"));
}

function failures({ policies }: Plan): string {
  const sorted = [...violations(policies), ...policies.failed.filter(({ level }) => level !== "mandatory")];
  if (sorted.length === 0) return "";
  const lines = sorted.map(
    ({ policy, level, resource, field, message }) =>
      `- ${level === "mandatory" ? "❌" : "⚠️"} **${prose(policy, 100)}** ${code(resource)}${field === "" ? "" : ` ${code(field)}`}: ${prose(message)}`,
  );
  return `#### Policies\n\n${bounded(SECTION_LIMIT.failures, lines, "findings")}`;
}

function costTable({ cost }: Plan): string {
  if (cost.lines.length === 0) return "";
  const amount = (of: number) => money(of, cost.currency);
  const rows = cost.lines.map(
    (line) =>
      `| ${prose(line.line, 80)} | ${prose(units(line, cost.currency).join(" + "), 200)} | ${amount(line.monthly)} |`,
  );
  const table = `| line | units | a month |\n|---|---|---:|\n${bounded(SECTION_LIMIT.cost, rows)}`;
  return folded(`Cost: ${amount(cost.monthly)} a month`, `${table}\n\nBy the prices of ${code(cost.book)}.`);
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
  return lines.length === 0
    ? ""
    : folded(`Changes: ${changeCounts(plan)}`, bounded(SECTION_LIMIT.changes, lines, "changes"));
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** The lines that fit into a number of characters, and the number of lines that were left out. */
function bounded(characters: number, lines: readonly string[], what = "more"): string {
  let room = characters;
  const shown = lines.filter((line) => (room -= line.length + 1) >= 0);
  const left = lines.length - shown.length;
  return [...shown.map((line) => line.trimEnd()), ...(left > 0 ? [`\n… ${String(left)} ${what} left out`] : [])].join(
    "\n",
  );
}

/** `▰▰▰▱▱`. Every browser has a font with these characters. */
function meter({ requested, limit }: Usage): string {
  const [full = 0] = cells([requested], limit, BAR);
  return "▰".repeat(full) + "▱".repeat(BAR - full);
}

function codes(fields: readonly string[]): string {
  return whole(fields, code);
}

/** The parts that fit into a line. Parts are never cut, because a cut code span would swallow the following text. */
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

/** A code span. Only backticks, and bars in tables, are special inside, so both are replaced. */
function code(text: string): string {
  return `\`${clip(clean(text), 200).replaceAll("`", "'").replaceAll("|", "¦")}\``;
}

/** Escapes text, so that it makes no Markdown, HTML, mention or issue reference. */
function prose(text: string, length: number = LINE): string {
  return clip(clean(text), length)
    .replace(/[\\`*_{}[\]()|~!]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[@#]|:\/\//g, "$&\u200b");
}
