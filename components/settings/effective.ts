import { z } from "zod";

import { newKeys } from "./moved";
import { type Fragment, merge, presetOf } from "./presets";
import { schema } from "./schema";

/** Where a setting has its value from; `none` is an optional one that is not set. */
export type Origin = "file" | "preset" | "default" | "none";

/** A setting as it would be written, whoever says its value. */
export interface EffectiveSetting {
  /** `query.trino.worker.memory`, `nodes[0].name` */
  readonly path: string;
  /** Absent where it is not set. */
  readonly value?: unknown;
  readonly origin: Origin;
}

/** What the JSON Schema of the settings says of one of them. */
interface Property {
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property | boolean;
  readonly items?: Property;
  readonly oneOf?: readonly Property[];
}

/** Values of one setting, what counts most first. */
type Layers = readonly (readonly [origin: Exclude<Origin, "none">, value: unknown])[];

/**
 * Every setting of a stack with its value and where that is from.
 * @param given settings of the stack's file, which are right
 */
export function effective(given: Fragment): EffectiveSetting[] {
  const { settings } = newKeys(given);
  const layers: Layers = [
    ["file", settings],
    ["preset", presetOf(settings)],
  ];
  return [...walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property, layers, "")];
}

function* walk(property: Property, above: Layers, path: string): Generator<EffectiveSetting> {
  // A default is for what nothing says: it is no part of what something says.
  const layers: Layers = above.length > 0 || property.default === undefined ? above : [["default", property.default]];
  const [top] = layers;
  if (top === undefined) {
    yield { path, origin: "none" };
    return;
  }
  const [origin, value] = top;
  if (Array.isArray(value) && property.items !== undefined && value.some(isRecord)) {
    for (const [at, item] of value.entries()) yield* walk(property.items, [[origin, item]], `${path}[${String(at)}]`);
    return;
  }
  // Layers below a value that is no section do not show through it.
  const end = layers.findIndex(([, one]) => !isRecord(one));
  const sections = end === -1 ? layers : layers.slice(0, end);
  const keys = isRecord(value) ? keysOf(property, sections) : undefined;
  if (keys === undefined) yield { path, value, origin };
  // A map of texts, such as labels, is one value.
  else if (isMap(property) && keys.every(([key]) => !isRecord(below(sections, key)[0]?.[1])))
    yield { path, value: sections.map(([, one]) => one as Fragment).reduceRight(merge), origin };
  else for (const [key, inner] of keys) yield* walk(inner, below(sections, key), path === "" ? key : `${path}.${key}`);
}

/** What a section holds, in the order in which it is described: undefined for a text or a number. */
function keysOf(property: Property, layers: Layers): (readonly [key: string, property: Property])[] | undefined {
  const { properties, additionalProperties, oneOf } = property;
  if (properties !== undefined) return Object.entries(properties);
  if (oneOf !== undefined) {
    const [kind] = below(layers, "kind");
    const chosen = oneOf.find((one) => one.properties?.kind?.const === kind?.[1]);
    return chosen === undefined ? undefined : keysOf(chosen, layers);
  }
  if (additionalProperties === undefined) return undefined;
  const inner = typeof additionalProperties === "object" ? additionalProperties : {};
  const names = new Set(layers.flatMap(([, value]) => Object.keys(value as object)));
  return [...names].map((name) => [name, inner] as const);
}

/** Whether its keys are names that the stack gives. */
const isMap = ({ properties, oneOf }: Property): boolean => properties === undefined && oneOf === undefined;

const below = (layers: Layers, key: string): Layers =>
  layers
    .map(([origin, value]) => [origin, (value as Fragment)[key]] as const)
    .filter(([, value]) => value !== undefined);

const isRecord = (value: unknown): value is Fragment =>
  typeof value === "object" && value !== null && !Array.isArray(value);
