import assert from "node:assert/strict";
import { randomInt } from "node:crypto";

import fc from "fast-check";
import { parse } from "yaml";

import { platform } from "../../components/cluster/platform";
import type { Node } from "../../components/core/node";
import type { PodGroup } from "../../components/core/pod-group";
import { GiB } from "../../components/core/quantity";
import { stackPods } from "../../components/facts";
import { settingsFromConfig, SettingsError } from "../../components/settings";
import { fitsAll, pack } from "../../planner/pack";
import { withCapacity } from "../../planner/packing/needs";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { startingPoints } from "../support/starting-points";
import { prepareCrowd, schedule, type SmallCluster } from "./crowd";
import { started } from "./stacks";

/** Seed of the many stacks and of the order of their pods: a failed run is repeated by LAKEHOUSE_SEED. */
const SEED = Number(process.env.LAKEHOUSE_SEED ?? randomInt(2 ** 31));
/** Stacks that are on the control plane at once. */
const BATCH = 40;
/** More pods would only take longer: rules of placement are the same for the hundredth pod of a group. */
const MOST_PODS = 60;

interface Machines {
  readonly nodes: readonly Node[];
  readonly groups: readonly PodGroup[];
}

/** Nodes and lasting pods of a stack file; undefined if the settings are refused. Tasks that run once only need a node for a while. */
function machinesOf(text: string): Machines | undefined {
  const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
  try {
    const settings = settingsFromConfig(
      Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
      ),
    );
    const described = platform(settings);
    return {
      nodes: described.nodes,
      groups: stackPods(described, settings).filter(({ lifetime }) => lifetime !== "once"),
    };
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

const scaled = (nodes: readonly Node[], factor: number): Node[] =>
  nodes.map((node) =>
    withCapacity(node, {
      cpu: Math.max(node.system.cpu + 1, node.capacity.cpu * factor),
      memory: Math.max(node.system.memory + GiB, Math.round(node.capacity.memory * factor)),
    }),
  );

/** The same stack on machines that are just large enough, or a twentieth smaller: where plan and scheduler would part first. */
function atTheEdge({ nodes, groups }: Machines, larger: boolean): Machines {
  let [small, large] = [1 / 8, 16];
  for (let step = 0; step < 8; step++) {
    const middle = Math.sqrt(small * large);
    if (fitsAll(scaled(nodes, middle), groups)) large = middle;
    else small = middle;
  }
  return { nodes: scaled(nodes, larger ? large : small * 0.95), groups };
}

/** A third as they come, a third that just fit, a third that just do not. */
function randomStacks(count: number, seed: number): Machines[] {
  const valid = startingPoints.map(machinesOf).filter((found) => {
    const pods = found?.groups.reduce((sum, { replicas }) => sum + replicas, 0) ?? Infinity;
    return pods <= MOST_PODS;
  });
  return fc
    .sample(valid, { numRuns: count, seed })
    .map((found, index) => (index % 3 === 0 ? found! : atTheEdge(found!, index % 3 === 1)));
}

/**
 * The plan's yes is judged on nodes as they are, with the buffer that the plan keeps free; its no on nodes that have no more than the
 * plan may fill. So a wrong yes leaves a pod pending in a real cluster, and a wrong no refuses what would run within the limits. A stack
 * that is refused because of another order may run in the one order that is tried here: those are counted by themselves.
 */
describe("random stacks on the real scheduler", () => {
  let plane: ControlPlane;
  before(async function () {
    plane = await started(this);
    await prepareCrowd(plane.api);
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  async function compare(count: number, seed: number): Promise<void> {
    const stacks = randomStacks(count, seed).map((stack, index) => {
      const { unplaced, late } = pack(stack.nodes, stack.groups);
      return { ...stack, id: `s${String(index)}`, fits: unplaced.length === 0, late };
    });
    const [yes, no] = [[] as string[], [] as string[]];
    for (let from = 0; from < stacks.length; from += BATCH) {
      const batch = stacks.slice(from, from + BATCH);
      const clusters = batch.map(({ fits, late: _, ...stack }): SmallCluster => ({
        ...stack,
        allocatable: fits ? "system" : "limit",
      }));
      const reasons = await schedule(plane.api, clusters, seed);
      for (const { id, fits, late } of batch) {
        const pending = reasons.get(id) ?? [];
        if (fits) yes.push(...pending);
        else if (pending.length === 0 && !late) no.push(id);
      }
      assert.deepEqual(yes, [], `seed ${String(seed)}: the plan says that all pods fit`);
    }
    const fitting = stacks.filter(({ fits }) => fits).length;
    const late = stacks.filter((stack) => stack.late).length;
    console.log(
      `      ${String(count)} stacks, seed ${String(seed)}: ${String(fitting)} fit by their plan; no wrong yes, ${String(no.length)} wrong no; ${String(late)} are refused because of another order`,
    );
    assert.ok(fitting > count / 6 && fitting < (count * 5) / 6, `${String(fitting)} of ${String(count)} fit`);
    assert.ok(late <= count / 6, `${String(late)} are refused because of another order`);
    assert.ok(no.length <= count / 100, `the plan says that these do not fit: ${no.join(", ")}`);
  }

  it("agree with their plans: the same 40 stacks", () => compare(40, 9));
  it(`agree with their plans: 1 000 stacks, seed ${String(SEED)} (slow)`, () => compare(1000, SEED));
});
