import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { selects } from "./core/labels";
import { DOMAIN } from "./core/resource";
import type { Stack } from "./core/stack";
import {
  type Direction,
  isWideRange,
  Network,
  NETWORK_POLICY,
  networkPolicy,
  type Rule,
  selectsAll,
} from "./network/rules";
import { roleNote } from "./workloads/types";

/** Namespaces deny by default, and every rule names its peers and ports. `connections.ts` judges which connections are needed. */

export const namespaceRequireDefaultDeny: StackValidationPolicy = stackPolicy({
  name: "namespace-require-default-deny",
  description: "Every namespace of the stack denies all traffic in both directions unless a policy allows it.",
  *check(stack) {
    const network = Network.of(stack);
    for (const namespace of stack.of("core/Namespace")) {
      const denied = (direction: Direction) =>
        network.inNamespace(namespace.name).some((policy) => selectsAll(policy) && deniesAll(policy[direction]));
      const open = (["egress", "ingress"] as const).filter((direction) => !denied(direction));
      if (open.length === 0) continue;
      yield {
        on: namespace,
        field: "metadata.name",
        problem: `has no NetworkPolicy that denies all ${open.join(" and ")}`,
        fix: `add a NetworkPolicy to ${namespace.name} with podSelector {}, policyTypes [Ingress, Egress] and no rules`,
      };
    }
  },
});

export const namespaceRequireDns: StackValidationPolicy = stackPolicy({
  name: "namespace-require-dns",
  description: "Every namespace that denies by default lets all its pods reach DNS over UDP and TCP.",
  config: { namespace: { type: "string", default: "kube-system", description: "Namespace of the cluster's DNS." } },
  *check(stack, config) {
    const network = Network.of(stack);
    const named = capacityConfigMap(stack).at("dns").items;
    const spaces = [
      typeof config.namespace === "string" ? config.namespace : "kube-system",
      ...named.flatMap((servers) => servers.at("namespace").text ?? []),
    ];
    const dns = spaces.at(-1) ?? "";
    const ports = new Set([53, ...named.flatMap((servers) => servers.at("ports").items.map(({ number }) => number))]);
    for (const namespace of stack.of("core/Namespace")) {
      const rules = network
        .inNamespace(namespace.name)
        .filter(selectsAll)
        .flatMap(({ egress = [] }) => egress)
        .filter(
          ({ field, peers }) =>
            field.at("to").unknown || peers.some((peer) => spaces.some((space) => reachesDns(peer, space))),
        );
      const missing = ["UDP", "TCP"].filter((protocol) => !rules.some((rule) => opens(rule, ports, protocol)));
      if (missing.length === 0) continue;
      yield {
        on: namespace,
        field: "metadata.name",
        problem: `has no NetworkPolicy that lets all pods reach ${dns} on port 53 over ${missing.join(" and ")}`,
        fix: `add an egress rule to ${dns} with port 53 over UDP and TCP for podSelector {} in ${namespace.name}`,
      };
    }
  },
});

/** An unknown list of rules may turn out to be empty. */
function deniesAll(rules: readonly Rule[] | undefined): boolean {
  return rules?.every(({ field }) => field.unknown) ?? false;
}

function reachesDns(peer: Field, namespace: string): boolean {
  const namespaces = peer.at("namespaceSelector");
  // A node-local cache answers on an address of its own.
  if (namespaces.absent) return !peer.at("ipBlock").absent;
  return selects(namespaces, { "kubernetes.io/metadata.name": namespace });
}

function opens({ field, ports }: Rule, numbers: ReadonlySet<number | undefined>, protocol: string): boolean {
  if (field.at("ports").unknown) return true;
  return ports.some((one) => {
    const [port, over] = [one.at("port"), one.at("protocol")];
    return (port.unknown || numbers.has(port.number)) && (over.unknown || (over.text ?? "TCP") === protocol);
  });
}

const SIDES = {
  egress: { verb: "allows egress to", peers: "the destinations", list: "to" },
  ingress: { verb: "allows ingress from", peers: "the sources", list: "from" },
} as const;

