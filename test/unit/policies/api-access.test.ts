import { podRequireApiEgress, webhookRequireIngress } from "../../../policies/api-access";
import { add, pod, remove, set } from "./edit";
import { suite } from "./suite";

const API = "Deployment back/api";

const webhook = {
  type: "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
  name: "checks",
  props: {
    metadata: { name: "checks" },
    webhooks: [{ clientConfig: { service: { namespace: "front", name: "web", port: 80 } } }],
  },
};

suite(podRequireApiEgress, [
  {
    when: "an operator without it",
    edit: remove("NetworkPolicy operators/spark-operator-to-api-server"),
    says: [
      "spark-operator: values.controller: Release operators/spark-operator may not reach the API server, though an operator watches its resources through the Kubernetes API. Fix: add a Link from spark-operator-controller to the API server.",
      "spark-operator: values.webhook: Release operators/spark-operator may not reach the API server, though an operator watches its resources through the Kubernetes API. Fix: add a Link from spark-operator-webhook to the API server.",
    ],
  },
  {
    when: "an account with rights without it",
    edit: remove("NetworkPolicy back/api-to-api-server"),
    says: [
      "back/api: spec.template.spec.serviceAccountName: Deployment back/api may not reach the API server, though its account api has rights from RoleBinding back/api. Fix: add a Link from api to the API server.",
    ],
  },
  {
    when: "an account with rights whose token is not mounted",
    edit: [remove("NetworkPolicy back/api-to-api-server"), set(API, pod("automountServiceAccountToken"), false)],
  },
  {
    when: "addresses on port 443 that are not declared to be the API server",
    edit: set("NetworkPolicy back/api-to-api-server", "metadata.annotations", {}),
    says: [
      "back/api: spec.template.spec.serviceAccountName: Deployment back/api may not reach the API server, though its account api has rights from RoleBinding back/api. Fix: add a Link from api to the API server.",
    ],
  },
  {
    when: "addresses on the API server's own port",
    edit: [
      set("NetworkPolicy back/api-to-api-server", "metadata.annotations", {}),
      set("NetworkPolicy back/api-to-api-server", ["spec", "egress", 0, "ports", 0, "port"], 6443),
    ],
  },
  {
    when: "a Spark driver without it",
    edit: remove("NetworkPolicy jobs/driver-to-api-server"),
    says: [
      "jobs/daily: spec.driver: SparkApplication jobs/daily may not reach the API server, though the driver starts its executors through the Kubernetes API. Fix: add a Link from daily-driver to the API server.",
    ],
  },
]);

suite(webhookRequireIngress, [
  {
    when: "a webhook of an operator that is closed",
    edit: remove("NetworkPolicy operators/webhook-from-api-server"),
    says: [
      "spark-operator: values.webhook: Release operators/spark-operator is called by the API server on container port 9443 of spark-operator-webhook, but no NetworkPolicy allows ingress from the control plane's addresses. Fix: add a Link from the API server to spark-operator-webhook on port 9443.",
    ],
  },
  {
    when: "the port of the Service instead of the container's",
    edit: set("NetworkPolicy operators/webhook-from-api-server", ["spec", "ingress", 0, "ports", 0, "port"], 443),
    says: [
      "spark-operator: values.webhook: Release operators/spark-operator is called by the API server on container port 9443 of spark-operator-webhook, but no NetworkPolicy allows ingress from the control plane's addresses. Fix: add a Link from the API server to spark-operator-webhook on port 9443.",
    ],
  },
  {
    when: "pods where the API server's addresses are needed",
    edit: set("NetworkPolicy operators/webhook-from-api-server", ["spec", "ingress", 0, "from"], [{ podSelector: {} }]),
    says: [
      "spark-operator: values.webhook: Release operators/spark-operator is called by the API server on container port 9443 of spark-operator-webhook, but no NetworkPolicy allows ingress from the control plane's addresses. Fix: add a Link from the API server to spark-operator-webhook on port 9443.",
    ],
  },
  {
    when: "a webhook of our own that is closed",
    edit: add(webhook),
    says: [
      "checks: webhooks[0].clientConfig.service: ValidatingWebhookConfiguration checks is called by the API server on container port 8080 of web, but no NetworkPolicy allows ingress from the control plane's addresses. Fix: add a Link from the API server to web on port 8080.",
    ],
  },
]);
