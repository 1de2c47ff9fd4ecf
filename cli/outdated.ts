import Table from "cli-table3";
import { parse } from "yaml";

import { type Held, held } from "../components/core/held";
import { type ChartPin, charts, type JarPin, jars, MAVEN_CENTRAL, tags } from "../components/core/versions";
import { askTags, askText, type RegistryOptions } from "../components/core/registry";

/** What is pinned, against what its registry has now. */
export interface Outdated {
  readonly what: string;
  readonly pinned: string;
  /** The newest of the same line: of the same first two numbers; of the same first one where there are two. */
  readonly line: string;
  readonly newest: string;
  /** Why the pin is held back, or why the registry told nothing. */
  readonly note: string;
}

export interface OutdatedOptions extends RegistryOptions {
  /** Repository of libraries. @default Maven Central */
  readonly maven?: string;
  /** Repository of a chart. @default the pin's own */
  readonly chartRepository?: (repository: string) => string;
}

/** Asks every registry at once. What does not answer has a line that says so. */
export async function outdated(options: OutdatedOptions = {}): Promise<Outdated[]> {
  return Promise.all([
    ...Object.entries(tags).map(([name, image]) => ofImage(name, image, options)),
    ...Object.entries<ChartPin>(charts).map(([name, chart]) => ofChart(name, chart, options)),
    ...Object.entries<JarPin>(jars).map(([name, jar]) => ofJar(name, jar, options)),
  ]);
}

async function ofImage(name: string, image: string, options: OutdatedOptions): Promise<Outdated> {
  const colon = image.lastIndexOf(":");
  const answer = await askTags(image.slice(0, colon), options);
  return row(name, image.slice(colon + 1), "tags" in answer ? answer.tags : answer);
}

async function ofChart(
  name: string,
  { chart, repository, version }: ChartPin,
  options: OutdatedOptions,
): Promise<Outdated> {
  const what = `${name} (chart)`;
  if (repository.startsWith("oci://")) {
    const answer = await askTags(`${repository.slice("oci://".length)}/${chart}`, options);
    return row(what, version, "tags" in answer ? answer.tags : answer, name);
  }
  const { chartRepository = (at: string) => at } = options;
  const answer = await askText(`${chartRepository(repository).replace(/\/$/, "")}/index.yaml`, options);
  return row(what, version, "text" in answer ? chartVersions(answer.text, chart) : answer, name);
}

async function ofJar(name: string, { group, artifact, version }: JarPin, options: OutdatedOptions): Promise<Outdated> {
  const { maven = MAVEN_CENTRAL } = options;
  const url = `${maven}/${group.replaceAll(".", "/")}/${artifact}/maven-metadata.xml`;
  const answer = await askText(url, options);
  return row(`${name} (library)`, version, "text" in answer ? mavenVersions(answer.text) : answer, name);
}

const chartVersions = (index: string, chart: string): string[] => {
  const { entries = {} } = (parse(index) ?? {}) as { entries?: Record<string, readonly { version: string }[]> };
  return (entries[chart] ?? []).map(({ version }) => version);
};

const mavenVersions = (metadata: string): string[] =>
  [...metadata.matchAll(/<version>([^<]+)<\/version>/g)].map(([, version = ""]) => version);

function row(
  what: string,
  pinned: string,
  found: readonly string[] | { readonly reason: string },
  pin: string = what,
): Outdated {
  if ("reason" in found) return { what, pinned, line: "?", newest: "?", note: found.reason };
  const newest = newestOf(pinned, found);
  const line = newestOf(pinned, found, true);
  const reason = newest === pinned ? undefined : reasonFor(pin, pinned);
  return { what, pinned, line, newest, note: reason ?? "" };
}

/** Of the pin by its name; a library has that of the version which it shares. */
function reasonFor(pin: string, pinned: string): string | undefined {
  const reasons: Readonly<Record<string, Held>> = held;
  const reason = reasons[pin] ?? Object.values(reasons).find((each) => each.pin === pinned);
  return reason === undefined ? undefined : `${reason.why} (${reason.read})`;
}

/**
 * The newest of the versions that are written as this one: the same text with other numbers. So a release is not compared with
 * a release candidate, nor an image with one of another flavour.
 * @param sameLine of the same first two numbers only; of the same first one where there are two
 */
export function newestOf(pinned: string, all: readonly string[], sameLine = false): string {
  const shape = new RegExp(`^${pinned.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\d+/g, "(\\d+)")}$`);
  const numbers = (version: string) => shape.exec(version)?.slice(1).map(Number);
  const own = numbers(pinned) ?? [];
  const same = sameLine ? Math.min(2, own.length - 1) : 0;
  let [best, most] = [pinned, own];
  for (const version of all) {
    const these = numbers(version);
    if (these === undefined || these.slice(0, same).some((number, at) => number !== own[at])) continue;
    const at = these.findIndex((number, index) => number !== most[index]);
    if (at >= 0 && (these[at] ?? 0) > (most[at] ?? 0)) [best, most] = [version, these];
  }
  return best;
}

/** A table for people: what is behind comes first. */
export function outdatedTable(rows: readonly Outdated[]): string {
  const table = new Table({
    head: ["pin", "pinned", "newest of its line", "newest", "why it is held, or why nothing is known"],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [28, 30, 30, 30, 50],
  });
  const rank = ({ pinned, line, newest }: Outdated) =>
    newest === "?" ? 2 : line !== pinned ? 0 : newest !== pinned ? 1 : 3;
  for (const { what, pinned, line, newest, note } of rows.toSorted((one, other) => rank(one) - rank(other)))
    table.push([what, pinned, line === pinned ? "" : line, newest === pinned ? "" : newest, note]);
  const behind = rows.filter(({ pinned, newest }) => newest !== "?" && newest !== pinned).length;
  const silent = rows.filter(({ newest }) => newest === "?").length;
  return `${table.toString()}\n${String(rows.length)} pins, ${String(behind)} behind upstream, ${String(silent)} whose registry did not answer\n`;
}
