import { POOL_LABEL } from "../core/labels";
import type { Node, Taint } from "../core/node";

/** What the stack wants a node to be registered with. Pulumi, `lakehouse taints` and whoever makes the machines read it here. */
export interface Registration {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

type Pooled = Pick<Node, "pool" | "taint">;

export const poolLabels = ({ pool }: Pick<Node, "pool">): Registration["labels"] => ({ [POOL_LABEL]: pool });

/** None where the pool has no taint. */
export const poolTaints = ({ pool, taint }: Pooled): readonly Taint[] =>
  taint === undefined ? [] : [{ key: POOL_LABEL, value: pool, effect: taint }];

/** The node's own taints first, then its pool's. */
export const registration = (node: Pooled & Pick<Node, "taints">): Registration => ({
  labels: poolLabels(node),
  taints: [...(node.taints ?? []), ...poolTaints(node)],
});
