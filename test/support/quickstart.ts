import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";

export interface Step {
  readonly command: string;
  /** Lines that the page shows of its output. */
  readonly shows: readonly string[];
}

/** Commands of docs/quickstart.md, as they stand there. */
export function quickstart(): Step[] {
  const text = readFileSync(join(PROJECT_FOLDER, "docs", "quickstart.md"), "utf8");
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
