import type { Violation } from "../core/define";
import type { Stack } from "../core/stack";
import { rolePrefix, shortName } from "../workloads/types";
import { admitsCaller, callersOn, isAmong } from "./peers";
import type { Network } from "./rules";

/**
 * Pods whose operator is not in the stack and cannot reach them. The operator is identified by the policies: it is the peer that
 * may reach the port that only operators use. The same peer must be admitted to the other ports.
 */
export function* operatorAccess(stack: Stack, network: Network): Generator<Violation> {
  for (const pods of stack.workloads) {
    for (const need of pods.implied) {
      if (!("from" in need) || need.from !== "operator" || !stack.manages(pods.namespace)) continue;
      if (stack.workloads.some(({ operates }) => operates?.includes(need.of))) continue;
      const [first = 0, ...others] = need.ports;
      const callers = callersOn(network, pods, first)?.filter(
        (caller) => !isAmong(pods, caller) || Object.keys(caller.labels ?? {}).length === 0,
      );
      if (callers === undefined) continue;
      const missing = others.filter((port) => !callers.some((caller) => admitsCaller(network, pods, port, caller)));
      const closed = callers.length === 0 ? [first] : missing;
      if (closed.length === 0) continue;
      const from =
        callers.length === 0
          ? "from any other pods"
          : `from ${callers.map(({ title }) => title).join(" or ")}, which may reach port ${String(first)}`;
      yield {
        on: pods.resource,
        field: pods.role === "" ? "spec" : `spec.${pods.role}`,
        problem: `${rolePrefix(pods)}has an operator that ${need.why}, but no NetworkPolicy allows ingress at ${shortName(pods)} on port ${closed.join(" and ")} ${from}`,
        fix: `add a Link from the operator to ${shortName(pods)} on port ${need.ports.join(" and ")}`,
      };
    }
  }
}
