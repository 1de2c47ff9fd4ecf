import type { PodGroup } from "../core/pod-group";
import { type NamespaceKey, NAMESPACES, type Platform } from "../core/platform";

/** A namespace that the stack creates. */
export interface StackNamespace {
  readonly key: NamespaceKey;
  readonly name: string;
  /** Whether its pods have volumes. Deleting a namespace deletes the objects in it, whatever their own options are. */
  readonly holdsData: boolean;
  /** Whether its pods mount files of their node, which Pod Security admits at the level `privileged` alone. */
  readonly readsHost: boolean;
  /** Whether its operator cannot make pods of the restricted profile. */
  readonly baseline: boolean;
}

type Names = Pick<Platform, "namespace">;

/** Namespaces in which the stack deploys pods, and `operators` in any case, for the description of the nodes. */
export function stackNamespaces(platform: Names, groups: readonly PodGroup[]): StackNamespace[] {
  const deployed = groups.filter(({ origin }) => origin === "deployed");
  return NAMESPACES.flatMap((key) => {
    const name = platform.namespace(key);
    const pods = deployed.filter(({ namespace }) => namespace === name);
    if (pods.length === 0 && key !== "operators") return [];
    const holdsData = pods.some(({ volumes }) => volumes.length > 0);
    return [{ key, name, holdsData, readsHost: key === "agents", baseline: key === "postgres" }];
  });
}

/** Namespaces that the stack does not create and deploys pods to, because a setting names them. */
export function existingNamespaces(platform: Names, groups: readonly PodGroup[]): string[] {
  const own = new Set(NAMESPACES.map((key) => platform.namespace(key)));
  const foreign = groups.filter(({ origin, namespace }) => origin === "deployed" && !own.has(namespace));
  return [...new Set(foreign.map(({ namespace }) => namespace))].toSorted();
}
