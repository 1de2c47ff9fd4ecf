import fc from "fast-check";

import { jsonSchema } from "../../cli/settings-document";

/** Random settings from the JSON Schema: any leaf, with any value that the schema allows. */

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property | boolean;
  readonly propertyNames?: Property;
  readonly items?: Property;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

type Value = unknown;
/** Path of a setting, with its section first, and a value for it. */
export type Setting = readonly [path: readonly string[], value: Value];

interface Leaf {
  readonly path: readonly string[];
  readonly property: Property;
}

/** Sections whose settings describe one cluster and must fit together: single random values would be refused. */
const WHOLE = new Set(["preset", "nodes", "pools"]);

/** Generators of texts for settings of which most matches of the pattern are meaningless. */
const MEANINGFUL: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\(Ki\|Mi\|Gi/, ["1Mi", "256Mi", "1Gi", "1536Mi", "3.5Gi", "0.7Gi", "24Gi", "130Gi", "1Ti"]],
  [/\{4\}\\S\+\$/, ["0 0 * * *", "*/5 1-3,22 ? jan-MAR sun", "59 23 31 12 6", "0 0 29 2 *", "5/7 */2 * * 1-5"]],
  [/\\\/\\d\{1,3\}/, ["10.0.0.0/8", "192.168.1.10/32", "0.0.0.0/0", "FD00:0::/8", "2001:db8::7/128", "::/0"]],
];

function textOf({ pattern, maxLength = 253 }: Property): fc.Arbitrary<string> {
  if (pattern === undefined) return fc.string({ minLength: 1, maxLength: 40 });
  const meaningful = MEANINGFUL.find(([of]) => of.test(pattern));
  if (meaningful !== undefined) return fc.constantFrom(...meaningful[1]);
  // The generator does not support look-around; the settings refuse values that it makes beyond the pattern.
  return fc
    .stringMatching(new RegExp(pattern.replace(/\(\?[=!][^()]*(?:\([^()]*\)[^()]*)*\)/g, "")))
    .filter((text) => text.length <= maxLength);
}

function valueOf(property: Property): fc.Arbitrary<Value> {
  const { anyOf, type, items, properties, minimum = 0, maximum = 100 } = property;
  if (property.const !== undefined) return fc.constant(property.const);
  if (property.enum !== undefined) return fc.constantFrom(...property.enum);
  if (anyOf?.some((each) => each.type === "number"))
    return fc.constantFrom(0.001, 0.0015, 0.25, 1 / 3, 7.25, "250m", "2");
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(valueOf));
  if (type === "boolean") return fc.boolean();
  if (type === "integer")
    return fc.oneof({ weight: 4, arbitrary: few(minimum, maximum) }, { weight: 1, arbitrary: fc.constant(maximum) });
  if (type === "number") return fc.double({ min: minimum, max: maximum, noNaN: true });
  if (type === "string") return textOf(property);
  if (items !== undefined) return fc.array(valueOf(items), { minLength: property.minItems ?? 0, maxLength: 3 });
  if (properties !== undefined) {
    const fields = Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, valueOf(inner)]));
    return fc.record(fields, { requiredKeys: [...(property.required ?? [])] });
  }
  if (typeof property.additionalProperties === "object")
    return fc.dictionary(textOf(property.propertyNames ?? {}), valueOf(property.additionalProperties), { maxKeys: 3 });
  throw new Error(`nobody says what ${JSON.stringify(property).slice(0, 200)} may be`);
}

const few = (least: number, most: number) => fc.integer({ min: least, max: Math.min(most, least + 12) });

function* leaves(property: Property, path: readonly string[], kind: string): Generator<Leaf> {
  const variant = property.oneOf?.find((each) => each.properties?.kind?.const === kind);
  const inner = (variant ?? property).properties;
  if (inner === undefined) {
    yield { path, property };
    return;
  }
  for (const [key, each] of Object.entries(inner)) if (key !== "kind") yield* leaves(each, [...path, key], kind);
}

/**
 * One to `most` random settings of a stack.
 * @param kind of the stack's object store
 * @param pools of the stack, the only ones that a size may name
 */
export function arbitrarySettings(kind: string, pools: readonly string[], most = 6): fc.Arbitrary<readonly Setting[]> {
  const schema = JSON.parse(jsonSchema()) as {
    readonly properties: { readonly config: { readonly properties: Readonly<Record<string, Property>> } };
  };
  const all = Object.entries(schema.properties.config.properties).flatMap(([key, property]) => {
    const section = key.replace("lakehouse:", "");
    return WHOLE.has(section) ? [] : [...leaves(property, [section], kind)];
  });
  const setting = fc.nat({ max: all.length - 1 }).chain((index) => {
    const { path, property } = all[index]!;
    const value = path.at(-1) === "pool" ? fc.constantFrom(...pools) : valueOf(property);
    return value.map((given): Setting => [path, given]);
  });
  return fc.uniqueArray(setting, { minLength: 1, maxLength: most, selector: ([path]) => path.join(".") });
}
