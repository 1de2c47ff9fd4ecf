import { podFitNode, poolLimitRequests } from "../../../policies/capacity";
import { container, pod, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const API = "Deployment back/api";

/** Makes the nodes of services two gibibytes too small for the requests. */
const crowded = JSON.stringify({
  ...CAPACITY,
  existing: [{ ...CAPACITY.existing[0], requests: { cpu: 0, memory: 32 * 2 ** 30 } }],
});

/** The nodes of a pool, with foreign taints. */
const tainted = (names: readonly string[], taint: object) =>
  set(
    "ConfigMap front/capacity",
    ["data", "capacity.json"],
    JSON.stringify({
      ...CAPACITY,
      nodes: CAPACITY.nodes.map((one) => (names.includes(one.name) ? { ...one, taints: [taint] } : one)),
    }),
  );
const MAINTENANCE = { key: "maintenance", effect: "NoExecute" };
const GPU = { key: "gpu", value: "a100", effect: "NoSchedule" };
const tolerate = (role: string, ...tolerations: readonly object[]) =>
  set("SparkApplication jobs/daily", `spec.${role}.tolerations`, tolerations);
const KEPT_OFF =
  "SparkApplication jobs/daily does not tolerate the taints of any node of batch (n3 gpu=a100:NoSchedule). Fix: tolerate the taints, or allow a pool without them.";

suite(podFitNode, [
  {
    when: "a pod that only a node with a taint could hold",
    edit: [
      tainted(["n1"], MAINTENANCE),
      set(WEB, pod("affinity"), undefined),
      set(WEB, pod("nodeSelector"), { "lakehouse.dev/pool": "general" }),
    ],
  },
  {
    when: "pods whose pool has nothing but nodes that they do not tolerate",
    edit: tainted(["n3"], GPU),
    says: [`jobs/daily: spec.driver.memory: ${KEPT_OFF}`, `jobs/daily: spec.executor.memory: ${KEPT_OFF}`],
  },
  {
    when: "pods that tolerate the taint, each in one of the ways of saying so",
    edit: [
      tainted(["n3"], GPU),
      tolerate("driver", { key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" }),
      tolerate("executor", { operator: "Exists" }),
    ],
  },
  {
    when: "tolerations of another value, of another effect, and of another key",
    edit: [
      tainted(["n3"], GPU),
      tolerate("driver", { key: "gpu", value: "h100" }, { key: "gpu", operator: "Exists", effect: "NoExecute" }),
      tolerate("executor", { key: "cpu", operator: "Exists" }),
    ],
    says: [`jobs/daily: spec.driver.memory: ${KEPT_OFF}`, `jobs/daily: spec.executor.memory: ${KEPT_OFF}`],
  },
  {
    when: "tolerations that are not known yet",
    edit: [
      tainted(["n3"], GPU),
      ...["driver", "executor"].map((role) => set("SparkApplication jobs/daily", `spec.${role}.tolerations`, UNKNOWN)),
    ],
  },
  { when: "a taint that is only a wish", edit: tainted(["n3"], { ...GPU, effect: "PreferNoSchedule" }) },
  {
    when: "a pod larger than every node of its pool",
    edit: set(WEB, container("resources.requests.memory"), "21Gi"),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web requests 21 Gi and 0.5 cores for a pod, but the largest node of general (n1) has 20 Gi and 4 cores. Fix: make the pod smaller, or allow a pool with larger nodes.",
    ],
  },
  {
    when: "a pod that fits only nodes of other pools",
    edit: set(WEB, container("resources.requests.cpu"), "5"),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web requests 1 Gi and 5 cores for a pod, but the largest node of general (n1) has 20 Gi and 4 cores. Fix: make the pod smaller, or allow a pool with larger nodes.",
    ],
  },
  {
    when: "a pod that may run in every open pool",
    edit: [set(WEB, pod("affinity"), undefined), set(WEB, container("resources.requests.cpu"), "4")],
  },
  {
    when: "a pool without nodes",
    edit: set(WEB, pod("nodeSelector"), { "lakehouse.dev/pool": "gpu" }),
    says: [
      "front/web: spec.template.spec.containers[0].resources.requests.memory: Deployment front/web may run only in pools without nodes (gpu). Fix: make the pod smaller, or allow a pool with larger nodes.",
    ],
  },
  {
    when: "nodes from the configuration that are too small",
    edit: remove("ConfigMap front/capacity"),
    config: {
      nodes: [
        { name: "x", pool: "general", limit: { cpu: 4, memory: "1Gi" } },
        { name: "y", pool: "batch", limit: { cpu: 4, memory: "100Gi" } },
      ],
    },
    says: [
      "back/pg: spec.resources.requests.memory: Cluster back/pg requests 2 Gi and 1 core for a pod, but the largest node of general (x) has 1 Gi and 4 cores. Fix: make the pod smaller, or allow a pool with larger nodes.",
    ],
  },
  {
    when: "another label for pools",
    edit: set(WEB, pod("nodeSelector"), { tier: "batch" }),
    config: { poolLabel: "tier" },
  },
]);

suite(poolLimitRequests, [
  {
    when: "a pool that is too small without the node that its pods do not tolerate",
    edit: [tainted(["n1"], MAINTENANCE), set(WEB, container("resources.requests.memory"), "10Gi")],
    says: [
      "back/pg: pool general: Cluster back/pg brings the requests of cpu in pool general to 5 cores, over the 4 cores of its nodes (n2). Fix: lower the requests by 1 core, add a node, or allow another pool.",
      "front/web: pool general: Deployment front/web brings the requests of memory in pool general to 27 Gi, over the 20 Gi of its nodes (n2). Fix: lower the requests by 7 Gi, add a node, or allow another pool.",
    ],
  },
  {
    when: "more pods than the pool holds",
    edit: set(WEB, "spec.replicas", 40),
    says: [
      "front/web: pool general: Deployment front/web brings the requests of cpu in pool general to 25 cores, over the 8 cores of its nodes (n1, n2). Fix: lower the requests by 17 cores, add a node, or allow another pool.",
      "front/web: pool general: Deployment front/web brings the requests of memory in pool general to 51 Gi, over the 40 Gi of its nodes (n1, n2). Fix: lower the requests by 11 Gi, add a node, or allow another pool.",
    ],
  },
  {
    when: "existing pods that leave no room",
    edit: set("ConfigMap front/capacity", ["data", "capacity.json"], crowded),
    says: [
      "pool general: pods bring the requests of memory in pool general to 41 Gi, over the 40 Gi of its nodes (n1, n2). Fix: lower the requests by 1 Gi, add a node, or allow another pool.",
    ],
  },
  {
    when: "a Spark quota larger than what its pool has",
    edit: set("ResourceQuota jobs/quota-1", ["spec", "hard", "requests.memory"], "31Gi"),
    says: [
      "jobs/quota-1: pool batch: ResourceQuota jobs/quota-1 brings the requests of memory in pool batch to 41 Gi, over the 40 Gi of its nodes (n3). Fix: lower the requests by 1 Gi, add a node, or allow another pool.",
    ],
  },
  {
    when: "a pod on each node",
    edit: [set(WEB, container("resources.requests.memory"), "18Gi"), retype(WEB, "kubernetes:apps/v1:DaemonSet")],
    says: [
      "front/web: pool general: DaemonSet front/web brings the requests of memory in pool general to 47 Gi, over the 40 Gi of its nodes (n1, n2). Fix: lower the requests by 7 Gi, add a node, or allow another pool.",
    ],
  },
  {
    when: "as much as fits exactly",
    edit: [set("ConfigMap front/capacity", ["data", "capacity.json"], crowded), set(API, "spec.replicas", 1)],
  },
]);
