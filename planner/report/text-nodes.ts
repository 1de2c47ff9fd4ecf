import type { NodePlan, Usage } from "../plan";
import { type Alike, alike } from "./alike";
import { clean, cores, gib, gibNumber, nodeNames, percent, plural, share, short, sizes } from "./format";
import { fullest, limitMeaning, podCounts } from "./summary";
import { bar, flow, LABEL, palette, paragraph, type Colors, type Palette } from "./terminal";

/** Most blocks of equal nodes in the summary. */
const SHOWN_BLOCKS = 5;

/** Least width of amounts, in columns. */
const AMOUNT = 17;

/** Bars of memory and cpu for each node, nodes that are equal in one block. */
export function renderNodes(nodes: readonly NodePlan[], colors: Colors, width: number, details: boolean): string[] {
  const all = alike(nodes);
  const few = details || all.length <= SHOWN_BLOCKS;
  const shown = few ? all : alike(fullest(nodes)).slice(0, SHOWN_BLOCKS);
  const count = (blocks: readonly Alike[]) => blocks.reduce((sum, { names }) => sum + names.length, 0);
  const left = nodes.length - count(shown);
  const title = few ? "Nodes" : `The ${String(count(shown))} fullest nodes of ${String(nodes.length)}`;
  const paint = palette(colors, nodes);
  const legend = `requested of the limit (${limitMeaning(nodes)}), pods in GiB`;
  return [
    ...paragraph({ text: `  ${title} `, paint: colors.bold }, legend, width, colors.dim),
    ...shown.flatMap((block) => ["", ...nodeBlock(block, colors, paint, width)]),
    ...(left > 0 ? ["", colors.dim(`  … ${plural(left, "node")} with more room: --details`)] : []),
  ];
}

function nodeBlock({ node, names }: Alike, colors: Colors, paint: Palette, width: number): string[] {
  const pods = podCounts(node.pods).map((of) => ({
    text: `${of.name}${of.existing ? " (existing)" : ""} ${sizes(of.count, of.memory)}`,
    paint: paint(of),
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
  const pool = `${node.pool}${names.length === 1 ? "" : ` · ${String(names.length)} nodes alike`}`;
  return [
    ...flow(
      nodeNames(names)
        .split(" ")
        .map((text) => ({ text })),
      " ",
      2 + pool.length,
      width,
    ).map((line, at, lines) => `  ${colors.bold(line)}${at === lines.length - 1 ? ` ${colors.dim(clean(pool))}` : ""}`),
    usage("memory"),
    usage("cpu"),
    ...flow(pods, " · ", LABEL + 2, width).map((line) => " ".repeat(LABEL + 2) + line),
  ];
}

/** Highlights a full node, which is allowed but leaves no room for growth. */
function level({ yellow, bold }: Colors, { requested, limit }: Usage): (text: string) => string {
  return share(requested, limit) >= 0.995 ? (text) => bold(yellow(text)) : String;
}
