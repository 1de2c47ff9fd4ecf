import type { Door } from "../components/core/door";
import type { StackObject } from "../components/core/composition";
import { DOORS, type Network, networkOptions, networksOf, serviceOf, waysOf } from "./networks";
import { type OpenDoor, openDoors } from "./doors";
import type { File } from "./files";
import { order } from "./order";
import { containersOf, type Made, type Service, type Volume } from "./services";
import type { Values } from "./values";
import { VOLUMES, volumesService } from "./volumes";
import type { Pod } from "./workloads";

type Condition = "service_healthy" | "service_started" | "service_completed_successfully";

export interface PlacedService extends Service {
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly ports?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases: readonly string[] } | null>>;
}

/** All that the file says. */
export interface Model {
  /** Services by the system part that they belong to, such as `trino`, in the order in which they start. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, PlacedService>>;
  readonly networks: ReadonlyMap<string, Network>;
  readonly volumes: readonly Volume[];
  readonly files: ReadonlyMap<string, File>;
  readonly doors: readonly OpenDoor[];
}

export interface ModelArgs {
  readonly objects: readonly StackObject[];
  readonly pods: readonly Pod[];
  readonly doors: readonly Door[];
  readonly values: Values;
  /** Image with a shell, tar and find. */
  readonly shell: string;
  /** Whether Pulumi makes the second pod before the first. */
  readonly pulumi: (pod: Pod, before: Pod) => boolean;
}

/** Turns pods into services. Pure. */
export function model({ objects, pods, doors, values, shell, pulumi }: ModelArgs): Model {
  const ways = waysOf(objects, pods);
  const before = order(pods, ways, pulumi);
  const made = new Map(pods.map((pod) => [pod, containersOf(pod, values)]));
  const open = openDoors(doors, pods);
  const groups = new Map<string, Map<string, PlacedService>>();
  const networks = new Set<string>();
  const files = new Map<string, File>();
  const volumes = new Map<string, Volume>();
  const put = (pod: Pod, { name, service, ...of }: Made, more: Partial<PlacedService>) => {
    const group = groups.get(serviceOf(pod)) ?? new Map<string, PlacedService>();
    groups.set(serviceOf(pod), group.set(name, { ...service, ...more }));
    for (const [path, file] of of.files) files.set(path, file);
    for (const volume of of.volumes) volumes.set(volume.name, volume);
  };
  for (const pod of sorted(pods, before)) {
    const containers = made.get(pod);
    if (containers === undefined) continue;
    const { init, main, beside } = containers;
    const own = open.get(pod) ?? [];
    const placed = networksOf(pod, pods, ways, own.length > 0);
    for (const network of placed.keys()) networks.add(network);
    const waits: [string, Condition][] = (before.get(pod.name) ?? []).map((one) => [one.name, conditionOf(one, made)]);
    if ([...init, main, ...beside].some((one) => one.volumes.length > 0))
      waits.unshift([VOLUMES, "service_completed_successfully"]);
    let first = waits;
    for (const one of init) {
      put(pod, one, { ...after(first), ...networksField(withoutNames(placed)) });
      first = [[one.name, "service_completed_successfully"]];
    }
    put(pod, main, {
      ...after(first),
      ...(own.length === 0 ? {} : { ports: own.map(published) }),
      ...(pod.inside === undefined ? networksField(placed) : { network_mode: `service:${pod.inside}` }),
    });
    for (const one of beside) put(pod, one, after([[main.name, "service_started"]]));
  }
  const chowns = volumesService([...volumes.values()], shell);
  const first = chowns === undefined ? [] : [[VOLUMES, new Map([[VOLUMES, chowns]])] as const];
  return {
    groups: new Map([...first, ...groups]),
    networks: new Map([...networks].map((name) => [name, networkOptions(name)])),
    volumes: [...volumes.values()],
    files,
    doors: [...open.values()].flat(),
  };
}

/** Each pod after those that it waits for. */
function sorted(pods: readonly Pod[], before: ReadonlyMap<string, readonly Pod[]>): Pod[] {
  const placed = new Set<Pod>();
  const place = (pod: Pod) => {
    if (placed.has(pod)) return;
    for (const one of before.get(pod.name) ?? []) place(one);
    placed.add(pod);
  };
  for (const pod of pods) place(pod);
  return [...placed];
}

function conditionOf(pod: Pod, made: ReadonlyMap<Pod, { readonly main: Made }>): Condition {
  if (pod.task) return "service_completed_successfully";
  return made.get(pod)?.main.service.healthcheck === undefined ? "service_started" : "service_healthy";
}

const after = (waits: readonly [string, Condition][]): Partial<PlacedService> =>
  waits.length === 0 ? {} : { depends_on: Object.fromEntries(waits.map(([name, condition]) => [name, { condition }])) };

const published = ({ variable, port, containerPort }: OpenDoor) =>
  `127.0.0.1:\${${variable}:-${String(port)}}:${String(containerPort)}`;

/** Init containers serve nobody: they have neither names nor doors. */
const withoutNames = (networks: ReadonlyMap<string, readonly string[]>) =>
  new Map([...networks.keys()].filter((name) => name !== DOORS).map((name) => [name, []]));

function networksField(networks: ReadonlyMap<string, readonly string[]>): Partial<PlacedService> {
  if (networks.size === 0) return {};
  return {
    networks: Object.fromEntries(
      [...networks].map(([name, aliases]) => [name, aliases.length === 0 ? null : { aliases }]),
    ),
  };
}
