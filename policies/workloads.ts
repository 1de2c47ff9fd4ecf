import { once } from "./core/once";
import type { Resource } from "./core/resource";
import { READERS } from "./operators";
import type { Workload } from "./workloads/types";

/** Everything that makes pods, by the key of its resources. */
export const WORKLOAD_KEYS: readonly string[] = Object.keys(READERS);

/** The pods that a resource brings; kinds that stand in no list of `operators/` are refused (see `kinds.ts`). */
export const workloads = once((resource: Resource): Workload[] => READERS[resource.key]?.(resource) ?? []);
