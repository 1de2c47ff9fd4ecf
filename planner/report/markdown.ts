import type { Plan, ResourceChange, Usage } from "../plan";
import { violations } from "../verdict";
import { changeList, factLines, harmLines } from "../changes/report/markdown";
import { adviceTexts } from "./advice";
import { cells, cores, gib, gibNumber, money, percent, plural, short, sizes } from "./format";
import { bounded, code, codes, folded, prose, whole } from "./markdown-text";
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

/** Most characters of each section of a comment. Their sum and the titles stay below the limit. */
const SECTIONS = {
  losses: 6_000,
  harms: 6_000,
  shortfalls: 6_000,
  advice: 3_000,
  failures: 8_000,
  facts: 3_000,
  nodes: 8_000,
  lost: 3_000,
  notes: 1_500,
  cost: 2_500,
  changes: 11_000,
} as const;
type Room = (section: keyof typeof SECTIONS) => number;

/** Cells of a bar. */
const BAR = 10;

export interface MarkdownOptions {
  /** Most characters. @default 60 000 */
  readonly limit?: number;
}

/** The plan as a comment on a pull request: verdict and harm first, never over the limit. */
export function renderMarkdown(plan: Plan, { limit = MARKDOWN_LIMIT }: MarkdownOptions = {}): string {
  const room: Room = (section) => Math.floor((SECTIONS[section] * limit) / MARKDOWN_LIMIT);
  const { policies, cost, resources, changes, notes = [] } = plan;
  const difference = costChange(cost);
  const summary = [
    `${plural(resources.total, "object")}, ${changeCounts(plan)}`,
    `${plural(policies.passed, "policy", "policies")} passed, ${plural(violations(policies).length, "violation")}`,
    `**${money(cost.monthly, cost.currency)}** a month${difference === undefined ? "" : ` (${difference})`}`,
    `${plural(plan.links.length, "link")} allowed`,
    ...(changes === undefined ? [] : [`compared with ${prose(changes.against, 100)}`]),
  ];
  const title = `Changes: ${changeCounts(plan)}`;
  const sections = [
    `### ${plan.verdict === "ok" ? "✅" : "❌"} ${prose(headline(plan), 300)}`,
    summary.join(" · "),
    bounded(
      room("losses"),
      dataLosses(plan.resources).map(
        ({ verb, resource, fields }) => `- 🔴 **${verb} data**: ${code(resource)} ${codes(fields)}`,
      ),
    ),
    changes === undefined ? "" : harmLines(changes, room("harms")),
    bounded(
      room("shortfalls"),
      shortfalls(plan.unplaced).map(
        (of) => `- ❌ ${String(of.count)} × ${code(of.name)} of ${gib(of.memory)}: ${prose(of.reason)}`,
      ),
    ),
    bounded(
      room("advice"),
      adviceTexts(plan.advice).map((parts) => `- 💡 makes it fit: ${parts.map((part) => code(part)).join(" and ")}`),
    ),
    failures(plan, room),
    changes === undefined ? "" : factLines(changes, cost, room("facts")),
    changes === undefined ? "" : changeList(changes, title, room("changes")),
    nodesTable(plan, room),
    lostNodes(plan, room),
    bounded(
      room("notes"),
      notes.map((note) => `- ℹ️ ${prose(note)}`),
    ),
    costTable(plan, room),
    changes === undefined ? created(plan, title, room) : "",
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** Without a plan to compare with, everything is new. */
function created(
  { resources: { create, change, replace, delete: gone, deletesData = [] } }: Plan,
  title: string,
  room: Room,
): string {
  const line = (sign: string, { resource, fields, losesData }: ResourceChange) =>
    `- ${sign} ${code(resource)} ${codes(fields)}${losesData ? " 🔴" : ""}`;
  const lines = [
    ...gone.map((resource) => `- **delete** ${code(resource)}${deletesData.includes(resource) ? " 🔴" : ""}`),
    ...replace.map((of) => line("**replace**", of)),
    ...change.map((of) => line("change", of)),
    ...create.map((resource) => `- create ${code(resource)}`),
  ];
  return lines.length === 0 ? "" : folded(title, bounded(room("changes"), lines, "changes"));
}

function nodesTable({ nodes, changes }: Plan, room: Room): string {
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
  const table = `${head.join("\n")}\n${bounded(room("nodes"), rows, "nodes with more room")}\n\n${note}`;
  // What changes of them stands above.
  return changes === undefined ? table : folded(plural(nodes.length, "node"), table);
}

function lostNodes({ losses }: Plan, room: Room): string {
  if (losses === undefined) return "";
  const lines = losses.map(
    (loss) => `- **${prose(loss.node, 80)}** ${prose(lossText(loss) ?? "no pod stays pending")}`,
  );
  return folded("While one node is lost", bounded(room("lost"), lines, "nodes"));
}

function failures({ policies }: Plan, room: Room): string {
  const sorted = [...violations(policies), ...policies.failed.filter(({ level }) => level !== "mandatory")];
  if (sorted.length === 0) return "";
  const lines = sorted.map(
    ({ policy, level, resource, field, message }) =>
      `- ${level === "mandatory" ? "❌" : "⚠️"} **${prose(policy, 100)}** ${code(resource)}${field === "" ? "" : ` ${code(field)}`}: ${prose(message)}`,
  );
  return `#### Policies\n\n${bounded(room("failures"), lines, "findings")}`;
}

function costTable({ cost }: Plan, room: Room): string {
  if (cost.lines.length === 0) return "";
  const amount = (of: number) => money(of, cost.currency);
  const rows = cost.lines.map(
    (line) =>
      `| ${prose(line.line, 80)} | ${prose(units(line, cost.currency).join(" + "), 200)} | ${amount(line.monthly)} |`,
  );
  const table = `| line | units | a month |\n|---|---|---:|\n${bounded(room("cost"), rows)}`;
  return folded(`Cost: ${amount(cost.monthly)} a month`, `${table}\n\nBy the prices of ${code(cost.book)}.`);
}

/** `▰▰▰▱▱`. Every browser has a font with these characters. */
function meter({ requested, limit }: Usage): string {
  const [full = 0] = cells([requested], limit, BAR);
  return "▰".repeat(full) + "▱".repeat(BAR - full);
}
