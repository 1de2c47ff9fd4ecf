import { containerRequireMemoryGuarantee, containerRequireResources } from "../../../policies/budgets";
import { object, size } from "./builders";
import { add, container, pod, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const SPARK = "SparkApplication jobs/daily";
const PG = "Cluster back/pg";
const OPERATOR = "Release spark-operator";

/** A template, of which a program makes pods if it says how many. */
const template = (annotations: Record<string, string>) =>
  add(
    object("core/v1:PodTemplate", "front", "worker", {
      metadata: { annotations },
      template: {
        spec: { containers: [{ name: "worker", resources: { ...size("1", "2Gi"), limits: { cpu: "1" } } }] },
      },
    }),
  );

suite(containerRequireResources, [
  {
    when: "pods without a memory limit that a program makes of a template",
    edit: template({ "lakehouse.dev/replicas": "3" }),
    says: [
      "front/worker: template.spec.containers[0].resources.limits.memory: PodTemplate front/worker states no memory limit for container worker. Fix: set template.spec.containers[0].resources.limits.memory.",
    ],
  },
  { when: "a template of which nobody makes pods", edit: template({}) },
  {
    when: "a container without a memory limit",
    edit: set(WEB, container("resources.limits.memory"), undefined),
    says: [
      "front/web: spec.template.spec.containers[0].resources.limits.memory: Deployment front/web states no memory limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.memory.",
    ],
  },
  {
    when: "a container that says nothing of its size",
    edit: set(WEB, container("resources"), undefined),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.cpu: Deployment front/web states no cpu request for container web. Fix: set spec.template.spec.containers[0].resources.requests.cpu.",
      "front/web: spec.template.spec.containers[0].resources.limits.cpu: Deployment front/web states no cpu limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.cpu.",
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web states no memory request for container web. Fix: set spec.template.spec.containers[0].resources.requests.memory.",
      "front/web: spec.template.spec.containers[0].resources.limits.memory: Deployment front/web states no memory limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.memory.",
    ],
  },
  {
    when: "a request of zero",
    edit: set(WEB, container("resources.requests.cpu"), 0),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.cpu: Deployment front/web gives 0 as cpu request of container web. Fix: write a quantity above zero such as 500m.",
    ],
  },
  {
    when: "what is not a quantity",
    edit: set(WEB, container("resources.requests.memory"), "much"),
    says: [
      'front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web gives "much" as memory request of container web. Fix: write a quantity above zero such as 2Gi.',
    ],
  },
  {
    when: "a request over the limit",
    edit: set(WEB, container("resources.requests.memory"), "3Gi"),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web requests 3 Gi of memory for container web, over its limit of 1 Gi. Fix: lower the request or raise the limit.",
    ],
  },
  { when: "a limit that is not known yet", edit: set(WEB, container("resources.limits.memory"), UNKNOWN) },
  {
    when: "a missing limit beside one that is not known yet",
    edit: [
      set(WEB, container("resources.limits.memory"), UNKNOWN),
      set(WEB, container("resources.limits.cpu"), undefined),
    ],
    says: [
      "front/web: spec.template.spec.containers[0].resources.limits.cpu: Deployment front/web states no cpu limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.cpu.",
    ],
  },
  {
    when: "an init container without a size",
    edit: set(WEB, pod("initContainers"), [{ name: "wait", resources: { limits: { cpu: "1", memory: "1Gi" } } }]),
    says: [
      "front/web: spec.template.spec.initContainers[0].resources.requests.cpu: Deployment front/web states no cpu request for container wait. Fix: set spec.template.spec.initContainers[0].resources.requests.cpu.",
      "front/web: spec.template.spec.initContainers[0].resources.requests.memory: Deployment front/web states no memory request for container wait. Fix: set spec.template.spec.initContainers[0].resources.requests.memory.",
    ],
  },
  {
    when: "a Spark driver without a cpu limit",
    edit: set(SPARK, "spec.driver.coreLimit", undefined),
    says: [
      "jobs/daily: spec.driver.coreLimit: SparkApplication jobs/daily states no cpu limit for container spark-kubernetes-driver. Fix: set spec.driver.coreLimit.",
    ],
  },
  {
    when: "Spark executors without memory",
    edit: set(SPARK, "spec.executor.memory", undefined),
    says: [
      "jobs/daily: spec.executor.memory: SparkApplication jobs/daily states no memory request for container spark-kubernetes-executor. Fix: set spec.executor.memory.",
      "jobs/daily: spec.executor.memory: SparkApplication jobs/daily states no memory limit for container spark-kubernetes-executor. Fix: set spec.executor.memory.",
    ],
  },
  {
    when: "a database without requests",
    edit: set(PG, "spec.resources.requests", undefined),
    says: [
      "back/pg: spec.resources.requests.cpu: Cluster back/pg states no cpu request for container postgres. Fix: set spec.resources.requests.cpu.",
      "back/pg: spec.resources.requests.memory: Cluster back/pg states no memory request for container postgres. Fix: set spec.resources.requests.memory.",
    ],
  },
  {
    when: "an operator whose webhook has no limits",
    edit: set(OPERATOR, "values.webhook.resources.limits", undefined),
    says: [
      "spark-operator: values.webhook.resources.limits.cpu: Release operators/spark-operator states no cpu limit for container spark-operator-webhook. Fix: set values.webhook.resources.limits.cpu.",
      "spark-operator: values.webhook.resources.limits.memory: Release operators/spark-operator states no memory limit for container spark-operator-webhook. Fix: set values.webhook.resources.limits.memory.",
    ],
  },
  {
    when: "an operator whose webhook is switched off",
    edit: [set(OPERATOR, "values.webhook.resources", undefined), set(OPERATOR, "values.webhook.enable", false)],
  },
  {
    when: "a chart that nobody knows and whose values give no size",
    edit: set(OPERATOR, "chart", "oci://ghcr.io/x/charts/trino"),
    says: [
      "spark-operator: values.resources.requests.cpu: Release operators/spark-operator states no cpu request for container trino. Fix: set values.resources.requests.cpu.",
      "spark-operator: values.resources.limits.cpu: Release operators/spark-operator states no cpu limit for container trino. Fix: set values.resources.limits.cpu.",
      "spark-operator: values.resources.requests.memory: Release operators/spark-operator states no memory request for container trino. Fix: set values.resources.requests.memory.",
      "spark-operator: values.resources.limits.memory: Release operators/spark-operator states no memory limit for container trino. Fix: set values.resources.limits.memory.",
    ],
  },
  {
    when: "a container that an annotation exempts with a reason",
    edit: [
      set(WEB, container("resources.limits.cpu"), undefined),
      set(
        WEB,
        ["metadata", "annotations", "lakehouse.dev/allow-container-require-resources"],
        "bursts at start; until 2999-12-31",
      ),
    ],
  },
  {
    when: "a container that its pod template exempts",
    edit: [
      set(WEB, container("resources.limits.cpu"), undefined),
      set(
        WEB,
        ["spec", "template", "metadata", "annotations", "lakehouse.dev/allow-container-require-resources"],
        "bursts at start; until 2999-12-31",
      ),
    ],
  },
  {
    when: "an exemption without a reason",
    edit: [
      set(WEB, container("resources.limits.cpu"), undefined),
      set(WEB, ["metadata", "annotations", "lakehouse.dev/allow-container-require-resources"], " "),
    ],
    says: [
      'front/web: spec.template.spec.containers[0].resources.limits.cpu: Deployment front/web states no cpu limit for container web (its exemption gives no reason: write "<reason>; until YYYY-MM-DD"). Fix: set spec.template.spec.containers[0].resources.limits.cpu.',
    ],
  },
  {
    when: "an exemption from another policy",
    edit: [
      set(WEB, container("resources.limits.cpu"), undefined),
      set(WEB, ["metadata", "annotations", "lakehouse.dev/allow-pod-require-labels"], "why not; until 2999-12-31"),
    ],
    says: [
      "front/web: spec.template.spec.containers[0].resources.limits.cpu: Deployment front/web states no cpu limit for container web. Fix: set spec.template.spec.containers[0].resources.limits.cpu.",
    ],
  },
  {
    when: "a release that the configuration exempts",
    edit: set(OPERATOR, "values.webhook.resources", undefined),
    config: { allow: { "spark-operator": { reason: "sized by its vendor", until: "2999-12-31" } } },
  },
]);

suite(containerRequireMemoryGuarantee, [
  {
    when: "a request below the limit",
    edit: set(WEB, container("resources.requests.memory"), "512Mi"),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web requests 512 Mi for container web with a limit of 1 Gi. Fix: request the limit, or lower the limit.",
    ],
  },
  {
    when: "the same in a job, which ends by itself",
    edit: [set(WEB, container("resources.requests.memory"), "512Mi"), retype(WEB, "kubernetes:batch/v1:Job")],
  },
]);
