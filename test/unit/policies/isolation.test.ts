import {
  namespaceRequireDefaultDeny,
  namespaceRequireDns,
  networkPolicyForbidOpenEgress,
  networkPolicyForbidOpenIngress,
  networkPolicyRequireTarget,
  podRequirePolicy,
} from "../../../policies/isolation";
import { remove, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const OPERATOR = "Release spark-operator";

suite(namespaceRequireDefaultDeny, [
  {
    when: "a namespace without it",
    edit: remove("NetworkPolicy front/default-deny"),
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that denies all egress and ingress. Fix: add a NetworkPolicy to front with podSelector {}, policyTypes [Ingress, Egress] and no rules.",
    ],
  },
  {
    when: "one direction only",
    edit: set("NetworkPolicy front/default-deny", "spec.policyTypes", ["Ingress"]),
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that denies all egress. Fix: add a NetworkPolicy to front with podSelector {}, policyTypes [Ingress, Egress] and no rules.",
    ],
  },
  {
    when: "one that selects some pods only",
    edit: set("NetworkPolicy front/default-deny", "spec.podSelector", { matchLabels: { app: "x" } }),
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that denies all egress and ingress. Fix: add a NetworkPolicy to front with podSelector {}, policyTypes [Ingress, Egress] and no rules.",
    ],
  },
]);

suite(namespaceRequireDns, [
  {
    when: "a namespace without it",
    edit: remove("NetworkPolicy front/dns"),
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that lets all pods reach kube-system on port 53 over UDP and TCP. Fix: add an egress rule to kube-system with port 53 over UDP and TCP for podSelector {} in front.",
    ],
  },
  {
    when: "UDP only",
    edit: set("NetworkPolicy front/dns", ["spec", "egress", 0, "ports"], [{ port: 53, protocol: "UDP" }]),
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that lets all pods reach kube-system on port 53 over TCP. Fix: add an egress rule to kube-system with port 53 over UDP and TCP for podSelector {} in front.",
    ],
  },
  {
    when: "a DNS of another namespace and port, as the stack says",
    edit: [
      set(
        "ConfigMap front/capacity",
        ["data", "capacity.json"],
        '{"dns": [{"namespace": "openshift-dns", "ports": [5353]}]}',
      ),
      ...["front", "back", "operators", "jobs"].flatMap((name) => [
        set(`NetworkPolicy ${name}/dns`, ["spec", "egress", 0, "to", 0, "namespaceSelector", "matchLabels"], {
          "kubernetes.io/metadata.name": "openshift-dns",
        }),
        set(`NetworkPolicy ${name}/dns`, ["spec", "egress", 0, "ports", 0, "port"], 5353),
        set(`NetworkPolicy ${name}/dns`, ["spec", "egress", 0, "ports", 1, "port"], 5353),
      ]),
    ],
  },
  {
    when: "a DNS of another namespace",
    edit: [],
    config: { namespace: "dns" },
    says: [
      "front: metadata.name: Namespace front has no NetworkPolicy that lets all pods reach dns on port 53 over UDP and TCP. Fix: add an egress rule to dns with port 53 over UDP and TCP for podSelector {} in front.",
      "back: metadata.name: Namespace back has no NetworkPolicy that lets all pods reach dns on port 53 over UDP and TCP. Fix: add an egress rule to dns with port 53 over UDP and TCP for podSelector {} in back.",
      "operators: metadata.name: Namespace operators has no NetworkPolicy that lets all pods reach dns on port 53 over UDP and TCP. Fix: add an egress rule to dns with port 53 over UDP and TCP for podSelector {} in operators.",
      "jobs: metadata.name: Namespace jobs has no NetworkPolicy that lets all pods reach dns on port 53 over UDP and TCP. Fix: add an egress rule to dns with port 53 over UDP and TCP for podSelector {} in jobs.",
    ],
  },
]);

