import { z } from "zod";

import { schema } from "../../../components/settings/schema";

/** The keywords of JSON Schema that describe switches. */
interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

export type Value = string | boolean;
/** Values of switches, by path. */
export type Choice = Readonly<Record<string, Value>>;

/** A setting with a handful of values: `storage.postgres.operator`. */
export interface Switch {
  readonly path: string;
  /** Its values, the default first if it has one. */
  readonly values: readonly [Value, ...Value[]];
  /** The kinds of a union that have this setting. @default all */
  readonly kinds?: readonly Value[];
}

/** Settings that do not affect which systems run, with the reason. */
const FIXED: readonly (readonly [path: RegExp, why: string])[] = [
  [/^preset$/, "sizes to start from: the shipped stacks have three of them"],
  [/^prices\./, "what the plan's cost is computed from"],
  [/^credentials\./, "a rotation takes several steps: credentials.test.ts"],
  [/^storage\.postgres\.backup\.store\./, "a store elsewhere has an address too: config.test.ts"],
  [/\.admin\.(tls|sslMode)$/, "what leaves the cluster in the clear is refused where data is protected: tls.test.ts"],
];

/** Numbers of replicas: the default and one. */
export const INSTANCES: Switch = { path: "instances", values: ["several", "one"] };

const ROOT = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property;

/** All switches in the settings' schema, so that new systems are included automatically. */
export const SWITCHES: readonly Switch[] = joined([...leaves(ROOT, "")])
  .filter(({ path }) => !FIXED.some(([fixed]) => fixed.test(path)))
  .concat(INSTANCES);

/** Paths of all settings with replicas. */
export const SIZES: readonly { readonly path: string; readonly kind?: Value }[] = [...sizes(ROOT, "")];

/** Whether the switch turns a system off: `false` or `off` is among its values. */
export function isOptional({ path, values }: Switch): boolean {
  return values.includes("off") || path.endsWith(".enabled");
}

export function isOperator({ path, values }: Switch): boolean {
  return path.endsWith(".operator") && values.includes("existing");
}

function* leaves(property: Property, path: string, kind?: Value): Generator<Switch> {
  const values = property.type === "boolean" ? [true, false] : (property.enum as Value[] | undefined);
  if (values !== undefined) {
    const usual = property.default as Value | undefined;
    const [first, ...others] = usual === undefined ? values : [usual, ...values.filter((value) => value !== usual)];
    if (first !== undefined)
      yield { path, values: [first, ...others], ...(kind === undefined ? {} : { kinds: [kind] }) };
  }
  for (const [key, inner] of Object.entries(property.properties ?? {}))
    yield* leaves(inner, path === "" ? key : `${path}.${key}`, kind);
  const [first, ...others] = kindsOf(property);
  if (first === undefined) return;
  yield { path: `${path}.kind`, values: [first.kind, ...others.map((one) => one.kind)] };
  for (const one of [first, ...others]) yield* leaves(one.option, path, one.kind);
}

/** Switches merged by path, because several kinds of a union may have the same setting. */
function joined(all: readonly Switch[]): Switch[] {
  const byPath = new Map<string, Switch>();
  for (const one of all) {
    const { kinds = [] } = byPath.get(one.path) ?? {};
    byPath.set(one.path, one.kinds === undefined ? one : { ...one, kinds: [...kinds, ...one.kinds] });
  }
  return [...byPath.values()];
}

function* sizes(property: Property, path: string, kind?: Value): Generator<{ path: string; kind?: Value }> {
  const { properties = {} } = property;
  if ("replicas" in properties && "memory" in properties) yield { path, ...(kind === undefined ? {} : { kind }) };
  for (const [key, inner] of Object.entries(properties))
    yield* sizes(inner, path === "" ? key : `${path}.${key}`, kind);
  for (const one of kindsOf(property)) yield* sizes(one.option, path, one.kind);
}

/** Options of a union that is discriminated by `kind`. */
function kindsOf({ anyOf, oneOf }: Property): { kind: Value; option: Property }[] {
  return (anyOf ?? oneOf ?? []).flatMap((option) => {
    const kind = option.properties?.kind?.const;
    return typeof kind === "string" ? [{ kind, option }] : [];
  });
}
