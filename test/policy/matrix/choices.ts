import { settingsFrom, SettingsError } from "../../../components/settings";
import type { Mistake } from "../../../components/settings/errors";
import { type Fragment, merge } from "../../../components/settings/presets";
import { type Choice, INSTANCES, SIZES, type Switch, SWITCHES } from "./switches";

/** Choices of all switches, as settings that are accepted. */

/** What a kind cannot be without. A new kind of something needs a line here. */
const KINDS: Readonly<Record<string, Fragment>> = {
  ceph: {},
  minio: { admin: { host: "s3.example.org", port: 443 } },
  s3: { endpoint: "https://s3.example.org", cidrs: ["203.0.113.0/24"] },
};

const machine = (name: string) => ({ name, pool: "all", cpu: 128, memory: "1Ti" });
/** Room for everything at once: what fits is a matter of other tests. */
const BASE: Fragment = {
  preset: "homelab",
  nodes: ["one", "two", "three", "four"].map(machine),
  pools: { all: { default: true } },
  cluster: { storageClass: "fast" },
  storage: { postgres: { server: { replicas: 3 } } },
  streaming: { connect: { sources: [{ database: "shop" }] } },
};

/** The values that are there when nothing is said. */
export const USUAL: Choice = Object.fromEntries(SWITCHES.map(({ path, values }) => [path, values[0]]));

/** A stack file with these choices. */
export function written(choice: Choice): Fragment {
  const kind = choice["storage.objects.kind"];
  let fragment = nest("storage.objects", KINDS[String(kind)] ?? {}, BASE);
  for (const one of SWITCHES)
    if (one !== INSTANCES && (one.kinds?.includes(kind ?? "") ?? true))
      fragment = nest(one.path, choice[one.path]!, fragment);
  if (choice[INSTANCES.path] === "one")
    for (const one of SIZES)
      if (one.kind === undefined || one.kind === kind) fragment = nest(one.path, { replicas: 1 }, fragment);
  return fragment;
}

function nest(path: string, value: unknown, into: Fragment): Fragment {
  const over = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return merge(into, over as Fragment);
}

/** What the settings have against a choice. */
export function mistakes(choice: Choice): readonly Mistake[] {
  try {
    settingsFrom(written(choice));
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
}

/**
 * A choice with these values that the settings accept, with the others as near as can be, else as usual. Undefined where the
 * settings refuse the given values whatever the others are.
 */
export function accepted(given: Choice, others: Choice): Choice | undefined {
  return turned(given, others) ?? turned(given, USUAL);
}

/** Turns the switches that a mistake names, one after the other, except for those that are given. */
function turned(given: Choice, others: Choice): Choice | undefined {
  let choice = { ...others, ...given };
  const settled = new Set(Object.keys(given));
  for (;;) {
    const found = mistakes(choice);
    if (found.length === 0) return choice;
    const next = found.flatMap(named).find(({ path }) => !settled.has(path));
    if (next === undefined) return undefined;
    settled.add(next.path);
    const other = next.values.find((value) => value !== choice[next.path]);
    if (other !== undefined) choice = { ...choice, [next.path]: other };
  }
}

/** The switches that a mistake names, the one that is needed before the one that needs it. */
export function named({ path, message }: Mistake): Switch[] {
  const paths = [...`${message} ${path}`.matchAll(/lakehouse:([A-Za-z.]+[A-Za-z])/g)].map(([, found = ""]) => found);
  return paths.flatMap((found) => {
    if (found.endsWith(".replicas")) return INSTANCES;
    // A setting that is no switch counts as the switch of its system.
    const system = `${found.slice(0, found.lastIndexOf("."))}.enabled`;
    return SWITCHES.find((one) => one.path === found) ?? SWITCHES.find((one) => one.path === system) ?? [];
  });
}

/** What is other than usual, for a message. */
export function described(choice: Choice): string {
  const changed = SWITCHES.filter(({ path, values }) => choice[path] !== values[0]);
  return changed.map(({ path }) => `${path}: ${String(choice[path])}`).join(", ");
}