suite(networkPolicyForbidOpenEgress, [
  {
    when: "a rule without peers",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to"], undefined),
    says: [
      'front/web-to-api: spec.egress[0].to: NetworkPolicy front/web-to-api allows egress to everywhere, because the rule has no "to". Fix: name the destinations.',
    ],
  },
  {
    when: "the whole internet",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to"], [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
    says: [
      "front/web-to-api: spec.egress[0].to[0].ipBlock.cidr: NetworkPolicy front/web-to-api allows egress to 0.0.0.0/0 and gives no reason. Fix: narrow the range, or give the reason in the annotation lakehouse.dev/egress-reason.",
    ],
  },
  {
    when: "half of the internet",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to"], [{ ipBlock: { cidr: "128.0.0.0/1" } }]),
    says: [
      "front/web-to-api: spec.egress[0].to[0].ipBlock.cidr: NetworkPolicy front/web-to-api allows egress to 128.0.0.0/1 and gives no reason. Fix: narrow the range, or give the reason in the annotation lakehouse.dev/egress-reason.",
    ],
  },
  {
    when: "the whole internet for a reason",
    edit: [
      set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to"], [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
      set(
        "NetworkPolicy front/web-to-api",
        ["metadata", "annotations", "lakehouse.dev/egress-reason"],
        "package index",
      ),
    ],
  },
  {
    when: "every namespace",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to", 0, "namespaceSelector"], {}),
    says: [
      "front/web-to-api: spec.egress[0].to[0].namespaceSelector: NetworkPolicy front/web-to-api allows egress to every namespace. Fix: name the namespace with matchLabels kubernetes.io/metadata.name.",
    ],
  },
  {
    when: "every port",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "ports"], []),
    says: [
      'front/web-to-api: spec.egress[0].ports: NetworkPolicy front/web-to-api allows every port, because the rule has no "ports". Fix: list the container ports.',
    ],
  },
  {
    when: "peers that are not known yet",
    edit: set("NetworkPolicy front/web-to-api", ["spec", "egress", 0, "to"], UNKNOWN),
  },
]);

suite(networkPolicyForbidOpenIngress, [
  {
    when: "a rule without peers",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "from"], []),
    says: [
      'back/api-from-web: spec.ingress[0].from: NetworkPolicy back/api-from-web allows ingress from everywhere, because the rule has no "from". Fix: name the sources.',
    ],
  },
  {
    when: "everybody without a reason",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "from"], [{ ipBlock: { cidr: "::/0" } }]),
    says: [
      "back/api-from-web: spec.ingress[0].from[0].ipBlock.cidr: NetworkPolicy back/api-from-web allows ingress from ::/0 and gives no reason. Fix: narrow the range, or give the reason in the annotation lakehouse.dev/ingress-reason.",
    ],
  },
]);

suite(networkPolicyRequireTarget, [
  {
    when: "labels that no pod has",
    edit: set("NetworkPolicy back/api-from-web", "spec.podSelector.matchLabels", { app: "api" }),
    says: [
      'back/api-from-web: spec.podSelector: NetworkPolicy back/api-from-web selects {"app":"api"}, which no pod in the namespace has. Fix: use the labels of the pods that it is meant for, or remove it.',
    ],
  },
  {
    when: "an expression that no pod meets",
    edit: set("NetworkPolicy back/api-from-web", "spec.podSelector", {
      matchExpressions: [{ key: "app", operator: "Exists" }],
    }),
    says: [
      "back/api-from-web: spec.podSelector: NetworkPolicy back/api-from-web selects {}, which no pod in the namespace has. Fix: use the labels of the pods that it is meant for, or remove it.",
    ],
  },
  { when: "labels that are not known yet", edit: set("NetworkPolicy back/api-from-web", "spec.podSelector", UNKNOWN) },
  {
    when: "pods of a chart that nobody knows",
    edit: [
      set(OPERATOR, "chart", "trino"),
      set("NetworkPolicy operators/webhook-from-api-server", "spec.podSelector.matchLabels", { app: "trino" }),
    ],
  },
]);

suite(podRequirePolicy, [
  {
    when: "pods that only the policies for all pods select",
    edit: remove("NetworkPolicy front/web-to-api"),
    says: [
      "front/web: spec.template.metadata.labels: Deployment front/web runs pods that no NetworkPolicy selects, apart from those that select all pods. Fix: add a Link from or to these pods.",
    ],
  },
  {
    when: "a Spark driver without any of its own",
    edit: remove(
      "NetworkPolicy jobs/driver-from-executor",
      "NetworkPolicy jobs/driver-to-executor",
      "NetworkPolicy jobs/driver-to-api-server",
      "NetworkPolicy jobs/daily-to-rgw",
    ),
    says: [
      "jobs/daily: spec.driver.labels: SparkApplication jobs/daily runs pods that no NetworkPolicy selects, apart from those that select all pods (driver). Fix: add a Link from or to these pods.",
    ],
  },
]);
