import type { ResourceValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, type Violation } from "./core/define";
import { parseJvmMemory, parseQuantity, type Quantity, RESOURCE_NAMES, show } from "./core/quantity";
import { ADDED_KEYS, addedContainers, workloads, WORKLOAD_KEYS } from "./workloads";
import type { Container } from "./workloads/types";

/** Requests and limits of containers. `capacity.ts` and `quotas.ts` judge whether their sums fit. */

export const containerRequireResources: ResourceValidationPolicy = resourcePolicy({
  name: "container-require-resources",
  description: "Every container states requests and limits of cpu and memory, and no request is over its limit.",
  of: [...WORKLOAD_KEYS, ...ADDED_KEYS],
  *check(resource) {
    const containers = workloads(resource).flatMap((workload) => workload.containers);
    for (const container of [...containers, ...addedContainers(resource)]) yield* unsized(container);
  },
});

function* unsized(container: Container): Generator<Violation> {
  const whose = `container ${container.name}`;
  for (const name of RESOURCE_NAMES) {
    for (const bound of ["requests", "limits"] as const) {
      const { amount, field }: Quantity = container[bound][name];
      if (field.absent) {
        yield { field, problem: `states no ${name} ${bound.slice(0, -1)} for ${whose}`, fix: `set ${field.path}` };
      } else if (amount === undefined ? !field.unknown && !readable(field.value) : amount <= 0) {
        yield {
          field,
          problem: `gives ${JSON.stringify(field.value)} as ${name} ${bound.slice(0, -1)} of ${whose}`,
          fix: `write a quantity above zero such as ${name === "cpu" ? "500m" : "2Gi"}`,
        };
      }
    }
    const { amount: request = 0, field } = container.requests[name];
    const limit = container.limits[name].amount;
    if (limit !== undefined && request > limit) {
      yield {
        field,
        problem: `requests ${show(request, name)} of ${name} for ${whose}, over its limit of ${show(limit, name)}`,
        fix: "lower the request or raise the limit",
      };
    }
  }
}

function readable(value: unknown): boolean {
  return parseQuantity(value) !== undefined || parseJvmMemory(value) !== undefined;
}

export const containerRequireMemoryGuarantee: ResourceValidationPolicy = resourcePolicy({
  name: "container-require-memory-guarantee",
  description:
    "Long-running containers request as much memory as their limit, because a node can take memory back only by killing.",
  of: WORKLOAD_KEYS,
  *check(resource) {
    for (const workload of workloads(resource)) {
      if (workload.lifetime !== "always" && workload.lifetime !== "daemon") continue;
      for (const { kind, name, requests, limits } of workload.containers) {
        const request = requests.memory.amount;
        const limit = limits.memory.amount;
        if (kind === "init" || request === undefined || limit === undefined || request >= limit) continue;
        yield {
          field: requests.memory.field,
          problem: `requests ${show(request, "memory")} for container ${name} with a limit of ${show(limit, "memory")}`,
          fix: "request the limit, or lower the limit",
        };
      }
    }
  },
});

export const budgets = [containerRequireResources, containerRequireMemoryGuarantee];
