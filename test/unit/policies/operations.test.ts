import {
  containerRequireProbes,
  podForbidToken,
  podRequireLabels,
  workloadRequireDisruptionBudget,
} from "../../../policies/operations";
import { workloadRequireSpread } from "../../../policies/pods/spread";
import { container, pod, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const PDB = "PodDisruptionBudget front/web";
const SPARK = "SparkApplication jobs/daily";
const PG = "Cluster back/pg";

suite(containerRequireProbes, [
  {
    when: "a container without a liveness probe",
    edit: set(WEB, container("livenessProbe"), undefined),
    says: [
      "front/web: spec.template.spec.containers[0].livenessProbe: Deployment front/web has no livenessProbe for container web. Fix: add one that asks for little and fails when clients would fail.",
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
    edit: remove(PDB),
    says: [
      "front/web: spec.replicas: Deployment front/web runs 2 replicas that no PodDisruptionBudget protects. Fix: add one with maxUnavailable 1.",
    ],
  },
  { when: "a single replica without one", edit: [remove(PDB), set(WEB, "spec.replicas", 1)] },
  {
    when: "one that never lets a node be drained",
    edit: [set(PDB, "spec.minAvailable", 2), set(PDB, "spec.maxUnavailable", undefined)],
    says: [
      "front/web: spec.minAvailable: PodDisruptionBudget front/web sets minAvailable to 2 for 2 replicas, so no node with one of them can be drained. Fix: use maxUnavailable 1.",
    ],
  },
  {
    when: "one for other pods",
    edit: set(PDB, "spec.selector.matchLabels", { app: "x" }),
    says: [
      "front/web: spec.replicas: Deployment front/web runs 2 replicas that no PodDisruptionBudget protects. Fix: add one with maxUnavailable 1.",
    ],
  },
  {
    when: "one that gives up none",
    edit: set(PDB, "spec.maxUnavailable", 0),
    says: [
      "front/web: spec.maxUnavailable: PodDisruptionBudget front/web sets maxUnavailable to 0 for 2 replicas, so no node with one of them can be drained. Fix: use maxUnavailable 1.",
    ],
  },
  {
    when: "one that keeps a percentage that is all of them",
    edit: [set(PDB, "spec.maxUnavailable", undefined), set(PDB, "spec.minAvailable", "51%")],
    says: [
      "front/web: spec.minAvailable: PodDisruptionBudget front/web sets minAvailable to 51% for 2 replicas, so no node with one of them can be drained. Fix: use maxUnavailable 1.",
    ],
  },
  {
    when: "one that keeps half of them",
    edit: [set(PDB, "spec.maxUnavailable", undefined), set(PDB, "spec.minAvailable", "50%")],
  },
  { when: "one that gives up some percentage", edit: set(PDB, "spec.maxUnavailable", "1%") },
]);

const SPREAD = pod("topologySpreadConstraints");
const NOT_SPREAD =
  "front/web: spec.template.spec.topologySpreadConstraints: Deployment front/web runs 2 replicas that may all be scheduled on one node. Fix: add a podAntiAffinity or a topologySpreadConstraint on kubernetes.io/hostname that selects the pods themselves.";

function apart(name: string | undefined, topologyKey = "kubernetes.io/hostname") {
  const matchLabels = { "app.kubernetes.io/name": name };
  return { topologyKey, ...(name === undefined ? {} : { labelSelector: { matchLabels } }) };
}

function antiAffinity(kind: "required" | "preferred", ...terms: readonly object[]) {
  return set(WEB, pod(`affinity.podAntiAffinity.${kind}DuringSchedulingIgnoredDuringExecution`), terms);
}

suite(workloadRequireSpread, [
  { when: "replicas that nothing keeps apart", edit: set(WEB, SPREAD, undefined), says: [NOT_SPREAD] },
  { when: "a single replica", edit: [set(WEB, SPREAD, undefined), set(WEB, "spec.replicas", 1)] },
  {
    when: "a rule that the pods keep apart",
    edit: [set(WEB, SPREAD, undefined), antiAffinity("required", apart("web"))],
  },
  {
    when: "a wish that they keep apart",
    edit: [set(WEB, SPREAD, undefined), antiAffinity("preferred", { weight: 1, podAffinityTerm: apart("web") })],
  },
  {
    when: "a rule about other pods",
    edit: [set(WEB, SPREAD, undefined), antiAffinity("required", apart("api"))],
    says: [NOT_SPREAD],
  },
  { when: "zones instead of nodes", edit: set(WEB, SPREAD, [apart("web", "zone")]), says: [NOT_SPREAD] },
  { when: "a constraint that selects nothing", edit: set(WEB, SPREAD, [apart(undefined)]), says: [NOT_SPREAD] },
  { when: "constraints that are not known yet", edit: set(WEB, SPREAD, UNKNOWN) },
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
