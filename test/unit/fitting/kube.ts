import type { KubeObject } from "../../../fitting/cluster";
import type { Taint } from "../../../components/core/node";

/** Objects as kubectl prints them, with what is read of them. */

interface NodeFacts {
  readonly memory?: string;
  readonly allocatable?: string;
  readonly cpu?: string;
  readonly taints?: readonly Taint[];
}

export function aNode(
  name: string,
  { memory = "100663296Ki", allocatable = memory, cpu = "16", taints }: NodeFacts = {},
): KubeObject {
  return {
    kind: "Node",
    metadata: { name },
    spec: taints === undefined ? {} : { taints },
    status: {
      capacity: { cpu: "16", memory },
      allocatable: { cpu, memory: allocatable },
      nodeInfo: { kubeletVersion: "v1.35.2+k3s1" },
    },
  };
}

export function aPod(
  namespace: string,
  nodeName: string,
  cpu: string,
  memory: string,
  labels: Readonly<Record<string, string>> = {},
  phase = "Running",
): KubeObject {
  const container = { resources: { requests: { cpu, memory } } };
  return {
    kind: "Pod",
    metadata: { name: `${namespace}-${nodeName}`, namespace, labels },
    spec: { nodeName, containers: [container] },
    status: { phase },
  };
}

const controlPlane: Taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
const busy: Taint = { key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" };
const name = "app.kubernetes.io/name";

/** Three machines with Ceph, CloudNativePG, Airflow and Prometheus. */
export const aCluster: readonly KubeObject[] = [
  aNode("k8s-2", { taints: [controlPlane] }),
  aNode("k8s-1", { taints: [busy] }),
  aNode("k8s-3", { allocatable: "90177536Ki", cpu: "14800m" }),
  { kind: "StorageClass", metadata: { name: "standard" } },
  {
    kind: "StorageClass",
    metadata: { name: "ceph-block", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  },
  aPod("rook-ceph", "k8s-1", "2", "6Gi", { app: "rook-ceph-rgw", rook_object_store: "lakehouse" }),
  aPod("airflow", "k8s-1", "500m", "2Gi", { tier: "airflow", component: "worker" }),
  aPod("monitoring", "k8s-3", "0", "256Mi", { [name]: "prometheus" }),
  aPod("cnpg-system", "k8s-2", "0", "0", { [name]: "cloudnative-pg" }),
  aPod("batch", "k8s-2", "8", "32Gi", {}, "Succeeded"),
  aPod("lakehouse-query", "k8s-2", "4", "24Gi", { [name]: "trino" }),
];
