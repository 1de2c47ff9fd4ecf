import type { Node } from "../../components/core/node";
import { POOL_LABEL } from "../../components/core/labels";
import { formatBytes, formatCores } from "../../components/core/quantity";
import type { KubernetesObject } from "./api";

/** Annotation of nodes for which KWOK simulates the kubelet. */
export const SIMULATED = "kwok.x-k8s.io/node";

export interface NodeOptions {
  /**
   * Allocatable resources. `system`: capacity less the system's reserve, as on a real node. `limit`: the plan's limit, so that
   * scheduler and plan fill the same.
   * @default "system"
   */
  readonly allocatable?: "system" | "limit";
  /** Whether nodes have pool labels and taints from the start, as with Cluster API. @default true */
  readonly pools?: boolean;
}

/** A node of the settings as an object that KWOK keeps alive. */
export function simulatedNode(
  node: Node,
  { allocatable = "system", pools = true }: NodeOptions = {},
): KubernetesObject {
  const { capacity, system, limit, taint, disks } = node;
  const room =
    allocatable === "limit" ? limit : { cpu: capacity.cpu - system.cpu, memory: capacity.memory - system.memory };
  const scratch = disks?.["ephemeral-storage"];
  const amounts = ({ cpu, memory }: { readonly cpu: number; readonly memory: number }) => ({
    "cpu": formatCores(cpu),
    "memory": formatBytes(memory),
    "pods": "110",
    "ephemeral-storage": scratch === undefined ? "2Ti" : formatBytes(scratch),
  });
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      annotations: { [SIMULATED]: "fake" },
      labels: {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        ...(pools ? { [POOL_LABEL]: node.pool } : {}),
      },
    },
    spec: {
      taints: [
        ...(node.taints ?? []),
        ...(pools && taint !== undefined ? [{ key: POOL_LABEL, value: node.pool, effect: taint }] : []),
      ],
    },
    status: { capacity: amounts(capacity), allocatable: amounts(room) },
  };
}
