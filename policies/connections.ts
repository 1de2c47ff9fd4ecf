import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { type Labels, labelsOf, selects } from "./core/labels";
import type { Stack } from "./core/stack";
import { blockedFetches, clusterHosts } from "./network/fetching";
import { blockedReferences } from "./network/foreign";
import { type Need, needs } from "./network/needs";
import { operatorAccess } from "./network/operators";
import { blockedUrls } from "./network/outside";
import { type Direction, Network, type NetworkPolicy, type Rule, selectsAll, type Side } from "./network/rules";
import { services } from "./network/services";
import { monitorRequireIngress } from "./scraping";
import { rolePrefix, shortName } from "./workloads/types";

/** Connections that workloads need. They are derived from the workloads' own configuration, and then looked up in the policies. */

export const connectionRequirePolicies: StackValidationPolicy = stackPolicy({
  name: "connection-require-policies",
  description:
    "Every connection that workloads and their configuration imply is open in the NetworkPolicies of both sides.",
  *check(stack) {
    const network = Network.of(stack);
    const known = services(stack);
    for (const need of needs(stack, known)) yield* blocked(network, need);
    yield* operatorAccess(stack, network);
    const inside = clusterHosts(stack, known);
    yield* blockedFetches(stack, network, inside);
    yield* blockedUrls(stack, network, inside);
    yield* blockedReferences(stack, network, known);
  },
});

function* blocked(network: Network, need: Need): Generator<Violation> {
  const { client } = need;
  for (const server of need.servers) {
    const passes = (direction: Direction) => {
      const open = (port?: number) => network.allows(direction, client, server, port);
      if (need.ports.length === 0) return open();
      return need.all ? need.ports.every(open) : need.ports.some(open);
    };
    const sides = [
      ...(passes("egress") ? [] : [`egress from ${shortName(client)}`]),
      ...(passes("ingress") ? [] : [`ingress at ${need.to}`]),
    ];
    if (sides.length === 0) continue;
    const port = need.ports.length === 0 ? "" : ` on port ${need.ports.join(need.all ? " and " : " or ")}`;
    yield {
      on: client.resource,
      field: need.field,
      problem: `${rolePrefix(client)}${need.because}, but no NetworkPolicy allows ${sides.join(" or ")}${port}`,
      fix: `add a Link from ${shortName(client)} to ${need.to}`,
    };
  }
}

export const networkPolicyRequireCounterpart: StackValidationPolicy = stackPolicy({
  name: "networkpolicy-require-counterpart",
  description: "A connection that a NetworkPolicy allows on one side is allowed on the other side too.",
  *check(stack) {
    const network = Network.of(stack);
    for (const policy of network.all) {
      if (!stack.manages(policy.namespace)) continue;
      for (const rule of policy.egress ?? []) yield* unmatched(stack, network, policy, rule, "egress");
      for (const rule of policy.ingress ?? []) yield* unmatched(stack, network, policy, rule, "ingress");
    }
  },
});

const OPPOSITE: Readonly<Record<Direction, Direction>> = { egress: "ingress", ingress: "egress" };

function* unmatched(
  stack: Stack,
  network: Network,
  policy: NetworkPolicy,
  rule: Rule,
  direction: Direction,
): Generator<Violation> {
  // A rule for all pods (DNS) says nothing about a particular connection.
  if (selectsAll(policy)) return;
  const own = sides(stack, policy.namespace, policy.selector);
  for (const peer of rule.peers) {
    for (const namespace of namespacesOf(stack, peer, policy.namespace)) {
      const others = sides(stack, namespace, peer.at("podSelector"));
      const closed = rule.ports.flatMap(({ value }, index) => {
        const port = rule.ports[index]?.at("port");
        const number = portOf(port, direction === "egress" ? others : own);
        const open = own.some((here) =>
          others.some((there) => {
            const [client, server] = direction === "egress" ? [here, there] : [there, here];
            return network.allows(OPPOSITE[direction], client, server, number);
          }),
        );
        return open || value === undefined ? [] : [String(port?.value)];
      });
      if (closed.length === 0) continue;
      yield {
        on: policy.resource,
        field: peer,
        problem: `allows ${direction} ${direction === "egress" ? "to" : "from"} ${namespace} on port ${closed.join(", ")}, but no policy there allows the ${OPPOSITE[direction]}`,
        fix: `add the ${OPPOSITE[direction]} policy to ${namespace}, or remove this one; a Link makes both`,
      };
    }
  }
}

function portOf(port: Field | undefined, servers: readonly Side[]): number | undefined {
  if (port === undefined) return undefined;
  return port.number ?? servers.flatMap(({ listeners }) => listeners).find(({ name }) => name === port.value)?.port;
}

/** Namespaces of the stack that a peer selects. */
function namespacesOf(stack: Stack, peer: Field, own: string | undefined): string[] {
  if (!peer.at("ipBlock").absent) return [];
  const selector = peer.at("namespaceSelector");
  return [...stack.namespaces]
    .filter(([name, labels]) => (selector.absent ? name === own : selects(selector, labels)))
    .map(([name]) => name);
}

/** The pods that a selector selects; if the stack has none, a stand-in with the labels of the selector. */
function sides(stack: Stack, namespace: string | undefined, selector: Field): Side[] {
  const found = stack.workloads.filter(
    (pods) => pods.namespace === namespace && (selector.absent || selects(selector, pods.labels)),
  );
  if (found.length > 0) return found;
  const labels: Labels = labelsOf(selector.at("matchLabels"));
  return [{ namespace, labels, listeners: [] }];
}

export const connections = [connectionRequirePolicies, networkPolicyRequireCounterpart, monitorRequireIngress];
