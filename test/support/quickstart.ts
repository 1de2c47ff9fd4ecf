import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";

export interface Step {
  readonly command: string;
  /** Lines that the page shows of its output. */
  readonly shows: readonly string[];
}

/** Commands of docs/quickstart.md, as they stand there. */
export const quickstart = (): Step[] => shellSteps("quickstart.md");

/** Commands of a page of docs/, as they stand there. */
export function shellSteps(page: string): Step[] {
  const text = readFileSync(join(PROJECT_FOLDER, "docs", page), "utf8");
  const blocks = [...text.matchAll(/^```(sh|text)\n(.*?)^```/gms)].map(([, kind = "", body = ""]) => ({
    kind,
    lines: body.trimEnd().split("\n"),
  }));
  return blocks.flatMap(({ kind, lines }, at) => {
    if (kind !== "sh") return [];
    const next = blocks[at + 1];
    const shows = next?.kind === "text" ? next.lines : [];
    return lines.map((command, line) => ({ command, shows: line === lines.length - 1 ? shows : [] }));
  });
}
