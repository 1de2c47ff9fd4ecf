import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { manifests } from "../../preview/manifests";
import { OutputFolder } from "../../preview/output";
import { planStack, podGroups, stackSettings } from "../../preview/plan";
import { HIDDEN } from "../../preview/recorder";
import type { StackConfig } from "../../inputs/stack-file";
import { platform } from "../../components/cluster/platform";
import type { Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import type { Plan } from "../../planner/plan";
import type { KubernetesObject } from "./api";

/** A stack as objects that a control plane accepts. */
export interface Stack {
  readonly plan: Plan;
  readonly nodes: readonly Node[];
  readonly groups: readonly PodGroup[];
  /** Every Kubernetes object of the stack, in an order in which it can be applied. */
  readonly objects: readonly KubernetesObject[];
}

/** Order of kinds, dependencies first; kinds that are not listed come last. */
const ORDER = [
  "Namespace",
  "Node",
  "PriorityClass",
  "StorageClass",
  "LimitRange",
  "ResourceQuota",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "Secret",
  "ConfigMap",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "Service",
];

/** Runs the program for a stack, and collects what it registers. Nothing is written. */
export async function stackOf(config: StackConfig): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-stack-"));
  try {
    const { plan, resources } = await planStack(config, new OutputFolder(join(folder, config.stack)));
    const all = manifests(resources);
    const isObject = ({ path }: { readonly path: string }) => path.startsWith("manifests/");
    return {
      plan,
      nodes: platform(stackSettings(config)).nodes,
      groups: podGroups(resources),
      objects: inOrder(all.filter(isObject).map(({ content }) => applicable(content as unknown as KubernetesObject))),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function rank({ kind }: Pick<KubernetesObject, "kind">): number {
  const found = ORDER.indexOf(kind);
  return found === -1 ? ORDER.length : found;
}

function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.toSorted((one, other) => rank(one) - rank(other));
}

/** The object with stand-ins for secrets and for values that only a provider knows. */
export function applicable(object: KubernetesObject): KubernetesObject {
  const plain = JSON.parse(JSON.stringify(object)) as KubernetesObject;
  if (plain.kind !== "Secret" || plain.data === undefined) return plain;
  const standIn = Buffer.from(HIDDEN).toString("base64");
  const data = Object.fromEntries(Object.keys(plain.data as object).map((key) => [key, standIn]));
  return { ...plain, data };
}
