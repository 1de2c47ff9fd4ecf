import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import { PROJECT } from "../core/project";

/** Runbooks of alerts: what to do when one fires. */
export interface Runbooks {
  /** Text of the alert's section. @throws Error for an alert that has none */
  readonly steps: (alert: string) => string;
  /** URL of a page with a heading for each alert. @default none: the alert has the steps alone */
  readonly url?: string;
}

/** Sections of a text by their headings, `### TrinoWorkerMissing`, without them. */
export function sections(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [heading = "", ...lines] = (section.split(/^#{1,2} /m)[0] ?? "").split("\n");
        return [heading, lines.join("\n").trim()];
      }),
  );
}

/** A system's page from `## Runbooks` on. */
export const runbooksOf = (page: string): string => (page.split(/^## Runbooks$/m)[1] ?? "").trim();

/** The runbooks of pages of `docs/systems/`, for one page in `docs/`: links start there, and links to an alert stay within the page. */
export function joined(pages: readonly string[]): readonly string[] {
  const texts = pages.map(runbooksOf);
  const alerts = texts.flatMap((text) => [...sections(text).keys()]);
  const anchors = new Set(alerts.map((alert) => `#${alert.toLowerCase()}`));
  return texts.map((text) =>
    text.replaceAll(/\]\((?!\w+:)([^)\s#]*)(#[^)\s]*)?\)/g, (link, path: string, anchor = "") => {
      if (path === "") return link;
      return anchors.has(anchor as string) ? `](${anchor})` : `](${posix.join("systems", path)}${anchor})`;
    }),
  );
}

function pages(): readonly string[] {
  const folder = join(PROJECT, "docs", "systems");
  const names = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return names.map((name) => readFileSync(join(folder, name), "utf8"));
}

let known: ReadonlyMap<string, string> | undefined;

/** Runbooks from the systems' pages. */
export function runbooks(url?: string): Runbooks {
  const steps = (alert: string) => {
    known ??= new Map(joined(pages()).flatMap((text) => [...sections(text)]));
    const section = known.get(alert);
    if (section === undefined)
      throw new Error(`no page of docs/systems/ has the heading "### ${alert}" below "## Runbooks"`);
    return section;
  };
  return { steps, ...(url === undefined ? {} : { url }) };
}
