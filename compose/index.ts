import { platform } from "../components/cluster/platform";
import type { StackObject } from "../components/core/composition";
import { type AnySystem, systemName } from "../components/core/system";
import { podsBySystem, stackDoors } from "../components/facts";
import { type Settings } from "../components/settings";
import type { StackConfig } from "../inputs/stack-file";
import { manifests } from "../preview/manifests";
import { record, type Recorded, revealed } from "../preview/recorder";
import { composeText } from "./document";
import { newPassword, readEnv, withVariables } from "./dotenv";
import type { OpenDoor } from "./doors";
import type { File } from "./files";
import { HEALTHY, HEALTHY_SCRIPT } from "./health";
import { headOf } from "./head";
import { type Model, model } from "./model";
import { scripts } from "./scripts";
import { select, type Selection } from "./selection";
import { VOLUMES } from "./volumes";
import { Values, variableOf } from "./values";
import { type Pod, podsOf } from "./workloads";
import { shared } from "../components/core/versions";
import { serviceOf } from "./networks";

export interface ComposeOptions {
  /** Names of systems. @default all of the stack that can run without Kubernetes */
  readonly with?: readonly string[];
  /** The `.env` that is there. @default none */
  readonly env?: string;
  /** Password in place of random ones, for tests. */
  readonly generated?: (resource: string) => string;
}

export interface Composed {
  readonly selection: Selection;
  readonly model: Model;
  readonly doors: readonly OpenDoor[];
  /** Files of the folder by path, with `.env`. */
  readonly files: ReadonlyMap<string, File>;
  /** Objects of the narrowed stack, with those that stand in for operators. */
  readonly objects: readonly StackObject[];
  readonly pods: readonly Pod[];
}

const PLAIN = 0o644;
const PROGRAM = 0o755;
const PRIVATE = 0o600;

/** Runs the program in process with the chosen systems alone, and translates its objects. */
export async function compose(
  config: StackConfig,
  settings: Settings,
  options: ComposeOptions = {},
): Promise<Composed> {
  const selection = select(config, settings, options.with);
  const { env = "", generated = newPassword } = options;
  const known = readEnv(env);
  const passwords = new Map<string, string>();
  const password = (resource: string) => {
    const variable = variableOf(resource);
    const value = passwords.get(variable) ?? known.get(variable) ?? generated(resource);
    passwords.set(variable, value);
    return value;
  };
  const lakehouse = () => (require("../index") as () => unknown)();
  const recorder = await record(lakehouse, selection.config, {
    project: "lakehouse",
    stack: config.stack,
    generated: password,
  });
  const { objects, pods, pulumi } = parts(recorder.recorded, selection);
  // Variables with the longest values first: none is replaced within another.
  const values = new Values(objects, new Map([...passwords].sort(([, one], [, other]) => other.length - one.length)));
  const ground = platform(selection.settings);
  const doors = stackDoors(ground, selection.settings);
  const made = model({ objects, pods, doors, values, shell: shared.nginx.image, pulumi });
  const name = `lakehouse-${config.stack}`;
  const variables = new Map([...passwords].filter(([variable]) => values.used.has(variable)));
  const text = composeText(name, made, headOf({ config, selection, model: made, objects }), titlesOf(selection));
  const files = new Map<string, File>([
    ["compose.yaml", { text, mode: PLAIN }],
    [".env", { text: withVariables(env, variables), mode: PRIVATE }],
    [HEALTHY.source.slice(2), { text: HEALTHY_SCRIPT, mode: PLAIN }],
    ...[...scripts(made)].map(([path, script]) => [path, { text: script, mode: PROGRAM }] as const),
    ...made.files,
  ]);
  return { selection, model: made, doors: made.doors, files, objects, pods };
}

interface Parts {
  readonly objects: readonly StackObject[];
  readonly pods: readonly Pod[];
  readonly pulumi: (pod: Pod, before: Pod) => boolean;
}

/** Objects with what stands in for operators, and the pods of the chosen systems. */
function parts(recorded: readonly Recorded[], { systems, settings }: Selection): Parts {
  const rendered = manifests(recorded.map(revealed));
  const plan = rendered.map(({ content }): StackObject => content);
  const urns = new Map(rendered.map(({ content, urn }) => [content, urn]));
  const made = systems.flatMap(({ compose: own }) => own?.standIns?.(plan) ?? []);
  const standsFor = (object: StackObject) => made.find(({ objects }) => objects.includes(object))?.of ?? [object];
  const stands = made.flatMap((one) => one.objects);
  const again = new Set(stands.map(identity));
  const objects = [...plan.filter((one) => !again.has(identity(one))), ...stands];
  const services = servicesOf(systems, settings);
  const pods = podsOf(objects, standsFor).filter((pod) => services.has(serviceOf(pod)));
  const needs = dependencies(recorded);
  const urnsOf = ({ of }: Pod) => of.flatMap((object) => urns.get(object) ?? []);
  const waits = new Map(pods.map((pod) => [pod, new Set(urnsOf(pod).flatMap((urn) => [...needs(urn)]))]));
  const pulumi = (pod: Pod, before: Pod) => urnsOf(before).some((urn) => waits.get(pod)?.has(urn) === true);
  return { objects, pods, pulumi };
}

/** What stands in for an object of the same kind and name replaces it. */
const identity = ({ kind, type, metadata, name }: StackObject): string =>
  JSON.stringify([kind ?? type, metadata === undefined ? name : placeOf(metadata as Placed)]);
interface Placed {
  readonly namespace?: string;
  readonly name: string;
}
const placeOf = ({ namespace, name }: Placed) => [namespace, name];

/** What each system is for, over the first of its services. */
function titlesOf({ systems, settings }: Selection): ReadonlyMap<string, string> {
  const all = podsBySystem(platform(settings), settings).filter(({ system }) => systems.includes(system));
  const titles = all.flatMap(({ system, pods }) =>
    [...new Set(pods.map(({ service }) => service))].map((service) => [service, system.summary] as const),
  );
  return new Map([[VOLUMES, "Gives each volume to the user of its service. Backups run in it too."], ...titles]);
}

/** Names of the services that systems run. */
function servicesOf(systems: readonly AnySystem[], settings: Settings): ReadonlySet<string> {
  const chosen = new Set(systems.map(systemName));
  const all = podsBySystem(platform(settings), settings).filter(({ system }) => chosen.has(systemName(system)));
  return new Set(all.flatMap(({ pods }) => pods.map(({ service }) => service)));
}

/** What Pulumi makes before a resource, directly and indirectly. */
function dependencies(recorded: readonly Recorded[]): (urn: string) => ReadonlySet<string> {
  const direct = new Map(recorded.map(({ urn, request }) => [urn, request.getDependenciesList()]));
  return (urn) => {
    const found = new Set<string>();
    const add = (next: string) => {
      for (const one of direct.get(next) ?? [])
        if (!found.has(one)) {
          found.add(one);
          add(one);
        }
    };
    add(urn);
    return found;
  };
}
