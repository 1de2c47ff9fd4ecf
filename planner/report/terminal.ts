import type picocolors from "picocolors";
import type { NodePlan } from "../plan";
import { cells, clean } from "./format";
import { largestGroups, podCounts, type PodCount } from "./summary";

export type Colors = ReturnType<typeof picocolors.createColors>;
export type Paint = (text: string) => string;

/** Text with its colour. Lengths are counted without colour codes. */
export interface Word {
  readonly text: string;
  readonly paint?: Paint;
}

/** The colour of a group, the same in bars and legends of all nodes. Existing pods are grey. */
export type Palette = (pods: Pick<PodCount, "name" | "existing">) => Paint;

/** Gives the most distinct colours to the groups with the most memory. Red is reserved for problems. */
export function palette(colors: Colors, nodes: readonly NodePlan[]): Palette {
  const { cyan, magenta, green, yellow, blueBright, cyanBright, magentaBright, greenBright } = colors;
  const wheel = [cyan, magenta, green, blueBright, yellow, magentaBright, cyanBright, greenBright];
  const names = largestGroups(nodes);
  return ({ name, existing }) => (existing ? colors.gray : wheel[names.indexOf(name) % wheel.length]!);
}

/** Shades that alternate if the terminal has no colours. */
const SHADES = ["█", "▓"] as const;

/** A bar of `width` cells with the share of each group in the limit. */
export function bar(colors: Colors, paint: Palette, node: NodePlan, of: "memory" | "cpu", width: number): string {
  const pods = podCounts(node.pods);
  const taken = cells(
    pods.map((pod) => pod.count * pod[of]),
    node[of].limit,
    width,
  );
  const free = width - taken.reduce((sum, count) => sum + count, 0);
  if (!colors.isColorSupported)
    return taken.map((count, index) => SHADES[index % 2]!.repeat(count)).join("") + "░".repeat(free);
  return (
    taken.map((count, index) => (count === 0 ? "" : paint(pods[index]!)("▇".repeat(count)))).join("") +
    colors.dim("▁".repeat(free))
  );
}

/** Width of labels, in columns. */
export const LABEL = 11;

/**
 * Wraps words with a separator into lines of at most `width` columns, of which `indent` are reserved for the caller. A text that is
 * longer than a line is broken at its spaces.
 */
export function flow(words: readonly Word[], separator: string, indent: number, width: number): string[] {
  const lines: { length: number; words: string[] }[] = [];
  const fitting = words.flatMap(({ text, paint }) => {
    const word = clean(text);
    if (indent + word.length <= width || separator === " ") return [{ text: word, paint }];
    const parts = word.split(" ").map((part) => ({ text: part }));
    return flow(parts, " ", indent, width).map((line) => ({ text: line, paint }));
  });
  for (const { text: word, paint = String } of fitting) {
    const last = lines.at(-1);
    if (last === undefined || indent + last.length + separator.length + word.length > width) {
      lines.push({ length: word.length, words: [paint(word)] });
    } else {
      last.length += separator.length + word.length;
      last.words.push(paint(word));
    }
  }
  return lines.map((line) => line.words.join(separator));
}

/** A paragraph with a hanging indent: the head, then the wrapped text. */
export function paragraph(head: Word, text: string, width: number, paint: Paint = String): string[] {
  const indent = head.text.length + 1;
  const lines = flow(
    clean(text)
      .split(" ")
      .map((word) => ({ text: word, paint })),
    " ",
    indent,
    width,
  );
  return lines.map(
    (line, index) => (index === 0 ? (head.paint ?? String)(head.text) : " ".repeat(head.text.length)) + ` ${line}`,
  );
}
