import { container, pod, set } from "../edit";
import { type FieldCases, WEB } from "./case";

const TRINO = {
  "config.properties":
    "coordinator=true\ndiscovery.uri=http://trino\nquery.max-memory-per-node=1MB\nmemory.heap-headroom-per-node=1MB\n",
  "jvm.config": "-Xmx512m",
};

/** Cases of sizes, quotas, nodes, disks and heaps. */
export const budgetCases: FieldCases = {
  "container-require-resources": { what: WEB, path: container("resources.limits.cpu"), wrong: "0", absent: "refused" },
  "container-require-memory-guarantee": {
    what: WEB,
    path: container("resources.requests.memory"),
    wrong: "512Mi",
    absent: "accepted",
  },
  "namespace-require-quota": {
    what: "ResourceQuota front/quota-0",
    path: "metadata.namespace",
    wrong: "back",
    absent: "refused",
    otherKind: "missed",
    blamed: "front",
  },
  "quota-cover-every-pod": {
    what: "ResourceQuota front/quota-0",
    path: ["spec", "scopeSelector"],
    wrong: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists" }] },
    absent: "accepted",
    blamed: "front",
  },
  "pod-require-scratch": {
    what: WEB,
    path: container("resources.requests.ephemeral-storage"),
    wrong: "1Gi",
    absent: "refused",
    given: [
      set(WEB, pod("volumes"), [{ name: "tmp", emptyDir: { sizeLimit: "2Gi" } }]),
      set(WEB, container("resources.requests.ephemeral-storage"), "2Gi"),
    ],
  },
  "quota-cover-workloads": {
    what: "ResourceQuota front/quota-0",
    path: ["spec", "hard", "requests.memory"],
    wrong: "1Gi",
    absent: "accepted",
  },
  "quota-reserve-executor": {
    what: "ResourceQuota jobs/quota-1",
    path: ["spec", "hard", "requests.memory"],
    wrong: "1Gi",
    absent: "accepted",
  },
  "pod-fit-node": { what: WEB, path: container("resources.requests.memory"), wrong: "64Gi", absent: "accepted" },
  "pool-limit-requests": { what: WEB, path: "spec.replicas", wrong: 100, absent: "accepted" },
  "volume-fit-disk": { what: "Cluster back/pg", path: "spec.storage.size", wrong: "1Ti", absent: "accepted" },
  "pool-limit-volumes": { what: "Cluster back/pg", path: "spec.instances", wrong: 20, absent: "accepted" },
  "heap-fit-container": {
    what: WEB,
    path: container("env.0.value"),
    wrong: "-Xmx2g",
    absent: "accepted",
    given: [set(WEB, container("env"), [{ name: "JAVA_OPTS", value: "-Xmx512m" }])],
  },
  "trino-fit-heap": {
    what: "ConfigMap front/web-config",
    path: ["data", "jvm.config"],
    wrong: "-Xmx1m",
    absent: "accepted",
    blamed: "front/web",
    given: [set("ConfigMap front/web-config", "data", TRINO)],
  },
};
