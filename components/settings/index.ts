import { z } from "zod";

import { explain, type Mistake, pathText, SettingsError, suggestion } from "../fields/mistakes";
import { misspelledNamespaces } from "./misspelled";
import { type Fragment, merge, presetOf } from "./presets";
import { newKeys } from "./moved";
import { RULES } from "./rules";
import { schema, type SectionName, type Settings } from "./schema";
import { ownMistakes } from "./sizes";

export type { Settings } from "./schema";
export { SettingsError } from "../fields/mistakes";

const PREFIX = "lakehouse:";

/**
 * Settings of Pulumi's configuration: keys `lakehouse:<section>`, values as Pulumi hands them over (text; JSON where the value is
 * structured). Keys of other namespaces, such as those of providers, are ignored unless they look like misspelled ones of this
 * project.
 * @throws SettingsError with every mistake.
 */
export function settingsFromConfig(config: Readonly<Record<string, string>>, source?: string): Settings {
  return settingsFrom(rawSettings(config), source, [...misspelledNamespaces(Object.keys(config), sectionNames)]);
}

/** A hint for each renamed key in Pulumi's configuration. */
export const settingsHints = (config: Readonly<Record<string, string>>): readonly string[] =>
  newKeys(rawSettings(config)).hints;

/** Settings of Pulumi's configuration as they are written: nothing is checked. */
export function rawSettings(config: Readonly<Record<string, string>>): Fragment {
  const raw: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(config)) {
    if (key.startsWith(PREFIX)) raw[key.slice(PREFIX.length)] = parseValue(text);
  }
  return raw;
}

function parseValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Settings of a stack file, joined with its preset and all defaults.
 * @param source named in messages, such as `Pulumi.homelab.yaml`
 * @param found mistakes that are known already
 * @throws SettingsError with every mistake: each section is judged by itself, and the rules across sections run on those that are
 * right, so that one wrong value does not hide the others.
 */
export function settingsFrom(given: Fragment, source?: string, found: readonly Mistake[] = []): Settings {
  const { settings: raw } = newKeys(given);
  const mistakes: Mistake[] = [...found, ...unknownSections(raw)];
  const input = merge(presetOf(raw), raw);
  const settings: Partial<Record<SectionName, unknown>> = {};
  for (const name of sectionNames) {
    const result = schema.shape[name].safeParse(input[name]);
    if (result.success) settings[name] = result.data;
    else
      for (const issue of result.error.issues)
        mistakes.push(...explain({ ...issue, path: [name, ...issue.path] }, input, (path) => keysAt(path, input)));
  }
  mistakes.push(...ownMistakes(settings));
  for (const { needs, rule } of RULES) {
    if (needs.every((name) => name in settings)) mistakes.push(...rule(settings as Settings));
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes, source);
  return settings as Settings;
}

const sectionNames = Object.keys(schema.shape) as SectionName[];

function* unknownSections(raw: Fragment): Generator<Mistake> {
  for (const key of Object.keys(raw)) {
    if (!(key in schema.shape))
      yield {
        path: pathText([key]),
        message: `unknown setting${suggestion(key, sectionNames)}; allowed: ${sectionNames.join(", ")}`,
      };
  }
}

/** Keys of the section at a path: walks the schema along the path. */
function keysAt(path: readonly PropertyKey[], input: unknown): readonly string[] {
  let at: z.core.$ZodType | undefined = schema;
  let value: unknown = input;
  for (const key of path) {
    at = unwrap(at, value);
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    if (at instanceof z.ZodObject) at = (at.shape as Record<string, z.core.$ZodType>)[String(key)];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
  }
  const target = unwrap(at, value);
  return target instanceof z.ZodObject ? Object.keys(target.shape) : [];
}

function unwrap(type: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodOptional)
    return unwrap(type.def.innerType, value);
  if (type instanceof z.ZodDiscriminatedUnion) {
    const kind = (value as { kind?: unknown } | undefined)?.kind;
    return type.options.find((option) => {
      const literal = option instanceof z.ZodObject ? (option.shape as Record<string, z.ZodType>).kind : undefined;
      return literal?.safeParse(kind).success === true;
    });
  }
  return type;
}
