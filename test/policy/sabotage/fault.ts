import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type Recorded, visible } from "../../../preview/recorder";
import type { StackName } from "../harness";

export type Stack = readonly Recorded[];
export type Edit = (stack: Stack) => Stack;

/** One fault in one real resource of a shipped stack. */
export interface Fault {
  readonly policy: string;
  /** @default homelab */
  readonly stack?: StackName;
  readonly plant: Edit;
  /** The resource in the message: `Deployment lakehouse-query/trino-worker`. */
  readonly resource: string;
  readonly field: string;
  /** Further text of the message: the given value, or the missing thing. */
  readonly says: string;
  /** Other policies that the same fault violates. @default none */
  readonly also?: readonly string[];
  /** Configuration of the policy, if it needs one. @default none */
  readonly config?: Readonly<Record<string, unknown>>;
}

type Path = string | readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** Finds a resource by kind and logical name: `Deployment trino-worker`. */
export function find(stack: Stack, what: string): Recorded {
  const [kind = "", name] = what.split(" ");
  const found = stack.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
  if (found === undefined) throw new Error(`the stack has no ${what}`);
  return found;
}

/** Sets one field; `undefined` removes it. A path with dots in its keys is a list. */
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

/** Adds an object of another kind: a copy of an existing one with its own name and properties. */
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

/** Removes the protection from deletion. */
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
