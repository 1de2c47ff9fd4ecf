import pico from "picocolors";

import { namedNodes } from "../components/cluster/settings";
import { systemName } from "../components/core/system";
import { systemsOn } from "../components/facts";
import { gib, plural, short } from "../planner/report/format";
import { flow, paragraph } from "../planner/report/terminal";
import { InputError, type InputMistake } from "../inputs/input-error";
import { stackSettings } from "../preview/plan";
import { stacks } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { safeJson } from "./terminal";

/** What is known of a stack from its file alone. */
interface Known {
  readonly stack: string;
  readonly preset: string;
  readonly nodes: number;
  /** Bytes of all nodes. */
  readonly memory: number;
  readonly cpu: number;
  /** Systems that are on. */
  readonly systems: readonly string[];
}

type Found = Known | { readonly stack: string; readonly errors: readonly InputMistake[] };

/** `lakehouse stacks`: the stacks of a folder. */
export function stacksCommand(
  folder: string,
  { json = false }: { readonly json?: boolean },
  { color, width: columns }: { readonly color: boolean; readonly width: number },
): string {
  const all = stacks(folder).map((stack) => found(folder, stack));
  if (json) return safeJson(all);
  if (all.length === 0) return "no stacks here; `lakehouse init <name>` makes one\n";
  const { bold, dim, green, red } = pico.createColors(color);
  const width = Math.max(60, columns);
  const name = Math.max(...all.map(({ stack }) => stack.length));
  const lines = all.flatMap((one) => {
    if ("errors" in one) {
      const [first] = new InputError(one.errors.slice(0, 1)).lines;
      const text = `${plural(one.errors.length, "mistake")}: ${first ?? ""}`;
      return paragraph({ text: `✘ ${one.stack.padEnd(name)} `, paint: (head) => red(bold(head)) }, text, width);
    }
    const { stack, preset, nodes, memory, cpu, systems } = one;
    const words = systems.map((text) => ({ text, paint: dim }));
    return [
      `${green("✔")} ${bold(stack.padEnd(name))}  ${plural(nodes, "node")}, ${gib(memory)} and ${short(cpu)} cores, preset ${preset}`,
      ...flow(words, " · ", name + 4, width).map((line) => `${" ".repeat(name + 4)}${line}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function found(folder: string, stack: string): Found {
  try {
    const settings = stackSettings(readStackFile(folder, stack));
    const nodes = namedNodes(settings.nodes);
    const sum = (of: (node: (typeof nodes)[number]) => number) => nodes.reduce((all, node) => all + of(node), 0);
    return {
      stack,
      preset: settings.preset,
      nodes: nodes.length,
      memory: sum((node) => node.memory),
      cpu: sum((node) => node.cpu),
      systems: systemsOn(settings).map(systemName),
    };
  } catch (error) {
    if (error instanceof InputError) return { stack, errors: error.mistakes };
    throw error;
  }
}
