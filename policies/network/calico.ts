import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, stackPolicy, type Violation } from "../core/define";
import type { Field } from "../core/field";
import { DOMAIN, type Resource } from "../core/resource";
import { isWideRange } from "./rules";

/**
 * Policies of Canal and Calico, which apply before or after those of Kubernetes. The first rule that matches a packet decides.
 * Policies are sorted by `order`, then by name; NetworkPolicies of Kubernetes have the order 1000.
 */

/** API groups of the custom resources, and of Calico's own API server. */
const GROUPS = ["crd.projectcalico.org", "projectcalico.org"];
const GLOBAL = GROUPS.map((group) => `${group}/GlobalNetworkPolicy`);
const ALL = [...GLOBAL, ...GROUPS.map((group) => `${group}/NetworkPolicy`)];
const KUBERNETES_ORDER = 1000;

/** Fields that narrow a rule. */
const MATCHES = ["protocol", "notProtocol", "icmp", "notICMP", "ipVersion", "http", "source", "destination"];
const DECIDING = ["Allow", "Deny"];

export const globalNetworkPolicyRequireOrder: StackValidationPolicy = stackPolicy({
  name: "globalnetworkpolicy-require-order",
  description: "Calico's policies set an order, no two share one, and every rule can match.",
  *check(stack) {
    const taken = new Map<string, Resource>();
    for (const policy of stack.of(...ALL)) {
      const order = policy.root.get("spec.order");
      if (order.unknown) continue;
      if (order.number === undefined) {
        const given = order.absent ? "does not set order" : `sets order to ${JSON.stringify(order.value)}`;
        yield {
          on: policy,
          field: order,
          problem: `${given}, so it applies after every policy with an order`,
          fix: `set a number: below ${String(KUBERNETES_ORDER)} to apply before the NetworkPolicies of Kubernetes, above it to apply after them`,
        };
        continue;
      }
      const tier = policy.root.get("spec.tier").text ?? "default";
      // Policies of two namespaces never apply to the same pod.
      const scope = GLOBAL.includes(policy.key) ? "" : (policy.namespace ?? "");
      const place = `${scope} ${tier} ${String(order.number)}`;
      const other = taken.get(place);
      if (other !== undefined) {
        yield {
          on: policy,
          field: order,
          problem: `sets order to ${String(order.number)}, as ${other.title} does, so their names decide which applies first`,
          fix: "give each policy its own number",
        };
      }
      taken.set(place, policy);
      yield* lateDenials(policy, order.number, tier);
      yield* unreachable(policy);
    }
  },
});

/** A denial after the policies of Kubernetes has no effect on the pods that they select: what they do not allow, they deny. */
function* lateDenials(policy: Resource, order: number, tier: string): Generator<Violation> {
  if (order < KUBERNETES_ORDER || tier !== "default") return;
  for (const rule of rules(policy)) {
    const action = rule.at("action");
    if (!action.is("Deny")) continue;
    yield {
      on: policy,
      field: action,
      problem: `denies at order ${String(order)}, but the NetworkPolicies (order ${String(KUBERNETES_ORDER)}) decide before it`,
      fix: `set spec.order below ${String(KUBERNETES_ORDER)}`,
    };
  }
}

function* unreachable(policy: Resource): Generator<Violation> {
  for (const direction of ["ingress", "egress"]) {
    const list = policy.root.at("spec", direction).items;
    const last = list.findIndex((rule) => DECIDING.includes(rule.at("action").text ?? "") && matchesAll(rule));
    const behind = list[last + 1];
    if (last < 0 || behind === undefined) continue;
    yield {
      on: policy,
      field: behind,
      problem: `has this rule after one that matches everything (${list[last]?.path ?? ""}), so it never applies`,
      fix: "put the rule that matches everything last",
    };
  }
}

function matchesAll(rule: Field): boolean {
  return !rule.unknown && MATCHES.every((key) => rule.at(key).absent || rule.at(key).value === "");
}

function rules({ root }: Resource): Field[] {
  return ["ingress", "egress"].flatMap((direction) => root.at("spec", direction).items);
}

export const globalNetworkPolicyForbidOpen: ResourceValidationPolicy = resourcePolicy({
  name: "globalnetworkpolicy-forbid-open",
  description:
    "Every allow rule of Calico's policies, which may bypass the default deny of namespaces, names its peers.",
  of: ALL,
  *check(policy): Generator<Violation> {
    for (const [direction, peers] of [
      ["ingress", "source"],
      ["egress", "destination"],
    ] as const) {
      const reason = policy.annotation(`${DOMAIN}/${direction}-reason`)?.trim() ?? "";
      for (const rule of policy.root.at("spec", direction).items) {
        const peer = rule.at(peers);
        if (!rule.at("action").is("Allow") || reason !== "" || peer.unknown) continue;
        const nets = peer.at("nets");
        const wide = nets.items.find(isWideRange);
        const named = ["selector", "namespaceSelector", "serviceAccounts", "services", "domains"];
        if (wide === undefined && (!nets.absent || named.some((key) => !peer.at(key).absent))) continue;
        yield {
          field: wide ?? peer,
          problem: `allows ${direction} ${direction === "ingress" ? "from" : "to"} ${wide?.text ?? "everywhere"} and gives no reason`,
          fix: `name the peers in ${peers}, or give the reason in the annotation ${DOMAIN}/${direction}-reason`,
        };
      }
    }
  },
});

export const calico = [globalNetworkPolicyRequireOrder, globalNetworkPolicyForbidOpen];
