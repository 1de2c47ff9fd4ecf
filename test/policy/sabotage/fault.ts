import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type Recorded, visible } from "../../../cli/recorder";
import type { StackName } from "../harness";

export type Stack = readonly Recorded[];
export type Edit = (stack: Stack) => Stack;

/** One fault in one real resource of a shipped stack. */
export interface Fault {
  readonly policy: string;
  /** @default homelab */
  readonly stack?: StackName;
  readonly plant: Edit;
  /** The resource as the message names it: `Deployment lakehouse-query/trino-worker`. */
  readonly resource: string;
  readonly field: string;
  /** What the message must show besides: the value that was given, or what is missing. */
  readonly says: string;
  /** Policies that the same fault breaks too, because it harms in several ways. @default none */
  readonly also?: readonly string[];
  /** Configuration of the policy, where it does nothing without. @default none */
  readonly config?: Readonly<Record<string, unknown>>;
}

type Path = string | readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** Finds by the kind and the name in the program: `Deployment trino-worker`. */
export function find(stack: Stack, what: string): Recorded {
  const [kind = "", name] = what.split(" ");
  const found = stack.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
  if (found === undefined) throw new Error(`the stack has no ${what}`);
  return found;
}

/** Sets one field; `undefined` removes it. Keys with dots are given as a list. */
export function set(what: string, path: Path, value: unknown): Edit {
  return changeProperties(what, (properties) => {
    const keys = typeof path === "string" ? path.split(".") : [...path];
    const last = keys.pop() ?? "";
    let at = properties;
    for (const key of keys) at = (at[key] ??= {}) as Json;
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
  });
}

/** Replaces text in one string. */
export function rewrite(what: string, path: readonly string[], from: string, to: string): Edit {
  return changeProperties(what, (properties) => {
    const keys = [...path];
    const last = keys.pop() ?? "";
    const at = keys.reduce<Json>((inner, key) => inner[key] as Json, properties);
    const text = String(at[last]);
    if (!text.includes(from)) throw new Error(`${what} does not contain ${from}`);
    at[last] = text.replace(from, to);
  });
}

export function remove(what: string): Edit {
  return (stack) => {
    const gone = find(stack, what);
    return stack.filter((one) => one !== gone);
  };
}

/** Adds an object of another kind: a copy of one that is there, under a name of its own and with other properties. */
export function add(model: string, type: string, name: string, properties: Json): Edit {
  return (stack) => {
    const old = find(stack, model);
    const request = old.request.clone();
    request.setType(type);
    request.setName(name);
    request.setObject(Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]));
    const inputs = visible(properties) as Recorded["inputs"];
    const urn = `${old.urn.slice(0, old.urn.lastIndexOf("::"))}::${name}`;
    return [...stack, { ...old, type, name, urn, inputs, request }];
  };
}

/** Takes the protection from deletion off. */
export function unprotect(what: string): Edit {
  return (stack) => {
    const old = find(stack, what);
    const request = old.request.clone();
    request.setProtect(false);
    return stack.map((one) => (one === old ? { ...old, request } : one));
  };
}

function changeProperties(what: string, change: (properties: Json) => void): Edit {
  return (stack) => {
    const old = find(stack, what);
    const properties = (old.request.getObject() ?? Struct.fromJavaScript({})).toJavaScript() as Json;
    change(properties);
    const request = old.request.clone();
    request.setObject(Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]));
    const inputs = visible(properties) as Recorded["inputs"];
    return stack.map((one) => (one === old ? { ...old, inputs, request } : one));
  };
}

/** Path of a field of the first container of a pod template. */
export function container(path: string): (string | number)[] {
  return ["spec", "template", "spec", "containers", 0, ...path.split(".")];
}

/** Path of a field of the pod in a pod template. */
export function pod(path: string): string[] {
  return ["spec", "template", "spec", ...path.split(".")];
}
