import type { Registered } from "./runner";
import { compliant } from "./stack";

/** A change to the compliant stack. */
export type Edit = (stack: Registered[]) => Registered[];

/** The end of a type token and the name: `Deployment front/web`. */
function find(stack: readonly Registered[], what: string): Registered {
  const [kind = "", name] = what.split(" ");
  const found = stack.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
  if (found === undefined) throw new Error(`the stack has no ${what}`);
  return found;
}

type Json = Record<string | number, unknown>;

/** Sets one field of one resource; `undefined` removes it. Keys with dots are given as a list. */
export function set(what: string, path: string | readonly (string | number)[], value: unknown): Edit {
  return (stack) => {
    const keys = typeof path === "string" ? path.split(".") : [...path];
    const last = keys.pop() ?? "";
    let at: Json = find(stack, what).props;
    for (const key of keys) at = (at[key] ??= {}) as Json;
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
    return stack;
  };
}

export function remove(...whats: readonly string[]): Edit {
  return (stack) => {
    const gone = whats.map((what) => find(stack, what));
    return stack.filter((one) => !gone.includes(one));
  };
}

export function add(...resources: readonly Registered[]): Edit {
  return (stack) => [...stack, ...resources];
}

export function changed(...edits: readonly Edit[]): Registered[] {
  return edits.reduce((stack, edit) => edit(stack), compliant());
}

/** Changes the kind of a workload; most kinds have the pod template at the same path. */
export function retype(what: string, type: string): Edit {
  return (stack) => {
    const old = find(stack, what);
    return stack.map((one) => (one === old ? { ...old, type } : one));
  };
}

export function protect(what: string): Edit {
  return (stack) => {
    const old = find(stack, what);
    return stack.map((one) => (one === old ? { ...old, opts: { protect: true } } : one));
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
