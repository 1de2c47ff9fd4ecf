import { z } from "zod";

import { schema } from "../../../components/settings/schema";

/** The part of a JSON Schema that says what can be switched. */
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
  /** The default first, where there is one. */
  readonly values: readonly [Value, ...Value[]];
  /** Of a union, the kinds that have this setting. @default it is always there */
  readonly kinds?: readonly Value[];
}

/** Settings whose values are no matter of which systems run, with the reason. */
const FIXED: readonly (readonly [path: RegExp, why: string])[] = [
  [/^preset$/, "sizes to start from: the shipped stacks have three of them"],
  [/^prices\./, "what the plan's cost is computed from"],
  [/^credentials\./, "a rotation takes several steps: credentials.test.ts"],
  [/\.admin\.(tls|sslMode)$/, "what leaves the cluster in the clear is refused where data is protected: tls.test.ts"],
];

/** Pods of every kind one only, as well as their usual number. */
export const INSTANCES: Switch = { path: "instances", values: ["several", "one"] };

const ROOT = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property;

/** Everything that can be switched, from the settings' own schema: a new system is in here by itself. */
export const SWITCHES: readonly Switch[] = joined([...leaves(ROOT, "")])
  .filter(({ path }) => !FIXED.some(([fixed]) => fixed.test(path)))
  .concat(INSTANCES);

/** Paths of everything that has replicas. */
export const SIZES: readonly { readonly path: string; readonly kind?: Value }[] = [...sizes(ROOT, "")];

/** Whether a system runs: `false` or `off` among the values means that it may not. */
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

/** One for each path: several kinds of a union may have the same setting. */
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

/** The options of a union that are told apart by `kind`. */
function kindsOf({ anyOf, oneOf }: Property): { kind: Value; option: Property }[] {
  return (anyOf ?? oneOf ?? []).flatMap((option) => {
    const kind = option.properties?.kind?.const;
    return typeof kind === "string" ? [{ kind, option }] : [];
  });
}
