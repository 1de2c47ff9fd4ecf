import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What to do when an alert fires, as it is shown where somebody is woken by it. */
export interface Runbooks {
  /** Text of the alert's section. @throws Error for an alert that has none */
  readonly steps: (alert: string) => string;
  /** Address of a page that has a heading for each alert. @default none: the steps are all there is */
  readonly url?: string;
}

/** Sections of the page by their headings, `### TrinoWorkerMissing`, without them. */
export function sections(page: string): ReadonlyMap<string, string> {
  return new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [heading = "", ...lines] = (section.split(/^#{1,2} /m)[0] ?? "").split("\n");
        return [heading, lines.join("\n").trim()];
      }),
  );
}

let page: ReadonlyMap<string, string> | undefined;

/** The stack's own page: no link of it can lead nowhere. */
export function runbooks(url?: string): Runbooks {
  const steps = (alert: string) => {
    page ??= sections(readFileSync(join(__dirname, "..", "..", "docs", "runbooks.md"), "utf8"));
    const section = page.get(alert);
    if (section === undefined) throw new Error(`docs/runbooks.md has no heading "### ${alert}"`);
    return section;
  };
  return { steps, ...(url === undefined ? {} : { url }) };
}
