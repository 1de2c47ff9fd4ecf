import { parseDocument } from "yaml";
import { z } from "zod";

import { schema } from "../components/settings/schema";

/** Documents that are generated from the schema of the settings: a JSON Schema for editors, and the declarations in `Pulumi.yaml`. */

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property | boolean;
  readonly items?: Property;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

function sections(): Readonly<Record<string, Property>> {
  return (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property).properties ?? {};
}

const REQUIRED = ["nodes", "pools", "storage"];

export function jsonSchema(): string {
  const properties = Object.fromEntries(Object.entries(sections()).map(([key, value]) => [`lakehouse:${key}`, value]));
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of a lakehouse stack (Pulumi.<stack>.yaml)",
    type: "object",
    properties: { config: { type: "object", properties, required: REQUIRED.map((key) => `lakehouse:${key}`) } },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Settings of Pulumi's Kubernetes plugin in every stack: it updates ConfigMaps and Secrets in place. By default it replaces them,
 * and pods that start in between find none (docs/decisions/0022).
 */
const PLUGIN_SETTINGS = ["enableConfigMapMutable", "enableSecretMutable"].map(
  (key) => [`kubernetes:${key}`, { value: true }] as const,
);

/** `Pulumi.yaml` with its `config:` block generated again; the rest stays. */
export function projectFile(current: string): string {
  const document = parseDocument(current);
  const declarations = Object.entries(sections()).map(([key, section]) => {
    const type = typeof section.default === "string" ? "string" : (section.type ?? "object");
    return [
      `lakehouse:${key}`,
      {
        type,
        ...(type === "array" ? { items: { type: "object" } } : {}),
        description: describe(section).join("\n"),
        ...(REQUIRED.includes(key) ? {} : { default: emptyOf(section) }),
      },
    ] as const;
  });
  document.set("config", document.createNode(Object.fromEntries([...declarations, ...PLUGIN_SETTINGS])));
  return document.toString({ lineWidth: 0 });
}

/** Pulumi refuses a project whose default is of another type than it says. */
const emptyOf = (section: Property): string | readonly [] | object =>
  typeof section.default === "string" ? section.default : section.type === "array" ? [] : {};

/** A line for the section and one for each of its settings. */
function describe(section: Property): string[] {
  return [section.description ?? "", ...lines(section, "")];
}

function* lines(property: Property, path: string): Generator<string> {
  for (const [key, inner] of Object.entries(property.properties ?? {})) {
    const at = path === "" ? key : `${path}.${key}`;
    const nested = inner.properties ?? inner.items?.properties;
    if (nested === undefined || inner.description !== undefined)
      yield `${at}: ${[allowed(inner), inner.description].filter(Boolean).join("; ")}`;
    yield* lines(inner, at);
  }
  if (property.items !== undefined) yield* lines(property.items, `${path}[]`);
  if (typeof property.additionalProperties === "object" && property.additionalProperties.properties !== undefined)
    yield* lines(property.additionalProperties, `${path === "" ? "" : `${path}.`}<name>`);
  for (const variant of property.oneOf ?? []) {
    const kind = String(variant.properties?.kind?.const);
    for (const line of lines(variant, path))
      yield line.includes(".kind: ") || line.startsWith("kind: ") ? line : `${line} (kind ${kind})`;
  }
}

/** The allowed type or values. */
function allowed(property: Property): string {
  if (property.const !== undefined) return JSON.stringify(property.const);
  if (property.enum !== undefined) return property.enum.map(String).join(" | ");
  if (property.anyOf !== undefined) return [...new Set(property.anyOf.map(allowed))].join(" or ");
  if (property.type === "array") return "list";
  if (property.type === "object") return property.properties === undefined ? "map" : "section";
  return property.type ?? "";
}
