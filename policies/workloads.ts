import type { Field } from "./core/field";
import { once } from "./core/once";
import type { Resource } from "./core/resource";
import { KINDS, keysOf, PODLESS } from "./operators";
import type { Kind, Pods } from "./operators/types";
import { annotations, made, read } from "./workloads/read";
import { placeOf } from "./workloads/text";
import type { Container, Workload } from "./workloads/types";

/** What the pack knows of a resource's kind. */
export function kindOf({ key }: Resource): Kind | undefined {
  return Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
}

/** Everything that makes pods, by the key of its resources. */
export const WORKLOAD_KEYS: readonly string[] = Object.keys(KINDS).filter((key) => !PODLESS.has(key));

/** The pods that a resource makes. `kinds.ts` refuses kinds without a record in `operators/`. */
export const workloads = once((resource: Resource): Workload[] =>
  records(resource).flatMap((pods) => read(resource, pods)),
);

/** The annotation maps of the pods that a resource makes. */
export function podAnnotations(resource: Resource): Field[] {
  return records(resource).flatMap((pods) => annotations(resource, pods));
}

function records(resource: Resource): readonly Pods[] {
  const pods = kindOf(resource)?.pods ?? [];
  if (typeof pods === "function") return pods(resource);
  return "length" in pods ? pods : [pods];
}

/** Kinds from which an operator makes containers in pods of other resources. */
export const ADDED_KEYS: readonly string[] = keysOf(({ adds }) => adds !== undefined);

/** The containers that an operator makes of a resource in pods of other resources. */
export const addedContainers = once((resource: Resource): Container[] =>
  (kindOf(resource)?.adds ?? []).map((container) => made(container, placeOf(resource))),
);
