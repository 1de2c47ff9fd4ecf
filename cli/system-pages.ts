import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { platform } from "../components/cluster/platform";
import { doorUrl } from "../components/core/door";
import { groupName } from "../components/core/pod-group";
import { formatBytes } from "../components/core/quantity";
import {
  type AnySystem,
  CAPABILITY_WORDS,
  exampleOf,
  onSwitch,
  pathOf,
  type PresetName,
  PRESETS,
  settingsOf,
  switchOf,
  systemName,
} from "../components/core/system";
import type { Use } from "../components/core/uses";
import { givers, isThere, stackFacts } from "../components/facts";
import { type Settings, settingsFrom } from "../components/settings";
import { PROJECT_FOLDER } from "../inputs/project";
import { type Fragment, merge } from "../components/settings/presets";
import { systems } from "../components/systems";

export const SYSTEM_PAGES = join(PROJECT_FOLDER, "docs", "systems");

/** The line between the part that is generated from the description and the part that is written by hand. */
const END = "<!-- Above: made by npm run schema. Below: written by hand. -->";

/** The pages of `docs/systems/`, by file name: the head is generated, the part below it stays. */
export function systemPages(folder = SYSTEM_PAGES): Map<string, string> {
  return new Map(
    systems.map((system) => {
      const file = `${systemName(system)}.md`;
      const path = join(folder, file);
      const below = existsSync(path) ? (readFileSync(path, "utf8").split(END)[1] ?? "") : "";
      return [file, `${head(system)}\n\n${END}\n${below.trim() === "" ? "" : `\n${below.trim()}\n`}`];
    }),
  );
}

function head(system: AnySystem): string {
  const words = (how: "one" | "others") =>
    Object.values(system.needs)
      .filter((need) => (need.how === "one") === (how === "one"))
      .map(({ of }) => CAPABILITY_WORDS[of]);
  const [needs, uses, gives] = [words("one"), words("others"), system.gives.map((of) => CAPABILITY_WORDS[of])];
  const settings = everything(system);
  const facts = { platform: platform(settings), settings: settingsOf(system, settings), stack: stackFacts(settings) };
  const monitored = Object.values(system.monitoring?.(facts) ?? {});
  return [
    `# ${systemName(system)}`,
    system.summary,
    "",
    [
      `On ${onBy(system)}.`,
      ...(needs.length === 0 ? [] : [`Needs ${needs.join(", ")}.`]),
      ...(uses.length === 0 ? [] : [`Uses ${uses.join(", ")} where the stack has them.`]),
      ...(gives.length === 0 ? [] : [`Gives ${gives.join(", ")}.`]),
    ].join(" "),
    ...section("Settings", ["setting", "what it is"], settingRows(system.settings as z.ZodType, pathOf(system))),
    ...section("Pods by preset", ["pods", ...PRESETS], podRows(system)),
    ...section("What it runs", ["pinned", "version", "licence"], pinRows(system, facts.settings, facts.stack)),
    ...section(
      "Doors",
      ["name", "kind", "inside of the cluster", "who may pass"],
      (system.doors?.(facts) ?? [])
        .filter(isThere)
        .map((door) => [door.name, door.kind, `\`${doorUrl(door)}\``, door.signIn ?? "whoever reaches it"]),
    ),
    ...section(
      "Alerts",
      ["alert", "severity", "what is wrong"],
      monitored
        .flatMap(({ alerts }) => alerts)
        .map(({ name, severity, summary }) => [`[${name}](#${name.toLowerCase()})`, severity, summary]),
    ),
  ].join("\n");
}

function onBy(system: AnySystem): string {
  if (system.kind !== undefined) return `by \`${pathOf(system)}.kind: ${system.kind}\``;
  return isSwitched(system) ? `by \`${switchOf(system)}: ${String(onSwitch(system).value)}\`` : "where it is needed";
}

function section(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return ["", `## ${title}`, line(columns), line(columns.map(() => "---")), ...rows.map(line)];
}

/** Whether a setting switches it on: others are on where somebody needs them. */
const isSwitched = ({ on, switch: by }: AnySystem): boolean => on === undefined || by !== undefined;

