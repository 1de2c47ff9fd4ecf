import type picocolors from "picocolors";
import type { NodePlan } from "../plan";
import { cells, clean } from "./format";
import { largestGroups, sittings, type Sitting } from "./summary";

export type Colors = ReturnType<typeof picocolors.createColors>;
export type Paint = (text: string) => string;

/** Text and how it is painted; lengths are counted before painting. */
export interface Word {
  readonly text: string;
  readonly paint?: Paint;
}

/** The paint of a group, the same on every node, so that bars and names tell who is who. Grey is somebody else's. */
export type Palette = (pods: Pick<Sitting, "name" | "existing">) => Paint;

/** Gives the most distinct colours to the groups that take the most memory. Red is kept for what is wrong. */
export function palette(colors: Colors, nodes: readonly NodePlan[]): Palette {
  const { cyan, magenta, green, yellow, blueBright, cyanBright, magentaBright, greenBright } = colors;
  const wheel = [cyan, magenta, green, blueBright, yellow, magentaBright, cyanBright, greenBright];
  const names = largestGroups(nodes);
  return ({ name, existing }) => (existing ? colors.gray : wheel[names.indexOf(name) % wheel.length]!);
}

/** Without colours, neighbours differ by shade. */
const SHADES = ["█", "▓"] as const;

/** Who takes how much of a limit, in `width` cells. */
export function bar(colors: Colors, paint: Palette, node: NodePlan, of: "memory" | "cpu", width: number): string {
  const pods = sittings(node.pods);
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

/** Words one after another with a separator, in lines of at most `width`, all but the first indented. */
export function flow(words: readonly Word[], separator: string, indent: number, width: number): string[] {
  const lines: { length: number; words: string[] }[] = [];
  for (const { text, paint = String } of words) {
    const word = clean(text);
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

/** A paragraph: the head, then its text in lines that start below the text's first. */
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
