import type { StackValidationPolicy } from "@pulumi/policy";

import { mountsToken } from "../api-access";
import { stackPolicy } from "../core/define";
import type { Stack } from "../core/stack";
import { secretsOf } from "../workloads/secrets";
import { shortName, type Workload } from "../workloads/types";
import { isWideRange, Network, type Rule } from "./rules";

/** Pods that may reach any address, and could send secrets there. */

export const podForbidWideEgress: StackValidationPolicy = stackPolicy({
  name: "pod-forbid-wide-egress",
  description: "Pods that may reach any address outside of the cluster read no Secret and mount no token.",
  *check(stack) {
    const network = Network.of(stack);
    for (const workload of stack.workloads) {
      if (!stack.manages(workload.namespace)) continue;
      const holds = secretAccess(stack, workload);
      if (holds === undefined) continue;
      for (const policy of network.policiesFor(workload)) {
        for (const rule of policy.egress ?? []) {
          const wide = widest(rule);
          if (wide === undefined) continue;
          yield {
            on: policy.resource,
            field: wide.field,
            problem: `allows ${shortName(workload)} egress to ${wide.range}, and ${shortName(workload)} ${holds}`,
            fix: "list the addresses that it needs, or let pods without secrets fetch for it",
          };
        }
      }
    }
  },
});

/** A secret that the pods could send out, for the message. */
function secretAccess(stack: Stack, workload: Workload): string | undefined {
  const secret = [...secretsOf(workload, stack)].find((name) => name !== "");
  if (secret !== undefined) return `reads Secret ${secret}`;
  return mountsToken(stack, workload) ? "mounts the token of its account" : undefined;
}

function widest({ field, peers }: Rule) {
  const to = field.at("to");
  if (peers.length === 0) return to.unknown ? undefined : { field: to, range: "everywhere" };
  const cidr = peers.map((peer) => peer.at("ipBlock", "cidr")).find(isWideRange);
  return cidr === undefined ? undefined : { field: cidr, range: cidr.text ?? "" };
}