/** Settings with every system on. The object store is the system's own kind if it is one. */
export function everything({ kind = "s3" }: AnySystem, preset: PresetName = "homelab"): Settings {
  const switches = systems
    .filter((system) => system.kind === undefined && isSwitched(system))
    .map((system) => ({ system, by: onSwitch(system) }))
    .map(({ system, by }) => merge(exampleOf(system), { [system.section]: { [system.key]: { [by.key]: by.value } } }));
  return settingsFrom(
    [...switches, { storage: { objects: OBJECTS[kind] } }].reduce<Fragment>(merge, {
      preset,
      nodes: [{ name: "one", pool: "all", cpu: 4096, memory: "64Ti" }],
      pools: { all: { default: true } },
      cluster: { certManager: true, issuer: "lakehouse" },
      licences: { allow: ["Elastic-2.0"] },
    }),
  );
}

/** Least settings of each kind of object store. */
const OBJECTS: Readonly<Record<string, object>> = {
  s3: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
  ceph: { kind: "ceph" },
  seaweedfs: { kind: "seaweedfs" },
  minio: { kind: "minio", admin: { host: "127.0.0.1", port: 9000 } },
};

function podRows(system: AnySystem): string[][] {
  const rows = new Map<string, string[]>();
  for (const [index, preset] of PRESETS.entries()) {
    const settings = everything(system, preset);
    const stack = stackFacts(settings);
    for (const group of system.pods({ platform: platform(settings), settings: settingsOf(system, settings), stack })) {
      const { replicas, requests } = group;
      const row = rows.get(groupName(group)) ?? [groupName(group), ...PRESETS.map(() => "")];
      row[index + 1] = `${String(replicas)} × ${String(requests.cpu)} cores, ${formatBytes(requests.memory)}`;
      rows.set(groupName(group), row);
    }
  }
  return [...rows.values()];
}

function pinRows(system: AnySystem, own: unknown, stack: ReturnType<typeof stackFacts>): string[][] {
  const rows = system.uses(own, stack).map((use) => [`${use.kind} ${use.pin.name}`, version(use), use.pin.licence]);
  return [...new Map(rows.map((row) => [row[0], row])).values()];
}

function version({ kind, pin }: Use): string {
  if (kind === "image") return `\`${pin.tag}\``;
  return kind === "chart" ? pin.chart.version : pin.jar.version;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** Rows of the settings. A size is one row, because all sizes have the same fields. */
function settingRows(type: z.ZodType, path: string): string[][] {
  const rows = (at: string, { properties, description = "", enum: allowed }: Schema): string[][] => {
    const isSize = properties?.cpu !== undefined && properties.memory !== undefined;
    if (properties === undefined || isSize) {
      const words = [description, ...(allowed === undefined ? [] : [`one of ${allowed.map(String).join(", ")}`])];
      const what = isSize ? ["a size: `replicas`, `cpu`, `memory`, `pool`", description] : words;
      return [[`\`${at}\``, what.filter((word) => word !== "").join("; ")]];
    }
    return Object.entries(properties)
      .filter(([, inner]) => inner.const === undefined)
      .flatMap(([key, inner]) => rows(`${at}.${key}`, inner));
  };
  return rows(path, z.toJSONSchema(type, { io: "input", unrepresentable: "any" }) as Schema);
}

const MARKS = ["<!-- systems -->", "<!-- /systems -->"] as const;

/** A page with the diagram of the systems' needs generated again between its marks. */
export function withPicture(page: string): string {
  const [from, to] = MARKS.map((mark) => page.indexOf(mark)) as [number, number];
  return `${page.slice(0, from)}${MARKS[0]}\n${picture()}\n${page.slice(to)}`;
}

function picture(): string {
  const sections = [...new Set(systems.map((each) => each.section))];
  const boxes = sections.flatMap((name) => [
    `  subgraph ${name}`,
    ...systems.filter((each) => each.section === name).map((each) => `    ${systemName(each)}`),
    "  end",
  ]);
  const arrows = systems.flatMap((client) =>
    Object.values(client.needs).flatMap(({ of, how }) =>
      givers(of).map(
        (giver) => `  ${systemName(giver)} ${how === "one" ? "-->" : "-.->"}|${of}| ${systemName(client)}`,
      ),
    ),
  );
  return ["```mermaid", "flowchart LR", ...boxes, ...arrows, "```"].join("\n");
}
