import { container, type Fault, remove, rewrite, set } from "./fault";

/** Homelab's disks as if volumes were on the nodes: each PostgreSQL instance claims 30Gi. */
const node = (name: string, pool: string, disk: string) => ({
  name,
  pool,
  limit: { cpu: 9.8, memory: "56Gi" },
  disks: { "ceph-block": disk },
});
const DISKS = { nodes: [node("k8s-1", "control", "40Gi"), node("k8s-2", "drivers", "40Gi")] };

/** Faults of quotas and nodes, which must have room for all pods. */
export const capacityFaults: readonly Fault[] = [
  {
    policy: "namespace-require-quota",
    plant: remove("LimitRange lakehouse-query"),
    resource: "Namespace lakehouse-query",
    field: "metadata.name",
    says: "LimitRange",
  },
  {
    policy: "quota-cover-every-pod",
    plant: remove("ResourceQuota lakehouse-compute-needs-priority-class"),
    resource: "Namespace lakehouse-compute",
    field: "metadata.name",
    says: "no priority class",
  },
  {
    policy: "pod-require-scratch",
    plant: set("Deployment trino-worker", [...container("resources.requests"), "ephemeral-storage"], "1Gi"),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "spec.template.spec.containers[0].resources.requests.ephemeral-storage",
    says: "1 Gi",
  },
  {
    policy: "pod-require-scratch",
    plant: set("Deployment trino-worker", ["spec", "template", "spec", "volumes", "1", "emptyDir"], {}),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "spec.template.spec.volumes[1].emptyDir.sizeLimit",
    says: "may fill the disk of its node",
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
    also: ["container-require-resources", "pool-limit-requests"],
  },
  {
    policy: "pool-limit-requests",
    plant: set("ResourceQuota lakehouse-compute-spark-executor", ["spec", "hard", "requests.memory"], "64Gi"),
    resource: "ResourceQuota lakehouse-compute/spark-executor",
    field: "pool executors",
    says: "64 Gi",
  },
  {
    policy: "volume-fit-disk",
    plant: set("Cluster postgres", "spec.storage.size", "35Gi"),
    resource: "Cluster lakehouse-storage/postgres",
    field: "spec.storage.size",
    says: "45 Gi of ceph-block",
    config: DISKS,
  },
  {
    policy: "pool-limit-volumes",
    plant: set("Cluster postgres", "spec.instances", 3),
    resource: "Cluster lakehouse-storage/postgres",
    field: "spec.storage.size",
    says: "98 Gi",
    config: DISKS,
  },
  {
    policy: "heap-fit-container",
    plant: rewrite("ConfigMap trino-worker-etc", ["data", "jvm.config"], "-Xmx19660m", "-Xmx24000m"),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "ConfigMap trino-worker-etc jvm.config",
    says: "23.44 Gi (-Xmx24000m)",
  },
  {
    policy: "trino-fit-heap",
    plant: rewrite(
      "ConfigMap trino-worker-etc",
      ["data", "config.properties"],
      "memory.heap-headroom-per-node=",
      "memory.heap-headroom-per-node=1",
    ),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "ConfigMap trino-worker-etc config.properties",
    says: "memory.heap-headroom-per-node",
  },
];
