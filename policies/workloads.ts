import { once } from "./core/once";
import type { Resource } from "./core/resource";
import { READERS } from "./operators";
import { barmanSidecar } from "./workloads/postgres";
import type { Container, Workload } from "./workloads/types";

/** Everything that makes pods, by the key of its resources. */
export const WORKLOAD_KEYS: readonly string[] = Object.keys(READERS);

/** The pods that a resource brings; kinds that stand in no list of `operators/` are refused (see `kinds.ts`). */
export const workloads = once((resource: Resource): Workload[] => READERS[resource.key]?.(resource) ?? []);

/** Resources that run no pods themselves, and of which an operator adds containers to the pods that read them. */
const ADDED: Readonly<Record<string, (resource: Resource) => Container[]>> = {
  "barmancloud.cnpg.io/ObjectStore": barmanSidecar,
};

export const ADDED_KEYS: readonly string[] = Object.keys(ADDED);

/** The containers that an operator makes of a resource in pods of other resources. */
export const addedContainers = once((resource: Resource): Container[] => ADDED[resource.key]?.(resource) ?? []);
