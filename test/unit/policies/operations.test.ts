import {
  containerRequireProbes,
  podForbidToken,
  podRequireLabels,
  workloadRequireDisruptionBudget,
} from "../../../policies/operations";
import { container, pod, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const SPARK = "SparkApplication jobs/daily";
const PG = "Cluster back/pg";

suite(containerRequireProbes, [
  {
    when: "a container without a liveness probe",
    edit: set(WEB, container("livenessProbe"), undefined),
    says: [
      "front/web: spec.template.spec.containers[0].livenessProbe: Deployment front/web has no livenessProbe for container web. Fix: probe what a client would ask for, cheaply.",
    ],
  },
  { when: "a probe that is not known yet", edit: set(WEB, container("livenessProbe"), UNKNOWN) },
  {
    when: "a job without probes",
    edit: [retype(WEB, "kubernetes:batch/v1:Job"), set("Job front/web", container("livenessProbe"), undefined)],
  },
]);

suite(podRequireLabels, [
  {
    when: "pods without a version",
    edit: set(WEB, ["spec", "template", "metadata", "labels", "app.kubernetes.io/version"], undefined),
    says: [
      "front/web: spec.template.metadata.labels: Deployment front/web lacks app.kubernetes.io/version. Fix: add them to the pods' labels.",
    ],
  },
  {
    when: "a version that is not known yet",
    edit: set(WEB, ["spec", "template", "metadata", "labels", "app.kubernetes.io/version"], UNKNOWN),
  },
  {
    when: "a database whose pods inherit none",
    edit: set(PG, "spec.inheritedMetadata", undefined),
    says: [
      "back/pg: spec.inheritedMetadata.labels: Cluster back/pg lacks app.kubernetes.io/part-of. Fix: add them to the pods' labels.",
    ],
  },
  {
    when: "a Spark driver with too few",
    edit: set(SPARK, "spec.driver.labels", {
      "app.kubernetes.io/name": "daily",
      "app.kubernetes.io/instance": "daily",
    }),
    says: [
      "jobs/daily: spec.driver.labels: SparkApplication jobs/daily lacks app.kubernetes.io/version, app.kubernetes.io/component, app.kubernetes.io/part-of, app.kubernetes.io/managed-by. Fix: add them to the pods' labels.",
    ],
  },
]);

suite(workloadRequireDisruptionBudget, [
  {
    when: "replicas without one",
    edit: remove("PodDisruptionBudget front/web"),
    says: [
      "front/web: spec.replicas: Deployment front/web runs 2 replicas that no PodDisruptionBudget protects. Fix: add one with maxUnavailable 1.",
    ],
  },
  {
    when: "a single replica without one",
    edit: [remove("PodDisruptionBudget front/web"), set(WEB, "spec.replicas", 1)],
  },
  {
    when: "one that never lets a node be drained",
    edit: [
      set("PodDisruptionBudget front/web", "spec.minAvailable", 2),
      set("PodDisruptionBudget front/web", "spec.maxUnavailable", undefined),
    ],
    says: [
      "front/web: spec.minAvailable: PodDisruptionBudget front/web keeps 2 of 2 replicas, so that no node can ever be drained. Fix: use maxUnavailable 1.",
    ],
  },
  {
    when: "one for other pods",
    edit: set("PodDisruptionBudget front/web", "spec.selector.matchLabels", { app: "x" }),
    says: [
      "front/web: spec.replicas: Deployment front/web runs 2 replicas that no PodDisruptionBudget protects. Fix: add one with maxUnavailable 1.",
    ],
  },
]);

suite(podForbidToken, [
  {
    when: "a token that nobody needs",
    edit: set(WEB, pod("automountServiceAccountToken"), undefined),
    says: [
      "front/web: spec.template.spec.automountServiceAccountToken: Deployment front/web mounts the token of web, which no RoleBinding of the stack mentions. Fix: set automountServiceAccountToken to false, or bind the account to the role that it needs.",
    ],
  },
  {
    when: "a token that the account withholds",
    edit: [
      set(WEB, pod("automountServiceAccountToken"), undefined),
      set("ServiceAccount front/web", "automountServiceAccountToken", false),
    ],
  },
  {
    when: "a token whose account has lost its rights",
    edit: remove("RoleBinding back/api"),
    says: [
      "back/api: spec.template.spec.automountServiceAccountToken: Deployment back/api mounts the token of api, which no RoleBinding of the stack mentions. Fix: set automountServiceAccountToken to false, or bind the account to the role that it needs.",
    ],
  },
]);
