import pico from "picocolors";

import { PRESETS, type PresetName } from "../components/core/system";
import { suggestion, withoutSecrets } from "../components/fields/mistakes";
import { rawSettings } from "../components/settings";
import { effective, type EffectiveSetting } from "../components/settings/effective";
import { preset } from "../components/settings/presets";
import { clip, plural } from "../planner/report/format";
import { InputError } from "../inputs/input-error";
import { stackSettings } from "../preview/plan";
import type { StackConfig } from "../inputs/stack-file";
import type { Place } from "../inputs/yaml-places";
import { safeJson } from "./terminal";

export interface SettingsFlags {
  readonly presets?: boolean;
  readonly json?: boolean;
}

interface View {
  readonly color: boolean;
  readonly width: number;
}

/** A setting with its place in the stack's file, where that says it. */
type Shown = EffectiveSetting & Partial<Place>;

/**
 * `lakehouse settings`: the value of every setting, and whether the file, the preset or the default says it.
 * @param under a path such as `query.trino`; all settings without it
 * @throws InputError
 */
export function settingsCommand(config: StackConfig, under: string | undefined, flags: SettingsFlags, view: View) {
  const { preset: name } = stackSettings(config);
  const rows = matching(effective(rawSettings(config.values)), under).map((one): Shown => {
    const value = one.value === undefined ? {} : { value: withoutSecretsIn(one.value) };
    const place = one.origin === "file" ? config.where?.(`lakehouse:${one.path}`) : undefined;
    return { ...one, ...value, ...place };
  });
  if (flags.json === true) return safeJson({ stack: config.stack, file: config.file, preset: name, settings: rows });
  const { bold, dim, green } = pico.createColors(view.color);
  const paints = { file: green, preset: String, default: dim, none: dim };
  const paths = Math.max(...rows.map(({ path }) => path.length));
  const origins = Math.max(...rows.map((one) => originText(one).length));
  const room = Math.max(12, view.width - paths - origins - 6);
  const lines = rows.map((one) => {
    const text = one.origin === "none" ? "–" : clip(valueText(one.value), room);
    return `  ${one.path.padEnd(paths)}  ${paints[one.origin](originText(one).padEnd(origins))}  ${text}`;
  });
  return [
    `${bold(config.stack)}: ${plural(rows.length, "setting")}, preset ${name}; lines are those of ${config.file}`,
    "",
    ...lines,
    "",
  ].join("\n");
}

const originText = ({ origin, line }: Shown): string =>
  origin === "file" && line !== undefined ? `line ${String(line)}` : origin === "none" ? "not set" : origin;

function valueText(value: unknown): string {
  if (typeof value === "string") return value.replace(/\s+/g, " ");
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueText).join(", ");
  return JSON.stringify(value);
}

/** A value without what nobody but its owner may read. */
export function withoutSecretsIn(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(withoutSecretsIn);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecretsIn(one)]));
}

function matching<T extends { readonly path: string }>(all: readonly T[], given: string | undefined): readonly T[] {
  if (given === undefined) return all;
  const under = given.replace(/^lakehouse:/, "");
  const found = all.filter(
    ({ path }) => path === under || (path.startsWith(under) && /^[.[]/.test(path.slice(under.length))),
  );
  if (found.length > 0 && under !== "") return found;
  const known = [
    ...new Set(all.flatMap(({ path }) => path.split(".").map((_, at, keys) => keys.slice(0, at + 1).join(".")))),
  ];
  throw new InputError([
    `settings: given ${JSON.stringify(given)}, which is no setting here${suggestion(under, known)}; allowed: the start of a path, such as query.trino`,
  ]);
}

/** A setting that presets decide, with the value that each of them gives it. */
type PresetRow = { readonly path: string } & Readonly<Record<PresetName, unknown>>;

/** `lakehouse settings --presets`: what each preset says. */
export function presetsCommand(under: string | undefined, flags: SettingsFlags, view: View): string {
  const all = PRESETS.map((name) => new Map(effective({ preset: name }).map((one) => [one.path, one] as const)));
  const said = new Set(PRESETS.flatMap((name) => leaves(preset(name))));
  const paths = [...new Set(all.flatMap((one) => [...one.keys()]))].filter((path) => said.has(path));
  const rows = matching(
    paths.map(
      (path) =>
        ({ path, ...Object.fromEntries(PRESETS.map((name, at) => [name, all[at]?.get(path)?.value])) }) as PresetRow,
    ),
    under,
  );
  if (flags.json === true) return safeJson(rows);
  const { bold, dim } = pico.createColors(view.color);
  const cell = (value: unknown) => (value === undefined ? "–" : clip(valueText(value), 12));
  const widths = PRESETS.map((name) => Math.max(name.length, ...rows.map((row) => cell(row[name]).length)));
  const cells = (texts: readonly string[]) => texts.map((text, at) => text.padStart(widths[at] ?? 0)).join("  ");
  const systems = grouped(rows);
  const name = (path: string) => path.split(".").slice(2).join(".");
  const label = Math.max(...rows.map(({ path }) => name(path).length)) + 4;
  return [
    `${" ".repeat(label)}  ${bold(cells(PRESETS))}`,
    ...[...systems].flatMap(([system, own]) => [
      `  ${bold(system)}`,
      ...own.map((row) => `    ${name(row.path).padEnd(label - 4)}  ${cells(PRESETS.map((one) => cell(row[one])))}`),
    ]),
    "",
    dim("  A stack's own settings override its preset. –: not set"),
    "",
  ].join("\n");
}

function leaves(value: object, path = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? leaves(inner, at) : [at];
  });
}

function grouped(rows: readonly PresetRow[]): Map<string, PresetRow[]> {
  const systems = new Map<string, PresetRow[]>();
  for (const row of rows) {
    const system = row.path.split(".").slice(0, 2).join(".");
    systems.set(system, [...(systems.get(system) ?? []), row]);
  }
  return systems;
}
