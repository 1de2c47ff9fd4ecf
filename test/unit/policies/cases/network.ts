import { object } from "../builders";
import { add, container, set } from "../edit";
import { type FieldCases, WEB } from "./case";

const GLOBAL = object("crd.projectcalico.org/v1:GlobalNetworkPolicy", undefined, "metadata", {
  spec: {
    order: 10,
    egress: [
      { action: "Deny", destination: { nets: ["169.254.169.254/32"] } },
      { action: "Allow", destination: { nets: ["10.0.0.0/16"] } },
    ],
  },
});
const RULE = { egress: ["spec", "egress", 0], ingress: ["spec", "ingress", 0] } as const;

/** Cases of default deny, connections and entry points. */
export const networkCases: FieldCases = {
  "namespace-require-default-deny": {
    what: "NetworkPolicy front/default-deny",
    path: "spec.policyTypes",
    wrong: ["Ingress"],
    absent: "refused",
    otherKind: "missed",
    blamed: "front",
  },
  "namespace-require-dns": {
    what: "NetworkPolicy front/dns",
    path: [...RULE.egress, "ports", 0, "port"],
    wrong: 54,
    absent: "refused",
    otherKind: "missed",
    blamed: "front",
  },
  "pod-require-known-namespace": { what: WEB, path: "metadata.namespace", wrong: "nowhere", absent: "refused" },
  "networkpolicy-forbid-open-egress": {
    what: "NetworkPolicy front/web-to-api",
    path: [...RULE.egress, "to"],
    wrong: [{ ipBlock: { cidr: "0.0.0.0/0" } }],
    absent: "refused",
  },
  "pod-forbid-wide-egress": {
    what: "NetworkPolicy front/web-to-api",
    path: [...RULE.egress, "to"],
    wrong: [{ ipBlock: { cidr: "0.0.0.0/0" } }],
    absent: "refused",
    given: [set(WEB, container("envFrom"), [{ secretRef: { name: "keys" } }])],
  },
  "networkpolicy-forbid-open-ingress": {
    what: "NetworkPolicy back/api-from-web",
    path: [...RULE.ingress, "from"],
    wrong: [{ ipBlock: { cidr: "0.0.0.0/0" } }],
    absent: "refused",
  },
  "networkpolicy-require-target": {
    what: "NetworkPolicy front/web-to-api",
    path: "spec.podSelector",
    wrong: { matchLabels: { app: "wbe" } },
    absent: "accepted",
  },
  "pod-require-policy": {
    what: WEB,
    path: "spec.template.metadata.labels",
    wrong: { "app.kubernetes.io/name": "wbe" },
    absent: "refused",
  },
  "connection-require-policies": {
    what: "NetworkPolicy front/web-to-api",
    path: [...RULE.egress, "ports", 0, "port"],
    wrong: 8081,
    absent: "accepted",
    otherKind: "missed",
    blamed: "front/web",
  },
  "networkpolicy-require-counterpart": {
    what: "NetworkPolicy front/web-to-api",
    path: [...RULE.egress, "ports", 0, "port"],
    wrong: 8081,
    absent: "accepted",
  },
  "monitor-require-ingress": {
    what: "NetworkPolicy back/pg-from-prometheus",
    path: [...RULE.ingress, "ports", 0, "port"],
    wrong: 9188,
    absent: "accepted",
    otherKind: "missed",
    blamed: "back/pg",
  },
  "pod-require-api-egress": {
    what: "NetworkPolicy back/api-to-api-server",
    path: [...RULE.egress, "to"],
    wrong: [{ podSelector: {} }],
    absent: "refused",
    otherKind: "missed",
    blamed: "back/api",
  },
  "webhook-require-ingress": {
    what: "NetworkPolicy operators/webhook-from-api-server",
    path: [...RULE.ingress, "ports", 0, "port"],
    wrong: 443,
    absent: "accepted",
    otherKind: "missed",
    blamed: "spark-operator",
  },
  "globalnetworkpolicy-require-order": {
    what: "GlobalNetworkPolicy metadata",
    path: "spec.order",
    wrong: 2000,
    absent: "refused",
    given: [add(GLOBAL)],
  },
  "globalnetworkpolicy-forbid-open": {
    what: "GlobalNetworkPolicy metadata",
    path: ["spec", "egress", 1, "destination"],
    wrong: { nets: ["0.0.0.0/0"] },
    absent: "refused",
    given: [add(GLOBAL)],
  },
  "service-forbid-exposed-data": {
    what: "Service back/pg-admin",
    path: "spec.type",
    wrong: "NodePort",
    absent: "accepted",
    given: [
      add(object("core/v1:Service", "back", "pg-admin", { spec: { selector: { "cnpg.io/cluster": "pg" } } })),
      set("Service back/pg-admin", "spec.type", "ClusterIP"),
      set(WEB, container("env"), []),
    ],
  },
};
