import { suggestion } from "../../fields/mistakes";
import type { Rule } from "../rule";

/** Rules over pools of nodes. */

export const knownPools: Rule = function* ({ nodes, pools }) {
  const names = Object.keys(pools);
  for (const [index, node] of nodes.entries()) {
    if (!names.includes(node.pool))
      yield {
        path: `lakehouse:nodes[${String(index)}].pool`,
        message: `given "${node.pool}", which is not in lakehouse:pools${suggestion(node.pool, names)}; allowed: ${names.join(", ") || "none yet"}`,
      };
  }
};

export const populatedPools: Rule = function* ({ nodes, pools }) {
  for (const name of Object.keys(pools)) {
    if (!nodes.some((node) => node.pool === name))
      yield {
        path: `lakehouse:pools.${name}`,
        message: "a pool without a node; allowed: pools that at least one of lakehouse:nodes names",
      };
  }
};

export const oneDefaultPool: Rule = function* ({ pools }) {
  const defaults = Object.keys(pools).filter((name) => pools[name]?.default);
  if (defaults.length === 1 || Object.keys(pools).length === 0) return;
  yield {
    path: "lakehouse:pools",
    message:
      defaults.length === 0
        ? "no pool has default: true; allowed: exactly one"
        : `${defaults.join(" and ")} have default: true; allowed: exactly one`,
  };
};

export const fallbacks: Rule = function* ({ pools }) {
  for (const [name, pool] of Object.entries(pools)) {
    const path = `lakehouse:pools.${name}.fallback`;
    if (pool.fallback === undefined) continue;
    if (!(pool.fallback in pools))
      yield {
        path,
        message: `given "${pool.fallback}", which is not in lakehouse:pools${suggestion(pool.fallback, Object.keys(pools))}`,
      };
    const chain = [name];
    for (let next: string | undefined = pool.fallback; next !== undefined; next = pools[next]?.fallback) {
      if (chain.includes(next)) {
        // One mistake per circle, at its first member.
        if (next === name && name === [...chain].sort()[0])
          yield { path, message: `circular: ${[...chain, next].join(" → ")}; allowed: a chain that ends` };
        break;
      }
      chain.push(next);
    }
  }
};
