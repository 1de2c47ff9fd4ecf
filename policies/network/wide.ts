import type { StackValidationPolicy } from "@pulumi/policy";

import { mountsToken } from "../api-access";
import { stackPolicy } from "../core/define";
import type { Stack } from "../core/stack";
import { secretsOf } from "../workloads/secrets";
import { shortName, type Workload } from "../workloads/types";
import { everywhere, Network, type Rule } from "./rules";

/** Who may reach addresses that nobody has named. */

export const podForbidWideEgress: StackValidationPolicy = stackPolicy({
  name: "pod-forbid-wide-egress",
  description: "Pods that may reach any address outside read no Secret and have no token of an account.",
  *check(stack) {
    const network = Network.of(stack);
    for (const workload of stack.workloads) {
      if (!stack.manages(workload.namespace)) continue;
      const holds = holdings(stack, workload);
      if (holds === undefined) continue;
      for (const policy of network.about(workload)) {
        for (const rule of policy.egress ?? []) {
          const wide = widest(rule);
          if (wide === undefined) continue;
          yield {
            on: policy.resource,
            field: wide.field,
            problem: `lets ${shortName(workload)} out to ${wide.range}, and ${shortName(workload)} ${holds}`,
            fix: "list the addresses that it needs, or let pods that hold nothing reach outside for it",
          };
        }
      }
    }
  },
});

/** What would be worth carrying out. */
function holdings(stack: Stack, workload: Workload): string | undefined {
  const secret = [...secretsOf(workload, stack)].find((name) => name !== "");
  if (secret !== undefined) return `reads Secret ${secret}`;
  return mountsToken(stack, workload) ? "has a token of its account" : undefined;
}

function widest({ field, peers }: Rule) {
  const to = field.at("to");
  if (peers.length === 0) return to.unknown ? undefined : { field: to, range: "everywhere" };
  const cidr = peers.map((peer) => peer.at("ipBlock", "cidr")).find(everywhere);
  return cidr === undefined ? undefined : { field: cidr, range: cidr.text ?? "" };
}
