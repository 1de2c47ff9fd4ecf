import { container, type Fault, remove, set } from "./fault";

/** Quotas and nodes: whether what must run fits. */
export const capacityFaults: readonly Fault[] = [
  {
    policy: "namespace-require-quota",
    plant: remove("LimitRange lakehouse-query"),
    resource: "Namespace lakehouse-query",
    field: "metadata.name",
    says: "LimitRange",
  },
  {
    policy: "quota-cover-workloads",
    plant: set("ResourceQuota lakehouse-query-lakehouse-serving", ["spec", "hard", "requests.memory"], "48Gi"),
    resource: "ResourceQuota lakehouse-query/lakehouse-serving",
    field: 'spec.hard["requests.memory"]',
    says: "48 Gi",
  },
  {
    policy: "quota-reserve-executor",
    plant: set("ResourceQuota lakehouse-compute-spark-executor", ["spec", "hard", "requests.memory"], "6Gi"),
    resource: "ResourceQuota lakehouse-compute/spark-executor",
    field: 'spec.hard["requests.memory"]',
    says: "6 Gi",
  },
  {
    policy: "pod-fit-node",
    plant: set("Deployment trino-coordinator", container("resources.requests.memory"), "80Gi"),
    resource: "Deployment lakehouse-query/trino-coordinator",
    field: "spec.template.spec.containers[0].resources.requests.memory",
    says: "80 Gi",
    also: ["container-require-resources", "quota-cover-workloads"],
  },
  {
    policy: "pool-limit-requests",
    plant: set("ResourceQuota lakehouse-compute-spark-executor", ["spec", "hard", "requests.memory"], "64Gi"),
    resource: "ResourceQuota lakehouse-compute/spark-executor",
    field: "pool executors",
    says: "64 Gi",
  },
];
