import type { NodePlan } from "../plan";

/** Nodes of one pool with the same size and the same pods. */
export interface Alike {
  readonly names: readonly string[];
  /** Any of them. */
  readonly node: NodePlan;
}

/** Equal nodes together, in the order in which the first of each comes. */
export function alike(nodes: readonly NodePlan[]): Alike[] {
  const groups = new Map<string, { names: string[]; node: NodePlan }>();
  for (const node of nodes) {
    const key = JSON.stringify({ ...node, name: "" });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: [node.name], node });
    else group.names.push(node.name);
  }
  return [...groups.values()];
}
