import { namedNodes } from "../../cluster/settings";
import { nodeLimit } from "../../core/node";
import { formatBytes } from "../../core/quantity";
import type { Rule } from "../rule";

/** Rules over nodes. */

export const duplicateNodes: Rule = function* ({ nodes }) {
  const first = new Map<string, number>();
  for (const [index, entry] of nodes.entries()) {
    const taken = namedNodes([entry]).find(({ name }) => first.has(name));
    if (taken === undefined) for (const { name } of namedNodes([entry])) first.set(name, index);
    else
      yield {
        path: `lakehouse:nodes[${String(index)}].name`,
        message: `given "${taken.name}", which lakehouse:nodes[${String(first.get(taken.name))}] has already; allowed: a name of its own`,
      };
  }
};

export const nodesWithRoom: Rule = function* ({ nodes, cluster }) {
  for (const [index, node] of nodes.entries()) {
    for (const resource of ["cpu", "memory"] as const) {
      const write = (value: number) => (resource === "memory" ? formatBytes(value) : String(value));
      if (node[resource] <= node.system[resource])
        yield {
          path: `lakehouse:nodes[${String(index)}].${resource}`,
          message: `given ${write(node[resource])}, of which the system keeps ${write(node.system[resource])}: nothing is left; allowed: more than ${write(node.system[resource])}, or a smaller system.${resource}`,
        };
    }
    const limit = nodeLimit(node, node.system, cluster.buffer).memory;
    if (limit > 0 && limit < 2 ** 30)
      yield {
        path: `lakehouse:nodes[${String(index)}].memory`,
        message: `given ${formatBytes(node.memory)}, which leaves ${String(Math.floor(limit / 2 ** 20))}Mi for pods; allowed: enough for 1Gi after the system's ${formatBytes(node.system.memory)} and the buffer`,
      };
  }
};
