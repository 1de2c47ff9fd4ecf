import { readFileSync } from "node:fs";
import { join } from "node:path";

import { systemName } from "../components/core/system";
import { joined } from "../components/observability/runbooks";
import { systems } from "../components/systems";
import { PROJECT_FOLDER } from "../inputs/project";
import { SYSTEM_PAGES } from "./system-pages";

/** All runbooks in one page. `lakehouse:observability.runbooks` may name the URL of a copy. */
export const RUNBOOKS_PAGE = join(PROJECT_FOLDER, "docs", "runbooks.md");

/** The line between the part that is written by hand and the part that is generated from the systems' pages. */
const END = "<!-- Above: written by hand. Below: made by npm run schema from docs/systems/. -->";

/** The page with its lower part generated again. */
export function runbooksPage(current: string): string {
  const [above = "", ...more] = current.split(END);
  if (more.length !== 1) throw new Error(`docs/runbooks.md: needs the line "${END}" exactly once`);
  const names = systems.map(systemName);
  const texts = joined(names.map((name) => readFileSync(join(SYSTEM_PAGES, `${name}.md`), "utf8")));
  const parts = names
    .map((name, index) => ({ name, text: texts[index] ?? "" }))
    .filter(({ text }) => text !== "")
    .map(({ name, text }) => `## [${name}](systems/${name}.md)\n${text}`);
  return `${[above.trim(), END, ...parts].join("\n\n")}\n`;
}
