import { isInPools, type Node, repelling } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import { pack, type Packing } from "../pack";
import { by } from "../order";
import { capacityFor } from "../packing/needs";
import type { UnplacedPod } from "../plan";
import { largest } from "./grid";
import { type Change, changed, type LargerNode, type NodesChange, type Stack, type TolerationChange } from "./change";

/** Larger machines: what they need differs once others have grown. */
const ROUNDS = 4;

/** Nodes with more memory, cores or disk. Undefined if some pod lacks nodes, whatever their size. */
export function grow(stack: Stack, packing: Packing): LargerNode[] | undefined {
  const found = new Map<string, LargerNode>();
  let at = packing;
  for (let round = 0; round < ROUNDS && at.unplaced.length > 0; round++) {
    const needs = at.unplaced.flatMap((pod) => (pod.needs === undefined ? [] : [pod.needs]));
    if (needs.length === 0) return undefined;
    for (const { node, cpu, memory, disks } of needs) {
      const before = stack.nodes.find(({ name }) => name === node)!;
      const all = { ...found.get(node)?.disks, ...disks };
      found.set(node, {
        kind: "node",
        node,
        cpu,
        memory,
        from: before.capacity,
        ...(Object.keys(all).length > 0 && { disks: all }),
      });
    }
    const next = changed(stack, [...found.values()]);
    at = pack(next.nodes, next.groups);
  }
  return at.unplaced.length === 0 ? [...found.values()] : undefined;
}

/** A further node that is just large enough for one pod may be taken by another pod that comes first: if need be, it has room for all. */
const SIZES = [1, 2, 4, Infinity];

/** Further nodes, each as large as the largest that the pods may run on, or larger if one of them needs that. */
export function add(stack: Stack, { unplaced }: Packing, fits: (stack: Stack) => boolean): NodesChange[] | undefined {
  return firstOf(SIZES, (size) => fewest(stack, unplaced, size, fits));
}

/**
 * Further nodes for pods that have none in their pools, and larger ones for the rest. A plan says which order leaves pods without a
 * node only where each has one in some order, so what the rest needs shows once the further nodes are there.
 */
export function addAndGrow(stack: Stack, { unplaced }: Packing): Change[] | undefined {
  const homeless = unplaced.filter(({ needs }) => needs === undefined);
  const housed = ({ nodes, groups }: Stack) => pack(nodes, groups).unplaced.every(({ needs }) => needs !== undefined);
  return firstOf(SIZES, (size) => {
    const found = fewest(stack, homeless, size, housed) ?? [];
    const next = changed(stack, found);
    const larger = found.length === 0 ? undefined : grow(next, pack(next.nodes, next.groups));
    const isNew = ({ node }: LargerNode) => found.some(({ names }) => names.includes(node));
    return larger === undefined || larger.some(isNew) ? undefined : [...found, ...larger];
  });
}

