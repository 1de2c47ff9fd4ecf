import { globalNetworkPolicyForbidOpen, globalNetworkPolicyRequireOrder } from "../../../policies/network/calico";
import { type Json, object } from "./builders";
import { add } from "./edit";
import { type Registered, UNKNOWN } from "./runner";
import { suite } from "./suite";

const METADATA = { nets: ["169.254.169.254/32"] };
const deny = { action: "Deny", destination: METADATA };
const allow = { action: "Allow", destination: { selector: "app == 'dns'" } };

function policy(name: string, spec: Json, annotations: Json = {}, type = "GlobalNetworkPolicy"): Registered {
  const namespace = type === "NetworkPolicy" ? "front" : undefined;
  return object(`crd.projectcalico.org/v1:${type}`, namespace, name, { metadata: { annotations }, spec });
}
const global = (name: string, spec: Json, annotations?: Json) => add(policy(name, spec, annotations));

suite(globalNetworkPolicyRequireOrder, [
  { when: "a denial before the NetworkPolicies of Kubernetes", edit: global("a", { order: 10, egress: [deny] }) },
  {
    when: "a policy without an order",
    edit: global("a", { egress: [deny] }),
    says: [
      "a: spec.order: GlobalNetworkPolicy a does not set order, so it applies after every policy with an order. Fix: set a number: below 1000 to apply before the NetworkPolicies of Kubernetes, above it to apply after them.",
    ],
  },
  { when: "an order that is not known yet", edit: global("a", { order: UNKNOWN, egress: [deny] }) },
  {
    when: "two of the same order",
    edit: [global("a", { order: 10, egress: [deny] }), global("b", { order: 10, egress: [allow] })],
    says: [
      "b: spec.order: GlobalNetworkPolicy b sets order to 10, as GlobalNetworkPolicy a does, so their names decide which applies first. Fix: give each policy its own number.",
    ],
  },
  {
    when: "two of the same order in different tiers",
    edit: [global("a", { order: 10, egress: [deny] }), global("b", { order: 10, tier: "platform", egress: [allow] })],
  },
  {
    when: "two of the same order, one for a namespace only",
    edit: [
      global("a", { order: 10, egress: [deny] }),
      add(policy("b", { order: 10, egress: [allow] }, {}, "NetworkPolicy")),
    ],
  },
  {
    when: "a denial of what NetworkPolicies have allowed before",
    edit: global("a", { order: 2000, egress: [deny] }),
    says: [
      "a: spec.egress[0].action: GlobalNetworkPolicy a denies at order 2000, but the NetworkPolicies (order 1000) decide before it. Fix: set spec.order below 1000.",
    ],
  },
  {
    when: "a rule behind one that matches everything",
    edit: global("a", { order: 10, egress: [{ action: "Deny" }, allow] }),
    says: [
      "a: spec.egress[1]: GlobalNetworkPolicy a has this rule after one that matches everything (spec.egress[0]), so it never applies. Fix: put the rule that matches everything last.",
    ],
  },
  {
    when: "a rule behind one that only writes a log",
    edit: global("a", { order: 10, egress: [{ action: "Log" }, deny] }),
  },
]);

suite(globalNetworkPolicyForbidOpen, [
  { when: "a peer by its labels", edit: global("a", { order: 10, egress: [allow] }) },
  { when: "denying everything", edit: global("a", { order: 10, egress: [{ action: "Deny" }] }) },
  {
    when: "allowing everything",
    edit: global("a", { order: 10, ingress: [{ action: "Allow" }] }),
    says: [
      "a: spec.ingress[0].source: GlobalNetworkPolicy a allows ingress from everywhere and gives no reason. Fix: name the peers in source, or give the reason in the annotation lakehouse.dev/ingress-reason.",
    ],
  },
  {
    when: "all addresses",
    edit: global("a", { order: 10, egress: [{ action: "Allow", destination: { nets: ["0.0.0.0/0"], ports: [443] } }] }),
    says: [
      "a: spec.egress[0].destination.nets[0]: GlobalNetworkPolicy a allows egress to 0.0.0.0/0 and gives no reason. Fix: name the peers in destination, or give the reason in the annotation lakehouse.dev/egress-reason.",
    ],
  },
  {
    when: "all addresses with a reason",
    edit: global(
      "a",
      { order: 10, egress: [{ action: "Allow", destination: { nets: ["0.0.0.0/0"] } }] },
      { "lakehouse.dev/egress-reason": "mirrors the internet" },
    ),
  },
  {
    when: "peers that are not known yet",
    edit: global("a", { order: 10, egress: [{ action: "Allow", destination: UNKNOWN }] }),
  },
]);
