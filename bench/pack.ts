import type { PodGroup } from "../components/core/pod-group";
import { nodeLimit, type Node } from "../components/core/node";
import { GiB } from "../components/core/quantity";
import { advise } from "../planner/advice/advise";
import { pack } from "../planner/pack";

/** Time to pack 10 000 pods of 100 groups on 500 nodes, where they fit and where they do not, and to find advice then. */

const [NODES, GROUPS, REPLICAS] = [500, 100, 100];
const SPREADS = ["any", "apart", "one-per-node"] as const;
const say = (text: string) => void process.stdout.write(`${text}\n`);

const capacity = { cpu: 32, memory: 128 * GiB };
const system = { cpu: 2, memory: 8 * GiB };
const nodes = Array.from({ length: NODES }, (_, at): Node => ({
  name: `n${String(at)}`,
  pool: `p${String(at % 5)}`,
  capacity,
  system,
  limit: nodeLimit(capacity, system),
}));

const groups = (gib: number) =>
  Array.from({ length: GROUPS }, (_, at): PodGroup => {
    const requests = { cpu: 0.25, memory: Math.ceil(gib * (1 + (at % 3))) * GiB };
    return {
      service: `g${String(at)}`,
      role: "",
      namespace: "bench",
      replicas: REPLICAS,
      requests,
      limits: requests,
      volumes: [],
      pools: at % 3 === 0 ? [] : [`p${String(at % 5)}`],
      spread: SPREADS[at % 3] ?? "any",
      lifetime: "always",
      origin: "deployed",
      setting: { path: `lakehouse:bench.g${String(at)}`, replicas: REPLICAS, leastMemory: GiB },
    };
  });

for (const gib of [1, 3]) {
  const stack = { nodes, groups: groups(gib) };
  const before = performance.now();
  const packing = pack(stack.nodes, stack.groups);
  const packed = performance.now();
  const advice = advise(stack, packing);
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(2)} s`;
  say(
    `10 000 pods on ${String(NODES)} nodes, ${String(packing.unplaced.length)} without room   ${seconds(before, packed)} (goal: under 1 s), ${String(advice.length)} pieces of advice ${seconds(packed, performance.now())}`,
  );
}