function firstOf<T, R>(all: readonly T[], result: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = result(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Pods without a node by the pool that they would run in; undefined if one has none. */
function byPool(stack: Stack, unplaced: readonly UnplacedPod[]): ReadonlyMap<string, readonly PodGroup[]> | undefined {
  const pools = new Map<string, PodGroup[]>();
  for (const pod of unplaced) {
    const group = groupOf(stack, pod);
    const pool = group && poolFor(stack, group);
    if (group === undefined || pool === undefined) return undefined;
    pools.set(pool, [...(pools.get(pool) ?? []), group]);
  }
  return pools;
}

/** The fewest nodes that are enough. @param size of a node, in pods as large as the largest; Infinity: all pods that it may run */
function fewest(
  stack: Stack,
  unplaced: readonly UnplacedPod[],
  size: number,
  fits: (stack: Stack) => boolean,
): NodesChange[] | undefined {
  const pools = byPool(stack, unplaced);
  if (pools === undefined) return undefined;
  const most = unplaced.length;
  const all = [...pools].map(([pool, groups]) => template(stack, pool, groups, size));
  const few = (count: number) => {
    const taken = new Set(stack.nodes.map(({ name }) => name));
    return all.map((each, at) => withNames(stack, each, Math.min(count, [...pools.values()][at]!.length), taken));
  };
  const fitsWith = (count: number) => fits(changed(stack, few(count)));
  // Where one node for each pod is enough, fewer of them are tried: as many less as possible.
  const less = Array.from({ length: most }, (_, at) => at);
  const saved = largest(less, (one) => fitsWith(most - one));
  return saved === undefined ? undefined : few(most - saved);
}

type Template = Omit<NodesChange, "names">;

/** @param pods for how many pods a node has room */
function template(stack: Stack, pool: string, groups: readonly PodGroup[], pods: number): Template {
  const size = by<Node>(
    (node) => -node.capacity.memory,
    (node) => -node.capacity.cpu,
  );
  const { nodes } = stack;
  const like = nodes.filter((node) => node.pool === pool).toSorted(size)[0] ?? nodes.toSorted(size)[0]!;
  const all = stack.groups.filter(({ pools }) => pools.length === 0 || pools.includes(pool));
  const room = (of: "cpu" | "memory") =>
    Math.min(
      pods * Math.max(...groups.map(({ requests }) => requests[of])),
      all.reduce((sum, { requests, replicas }) => sum + requests[of] * replicas, 0),
    );
  const { system, disks } = like;
  const capacity = capacityFor(like, { cpu: room("cpu"), memory: room("memory") });
  const more = {
    ...(capacity.cpu > like.capacity.cpu && { cpu: capacity.cpu }),
    ...(capacity.memory > like.capacity.memory && { memory: capacity.memory }),
  };
  const larger = Object.keys(more).length > 0 ? { more } : {};
  return {
    kind: "nodes",
    like: like.name,
    ...larger,
    pool,
    ...capacity,
    system,
    ...(disks === undefined ? {} : { disks }),
  };
}

/** Names that no node has: `k8s-4` after `k8s-3`. They are taken then. */
function withNames({ nodes }: Stack, of: Template, count: number, taken: Set<string>): NodesChange {
  const last = nodes.findLast(({ pool }) => pool === of.pool)?.name ?? of.pool;
  const prefix = last.replace(/-?\d+$/, "");
  const names: string[] = [];
  for (let number = 1; names.length < count; number++) {
    const name = `${prefix}-${String(number)}`;
    if (taken.has(name)) continue;
    taken.add(name);
    names.push(name);
  }
  return { ...of, names };
}

const groupOf = ({ groups }: Stack, { service, role, memory }: UnplacedPod): PodGroup | undefined =>
  groups.find((one) => one.service === service && one.role === role && one.requests.memory === memory);

/** The pool of the pods that has nodes, else the first of them. */
function poolFor({ nodes }: Stack, group: PodGroup): string | undefined {
  const open = nodes.filter((node) => isInPools(group, node));
  const taken = open.find((node) => repelling(node.taints, group.tolerations).length === 0);
  return taken?.pool ?? open[0]?.pool ?? group.pools[0];
}

/** Tolerations of the taints that alone keep pods off nodes of their pools. */
export function tolerate(stack: Stack, { unplaced }: Packing): TolerationChange[] {
  const found = new Map<string, TolerationChange>();
  for (const pod of unplaced) {
    const group = groupOf(stack, pod);
    if (group === undefined) continue;
    for (const node of stack.nodes.filter((one) => group.pools.includes(one.pool)))
      for (const { key, value, effect } of repelling(node.taints, group.tolerations)) {
        const toleration = { key, ...(value === undefined ? {} : { value }), effect };
        const change: Change = { kind: "toleration", pool: node.pool, toleration };
        found.set(JSON.stringify(change), change);
      }
  }
  return [...found.values()];
}
