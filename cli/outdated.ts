import Table from "cli-table3";
import { parse } from "yaml";

import { type ChartPin, type ImagePin, isChart, isImage, isJar, type JarPin, type Pin } from "../components/core/pins";
import { askTags, askText, type RegistryOptions } from "../components/core/registry";
import { MAVEN_CENTRAL } from "../components/core/versions";
import { allPins } from "../components/pins";

/** A pinned version, and the versions in its registry. */
export interface Outdated {
  readonly what: string;
  readonly pinned: string;
  /** The newest version with the same first two numbers; with the same first number if there are only two. */
  readonly line: string;
  readonly newest: string;
  /** The reason why the pin is held back, or why the registry gave no answer. */
  readonly note: string;
}

export interface OutdatedOptions extends RegistryOptions {
  /** Repository of libraries. @default Maven Central */
  readonly maven?: string;
  /** Repository of a chart. @default the pin's own */
  readonly chartRepository?: (repository: string) => string;
}

/** Asks all registries at the same time. Without an answer, the row has the reason. */
export async function outdated(options: OutdatedOptions = {}): Promise<Outdated[]> {
  return Promise.all([
    ...allPins.filter(isImage).map((pin) => ofImage(pin, options)),
    ...allPins.filter(isChart).map((pin) => ofChart(pin, options)),
    ...allPins.filter(isJar).map((pin) => ofJar(pin, options)),
  ]);
}

async function ofImage(pin: ImagePin, options: OutdatedOptions): Promise<Outdated> {
  const { name, tag } = pin;
  const colon = tag.lastIndexOf(":");
  const answer = await askTags(tag.slice(0, colon), options);
  return row(pin, name, tag.slice(colon + 1), "tags" in answer ? answer.tags : answer);
}

async function ofChart(pin: ChartPin, options: OutdatedOptions): Promise<Outdated> {
  const { chart, repository, version } = pin.chart;
  const what = `${pin.name} (chart)`;
  if (repository.startsWith("oci://")) {
    const answer = await askTags(`${repository.slice("oci://".length)}/${chart}`, options);
    return row(pin, what, version, "tags" in answer ? answer.tags : answer);
  }
  const { chartRepository = (at: string) => at } = options;
  const answer = await askText(`${chartRepository(repository).replace(/\/$/, "")}/index.yaml`, options);
  return row(pin, what, version, "text" in answer ? chartVersions(answer.text, chart) : answer);
}

async function ofJar(pin: JarPin, options: OutdatedOptions): Promise<Outdated> {
  const { group, artifact, version } = pin.jar;
  const { maven = MAVEN_CENTRAL } = options;
  const url = `${maven}/${group.replaceAll(".", "/")}/${artifact}/maven-metadata.xml`;
  const answer = await askText(url, options);
  return row(pin, `${pin.name} (library)`, version, "text" in answer ? mavenVersions(answer.text) : answer);
}

const chartVersions = (index: string, chart: string): string[] => {
  const { entries = {} } = (parse(index) ?? {}) as { entries?: Record<string, readonly { version: string }[]> };
  return (entries[chart] ?? []).map(({ version }) => version);
};

const mavenVersions = (metadata: string): string[] =>
  [...metadata.matchAll(/<version>([^<]+)<\/version>/g)].map(([, version = ""]) => version);

function row(
  { held }: Pin,
  what: string,
  pinned: string,
  found: readonly string[] | { readonly reason: string },
): Outdated {
  if ("reason" in found) return { what, pinned, line: "?", newest: "?", note: found.reason };
  const newest = newestOf(pinned, found);
  const line = newestOf(pinned, found, true);
  const note = held === undefined || newest === pinned ? "" : `${held.why} (${held.read})`;
  return { what, pinned, line, newest, note };
}

/**
 * The newest version of the same form: the same text with other numbers. So a release is not compared with a release candidate,
 * nor an image with another variant.
 * @param sameLine compares only versions with the same first two numbers; with the same first number if there are only two
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

/** The rows as a table, outdated pins first. */
export function outdatedTable(rows: readonly Outdated[]): string {
  const table = new Table({
    head: ["pin", "pinned", "newest of its line", "newest", "reason for the pin, or for a missing answer"],
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
