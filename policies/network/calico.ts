import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, stackPolicy, type Violation } from "../core/define";
import type { Field } from "../core/field";
import { DOMAIN, type Resource } from "../core/resource";
import { everywhere } from "./rules";

/**
 * Policies of Canal and Calico, which stand before and behind those of Kubernetes. Of a packet the first rule decides that
 * matches it: policies by `order`, then by name; Kubernetes' own have the order 1000.
 */

/** As objects of the cluster, and through Calico's own API server. */
const GROUPS = ["crd.projectcalico.org", "projectcalico.org"];
const GLOBAL = GROUPS.map((group) => `${group}/GlobalNetworkPolicy`);
const ALL = [...GLOBAL, ...GROUPS.map((group) => `${group}/NetworkPolicy`)];
const KUBERNETES_ORDER = 1000;

/** What narrows a rule, on either side of it. */
const MATCHES = ["protocol", "notProtocol", "icmp", "notICMP", "ipVersion", "http", "source", "destination"];
const DECIDING = ["Allow", "Deny"];

export const globalNetworkPolicyRequireOrder: StackValidationPolicy = stackPolicy({
  name: "globalnetworkpolicy-require-order",
  description: "Calico's policies say in which order they are applied, each has its own, and no rule is out of reach.",
  *check(stack) {
    const taken = new Map<string, Resource>();
    for (const policy of stack.of(...ALL)) {
      const order = policy.root.get("spec.order");
      if (order.unknown) continue;
      if (order.number === undefined) {
        const given = order.absent ? "does not set it" : `sets it to ${JSON.stringify(order.value)}`;
        yield {
          on: policy,
          field: order,
          problem: `${given}, so it comes after all that do, by its name`,
          fix: `give a number: below ${String(KUBERNETES_ORDER)} before the NetworkPolicies of Kubernetes, above it after them`,
        };
        continue;
      }
      const tier = policy.root.get("spec.tier").text ?? "default";
      // Policies of two namespaces never meet.
      const scope = GLOBAL.includes(policy.key) ? "" : (policy.namespace ?? "");
      const place = `${scope} ${tier} ${String(order.number)}`;
      const other = taken.get(place);
      if (other !== undefined) {
        yield {
          on: policy,
          field: order,
          problem: `sets it to ${String(order.number)}, as ${other.title} does, so their names decide`,
          fix: "give each a number of its own",
        };
      }
      taken.set(place, policy);
      yield* lateDenials(policy, order.number, tier);
      yield* unreachable(policy);
    }
  },
});

/** Behind the policies of Kubernetes only what these did not allow is left, and that is denied anyway. */
function* lateDenials(policy: Resource, order: number, tier: string): Generator<Violation> {
  if (order < KUBERNETES_ORDER || tier !== "default") return;
  for (const rule of rules(policy)) {
    const action = rule.at("action");
    if (!action.is("Deny")) continue;
    yield {
      on: policy,
      field: action,
      problem: `denies with the order ${String(order)} what NetworkPolicies, which have ${String(KUBERNETES_ORDER)}, have allowed before`,
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
      problem: `has this rule behind one that matches everything (${list[last]?.path ?? ""})`,
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
  description: "What Calico's policies allow, past the default deny of every namespace, names its peers.",
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
        const wide = nets.items.find(everywhere);
        const named = ["selector", "namespaceSelector", "serviceAccounts", "services", "domains"];
        if (wide === undefined && (!nets.absent || named.some((key) => !peer.at(key).absent))) continue;
        yield {
          field: wide ?? peer,
          problem: `allows ${direction} ${direction === "ingress" ? "from" : "to"} ${wide?.text ?? "everywhere"} and gives no reason`,
          fix: `name the peers in ${peers}, or say why in the annotation ${DOMAIN}/${direction}-reason`,
        };
      }
    }
  },
});

export const calico = [globalNetworkPolicyRequireOrder, globalNetworkPolicyForbidOpen];