function forbidOpen(direction: Direction): ResourceValidationPolicy {
  const { verb, peers: side, list } = SIDES[direction];
  return resourcePolicy({
    name: `networkpolicy-forbid-open-${direction}`,
    description: `Every ${direction} rule of a NetworkPolicy names its peers and its ports.`,
    of: [NETWORK_POLICY],
    *check(resource): Generator<Violation> {
      const reason = resource.annotation(`${DOMAIN}/${direction}-reason`)?.trim() ?? "";
      for (const rule of networkPolicy(resource)[direction] ?? []) {
        const peers = rule.field.at(list);
        if (!peers.unknown && rule.peers.length === 0) {
          yield { field: peers, problem: `${verb} everywhere, because the rule has no "${list}"`, fix: `name ${side}` };
        }
        for (const peer of rule.peers) yield* openPeer(peer, reason, direction);
        const ports = rule.field.at("ports");
        if (!ports.unknown && rule.ports.length === 0) {
          yield {
            field: ports,
            problem: 'allows every port, because the rule has no "ports"',
            fix: "list the container ports",
          };
        }
      }
    },
  });
}

function* openPeer(peer: Field, reason: string, direction: Direction): Generator<Violation> {
  const { verb } = SIDES[direction];
  const cidr = peer.at("ipBlock", "cidr");
  if (isWideRange(cidr) && reason === "") {
    yield {
      field: cidr,
      problem: `${verb} ${cidr.text ?? ""} and gives no reason`,
      fix: `narrow the range, or give the reason in the annotation ${DOMAIN}/${direction}-reason`,
    };
  }
  const namespaces = peer.at("namespaceSelector");
  if (
    namespaces.present &&
    namespaces.entries.every(([, part]) => part.present && part.entries.length + part.items.length === 0)
  ) {
    yield {
      field: namespaces,
      problem: `${verb} every namespace`,
      fix: "name the namespace with matchLabels kubernetes.io/metadata.name",
    };
  }
}

export const networkPolicyForbidOpenEgress = forbidOpen("egress");
export const networkPolicyForbidOpenIngress = forbidOpen("ingress");

export const networkPolicyRequireTarget: StackValidationPolicy = stackPolicy({
  name: "networkpolicy-require-target",
  description: "Every NetworkPolicy in a namespace of the stack selects pods that the stack runs there.",
  *check(stack) {
    const network = Network.of(stack);
    for (const policy of network.all) {
      if (!stack.manages(policy.namespace) || selectsAll(policy)) continue;
      const pods = stack.workloads.filter(({ namespace }) => namespace === policy.namespace || namespace === undefined);
      if (pods.some(({ labels }) => selects(policy.selector, labels))) continue;
      yield {
        on: policy.resource,
        field: policy.selector,
        problem: `selects ${JSON.stringify(policy.selector.at("matchLabels").value ?? {})}, which no pod in the namespace has`,
        fix: "use the labels of the pods that it is meant for, or remove it",
      };
    }
  },
});

export const podRequirePolicy: StackValidationPolicy = stackPolicy({
  name: "pod-require-policy",
  description:
    "In a namespace of the stack, every pod is selected by a NetworkPolicy besides those that select all pods.",
  *check(stack: Stack, _config: Config) {
    const network = Network.of(stack);
    for (const workload of stack.workloads) {
      if (!stack.manages(workload.namespace) || network.policiesFor(workload).some((policy) => !selectsAll(policy)))
        continue;
      yield {
        on: workload.resource,
        field: workload.labelsField ?? "values",
        problem: `runs pods that no NetworkPolicy selects, apart from those that select all pods${roleNote(workload)}`,
        fix: "add a Link from or to these pods",
      };
    }
  },
});

export const isolation = [
  namespaceRequireDefaultDeny,
  namespaceRequireDns,
  networkPolicyForbidOpenEgress,
  networkPolicyForbidOpenIngress,
  networkPolicyRequireTarget,
  podRequirePolicy,
];
