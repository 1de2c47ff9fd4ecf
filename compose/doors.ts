import type { Door } from "../components/core/door";
import { serviceHost } from "../components/core/endpoint";
import type { Pod } from "./workloads";

/** A door on this machine. */
export interface OpenDoor {
  /** Names of the doors behind the port: `trino`, `trino-ui`. */
  readonly names: readonly string[];
  readonly kind: Door["kind"];
  readonly scheme: string;
  /** Variable that moves it to another port. */
  readonly variable: string;
  readonly port: number;
  readonly containerPort: number;
}

/** First port that is tried in place of one that is below it: those are for the administrator. */
const FIRST = 1024;

/** Doors by the pod that serves them, each at its own port: the service's where no other door has it. */
export function openDoors(doors: readonly Door[], pods: readonly Pod[]): ReadonlyMap<Pod, readonly OpenDoor[]> {
  const taken = new Set<number>();
  const open = new Map<Pod, OpenDoor[]>();
  for (const door of doors) {
    const pod = pods.find(({ task, aliases }) => !task && aliases.includes(serviceHost(door.service, door.namespace)));
    // Copies of a pod cannot share a port.
    if (pod === undefined || pod.replicas > 1) continue;
    const own = open.get(pod) ?? [];
    const same = own.findIndex(({ containerPort }) => containerPort === door.port);
    const before = own[same];
    if (before !== undefined) {
      own[same] = { ...before, names: [...before.names, door.name] };
      continue;
    }
    let port = Math.max(door.port, FIRST);
    while (taken.has(port)) port++;
    taken.add(port);
    const variable = `${door.name.toUpperCase().replaceAll("-", "_")}_PORT`;
    own.push({
      names: [door.name],
      kind: door.kind,
      scheme: door.scheme ?? "http",
      variable,
      port,
      containerPort: door.port,
    });
    open.set(pod, own);
  }
  return open;
}
