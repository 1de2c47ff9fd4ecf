import { parseBytes, parseCores } from "../components/core/quantity";
import { suggestion } from "../components/fields/mistakes";
import { SettingsError } from "../components/settings";
import { type Fragment, merge } from "../components/settings/presets";
import { adviceTexts, sizeText } from "../planner/report/advice";
import { plural } from "../planner/report/format";
import { InputError } from "../inputs/input-error";
import type { Cluster } from "./cluster";
import { described } from "./described";
import { commentsOf } from "./comments";
import { DoesNotFit, draft, type Draft, OPTIONAL } from "./draft";
import { type Machine, machines } from "./machine";
import { OBJECT_STORES, objectStore, type ObjectStoreKind } from "./objects";
import { sizesOf } from "./sizes";
import { stackFile } from "./write";

/** What is asked of `lakehouse init`, as it was typed. */
export interface InitFlags {
  readonly nodes?: string;
  readonly memory?: string;
  readonly cpu?: string;
  readonly system?: string;
  readonly with?: string;
  readonly objects?: string;
  readonly endpoint?: string;
  readonly endpointCidr?: string;
  readonly certManager?: boolean;
}

export interface Init {
  readonly text: string;
  /** What was made, for the terminal. */
  readonly summary: readonly string[];
}

/**
 * The stack file of some machines.
 * @param stack its name
 * @param cluster what was found, where machines are read from one
 * @param schema path of the settings' schema, for editors
 * @throws InputError
 */
export function init(stack: string, flags: InitFlags, cluster: Cluster | undefined, schema: string): Init {
  const { made, all, replace } = makeDraft(flags, cluster);
  const comments = commentsOf({ made, all, occupied: cluster?.occupied, replace });
  const head = [
    `${stack}: ${plural(all.length, "machine")}, made by \`lakehouse init\`. Every setting, its default and its legal values: Pulumi.yaml, or ${schema} in an editor.`,
    `yaml-language-server: $schema=${schema}`,
  ];
  return { text: stackFile(made.fragment, comments, head), summary: summaryOf(made, replace) };
}

/** Settings that fit some machines. @throws InputError */
export const draftFor = (flags: InitFlags, cluster: Cluster | undefined): Fragment =>
  makeDraft(flags, cluster).made.fragment;

interface Made {
  readonly made: Draft;
  readonly all: readonly Machine[];
  readonly replace: readonly string[];
}

function makeDraft(flags: InitFlags, cluster: Cluster | undefined): Made {
  const mistakes: string[] = [];
  const all = cluster?.machines ?? typed(flags, mistakes);
  const kind = (flags.objects ?? (cluster?.objects?.kind as string | undefined) ?? "minio") as ObjectStoreKind;
  if (!OBJECT_STORES.includes(kind)) mistakes.push(allowed("--objects", kind, OBJECT_STORES));
  const names = (flags.with ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const wanted = names.flatMap((name) => {
    // Trino and Spark are on in every stack that does not switch them off.
    if (ALWAYS.includes(name)) return [];
    const system = OPTIONAL.get(name);
    if (system === undefined) mistakes.push(allowed("--with", name, [...OPTIONAL.keys(), ...ALWAYS]));
    return system ?? [];
  });
  if (mistakes.length > 0) throw new InputError(mistakes);
  const { endpoint, endpointCidr, certManager } = flags;
  const { settings, replace } = objectStore(
    {
      kind,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(endpointCidr === undefined ? {} : { cidrs: endpointCidr.split(",") }),
      ...(cluster?.objects === undefined ? {} : { found: cluster.objects }),
    },
    all.length,
  );
  const found = merge(cluster?.found ?? {}, {
    cluster: {
      ...(certManager === true ? { certManager } : {}),
      // The data of one machine that has no copy may go; so its stores need no certificates either.
      ...(all.length === 1 && kind === "minio" ? { protectData: false } : {}),
    },
  });
  const made = attempt(() => draft({ machines: all, objects: settings, systems: wanted, found }));
  return { made, all, replace };
}

const ALWAYS = ["trino", "spark", "hive-metastore", "postgres"];

const allowed = (flag: string, given: string, names: readonly string[]): string =>
  `${flag}: given ${JSON.stringify(given)}${suggestion(given, names)}; allowed: ${names.join(", ")}`;

/** Machines of one size, as they are typed. */
function typed({ nodes, memory, cpu, system }: InitFlags, mistakes: string[]): Machine[] {
  const read = <T>(flag: string, text: string | undefined, value: T | undefined, form: string): T | undefined => {
    if (text === undefined) mistakes.push(`${flag}: missing; allowed: ${form}, or --from-cluster`);
    else if (value === undefined) mistakes.push(`${flag}: given ${JSON.stringify(text)}; allowed: ${form}`);
    return value;
  };
  const positive = (value: number | undefined, most: number) =>
    value !== undefined && value > 0 && value <= most ? value : undefined;
  const count = read(
    "--nodes",
    nodes,
    positive(/^\d+$/.test(nodes ?? "") ? Number(nodes) : undefined, 5000),
    "1 to 5000 machines",
  );
  const bytes = read(
    "--memory",
    memory,
    positive(parseBytes(memory ?? ""), 2 ** 46),
    "memory of one machine such as 96Gi",
  );
  const cores = read("--cpu", cpu, positive(parseCores(cpu ?? ""), 4096), "cores of one machine such as 16");
  const kept = system === undefined ? undefined : read("--system", system, parseBytes(system), "memory such as 4Gi");
  if (count === undefined || bytes === undefined || cores === undefined) return [];
  const made = machines("node", count, { cpu: cores, memory: bytes });
  const keeps = kept ?? made[0]?.system.memory ?? 0;
  if (keeps >= bytes)
    mistakes.push(`--memory: given ${memory ?? ""}, of which the system keeps ${sizeText(keeps)}: nothing is left`);
  return made.map((one) => ({ ...one, system: { ...one.system, memory: keeps } }));
}

function attempt(work: () => Draft): Draft {
  try {
    return work();
  } catch (error) {
    if (error instanceof SettingsError)
      throw new InputError(error.mistakes.map(({ path, message }) => `${path}: ${message}`));
    if (error instanceof DoesNotFit)
      throw new InputError([
        "no sizes fit these machines; what does:",
        ...adviceTexts(error.advice).map((lines) => `→ ${lines.join(", and ")}`),
      ]);
    throw error;
  }
}

/** The preset, and the sizes of each system in a line: `trino  worker 2 × 5Gi · coordinator 2.75Gi`. */
function summaryOf({ fragment, preset }: Draft, replace: readonly string[]): string[] {
  const { groups, nodes } = described(fragment);
  const systems = new Map<string, string[]>();
  for (const [path, { replicas, memory }] of sizesOf(groups)) {
    const [, system = "", ...role] = path.split(".");
    if (role.join() === "operatorSize") continue;
    const size = `${role.join(" ")} ${replicas === 1 ? "" : `${String(replicas)} × `}${sizeText(memory)}`;
    systems.set(system, [...(systems.get(system) ?? []), size]);
  }
  const width = Math.max(...[...systems.keys()].map(({ length }) => length));
  const row = (label: string, text: string) => `${label.padEnd(width)}  ${text}`;
  return [
    row("preset", `${preset}, with sizes for ${plural(nodes.length, "machine")}`),
    ...[...systems].map(([system, sizes]) => row(system, sizes.join(" · "))),
    ...(replace.length === 0
      ? []
      : ["", "to replace before `pulumi up`:", ...replace.map((path) => `  lakehouse:${path}`)]),
  ];
}
