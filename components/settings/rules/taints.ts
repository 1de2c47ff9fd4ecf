import { POOL_LABEL } from "../../core/labels";
import type { Rule } from "../rule";

/** A node's own taints are unique, and none of them is its pool's. */
export const ownTaints: Rule = function* ({ nodes }) {
  for (const [index, { pool, taints }] of nodes.entries()) {
    const seen = new Set<string>();
    for (const [at, { key, effect }] of taints.entries()) {
      const path = `lakehouse:nodes[${String(index)}].taints[${String(at)}].key`;
      if (key === POOL_LABEL)
        yield {
          path,
          message: `given "${key}", which is the taint of the node's pool; allowed: lakehouse:pools.${pool}.taint, or a key of its own`,
        };
      if (seen.has(`${key} ${effect}`))
        yield {
          path,
          message: `given "${key}" with ${effect}, which is in the list already; allowed: each key and effect once`,
        };
      seen.add(`${key} ${effect}`);
    }
  }
};
