import type { PodGroup } from "../core/pod-group";
import { type NamespaceKey, NAMESPACES, type Platform } from "./platform";

/** One of the namespaces that the stack makes. */
export interface StackNamespace {
  readonly key: NamespaceKey;
  readonly name: string;
  /** Volumes of its pods outlive them. A namespace that goes takes all that is in it along, whatever its own options say. */
  readonly holdsData: boolean;
}

type Names = Pick<Platform, "namespace">;

/** The namespaces of a stack follow from what runs in them; `operators` is there without, for the description of the nodes. */
export function stackNamespaces(platform: Names, groups: readonly PodGroup[]): StackNamespace[] {
  const ours = groups.filter(({ origin }) => origin === "deployed");
  return NAMESPACES.flatMap((key) => {
    const name = platform.namespace(key);
    const pods = ours.filter(({ namespace }) => namespace === name);
    if (pods.length === 0 && key !== "operators") return [];
    return [{ key, name, holdsData: pods.some(({ volumes }) => volumes.length > 0) }];
  });
}

/** Namespaces of somebody else in which pods of the stack run, where a setting has named them. */
export function existingNamespaces(platform: Names, groups: readonly PodGroup[]): string[] {
  const own = new Set(NAMESPACES.map((key) => platform.namespace(key)));
  const foreign = groups.filter(({ origin, namespace }) => origin === "deployed" && !own.has(namespace));
  return [...new Set(foreign.map(({ namespace }) => namespace))].toSorted();
}
