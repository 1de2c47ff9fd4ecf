import { Field } from "./field";

/**
 * A path as in messages, with wildcards and filters. `spec.nodes.*` and `spec.volumes[*]` lead to every entry,
 * `containers[name=main]` to the entry with that name, `roles[=broker]` to the entry with that value. Keys with dots are
 * quoted: `spec.conf["spark.driver.port"]`. A path with a leading dot begins at the block of a `Scope`, any other at its root.
 */
export type Path = string;

type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "every" }
  | { readonly kind: "which"; readonly key: string; readonly value: string };

/** Where paths begin. */
export interface Scope {
  readonly root: Field;
  readonly block: Field;
}

const STEPS = new Map<Path, readonly Step[]>();
const STEP = /\["([^"]*)"\]|\[(\*)\]|\[([^\]=]*)=([^\]]*)\]|\.?([^.[\]]+)/gy;

function stepsOf(path: Path): readonly Step[] {
  let steps = STEPS.get(path);
  if (steps === undefined) STEPS.set(path, (steps = parse(path)));
  return steps;
}

function parse(path: Path): Step[] {
  const steps = path.startsWith(".") ? path.slice(1) : path;
  const found = [...steps.matchAll(STEP)];
  if (found.map(([text]) => text).join("") !== steps)
    throw new Error(`${JSON.stringify(path)} is not a path: write a.b, a[*], a[name=x] or a["key.with.dots"]`);
  return found.map(([, quoted, every, key, value, plain]): Step => {
    if (every !== undefined || plain === "*") return { kind: "every" };
    if (value !== undefined) return { kind: "which", key: key ?? "", value };
    return { kind: "key", key: quoted ?? plain ?? "" };
  });
}

function follow(field: Field, step: Step): Field[] {
  switch (step.kind) {
    case "key":
      return [field.at(step.key)];
    case "every":
      return [...field.items, ...field.entries.map(([, entry]) => entry)];
    case "which": {
      // An unknown list may have the entry.
      if (field.unknown) return [field.at(0)];
      const found = field.items.find((item) => (step.key === "" ? item : item.at(step.key)).is(step.value));
      return found === undefined ? [] : [found];
    }
  }
}

/** All fields that some paths lead to, in the order of the paths. */
export function every(scope: Scope, ...paths: readonly Path[]): Field[] {
  return paths.flatMap((path) =>
    stepsOf(path).reduce<Field[]>(
      (fields, step) => fields.flatMap((field) => follow(field, step)),
      [path.startsWith(".") ? scope.block : scope.root],
    ),
  );
}

/** The first field of some paths that is not absent; if all are, the absent field of the first path. */
export function first(scope: Scope, ...paths: readonly Path[]): Field {
  let none: Field | undefined;
  for (const path of paths) {
    const [field = nothing(scope, path)] = every(scope, path);
    if (!field.absent) return field;
    none ??= field;
  }
  return none ?? nothing(scope, "");
}

function nothing({ block }: Scope, path: Path): Field {
  return Field.made(undefined, path.startsWith(".") ? `${block.path}${path}` : path);
}
