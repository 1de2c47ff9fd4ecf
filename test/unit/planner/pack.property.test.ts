import assert from "node:assert/strict";
import fc from "fast-check";
import { groupName, type PodGroup } from "../../../components/core/pod-group";
import type { Node } from "../../../components/core/node";
import { GiB } from "../../../components/core/quantity";
import { pack, type Packing } from "../../../planner/pack";
import { toRoom } from "../../../planner/packing/problem";
import { fewestUnplaced } from "./exhaustive";
import { buffered, group, node, roomyNode } from "./fixtures";

const POOLS = ["x", "y"] as const;

function nodesOf(max: number): fc.Arbitrary<Node[]> {
  const one = fc.record({
    pool: fc.constantFrom(...POOLS),
    gib: fc.integer({ min: 0, max: 12 }),
    cpu: fc.integer({ min: 0, max: 12 }),
    taint: fc.constantFrom(undefined, undefined, "NoSchedule" as const, "PreferNoSchedule" as const),
  });
  return fc
    .array(one, { maxLength: max })
    .map((all) => all.map((of, at) => buffered(roomyNode(`n${String(at)}`, of.pool, of.gib, of.cpu, of.taint))));
}

function groupsOf(max: number, replicas: number): fc.Arbitrary<PodGroup[]> {
  const one = fc.record({
    replicas: fc.integer({ min: 0, max: replicas }),
    gib: fc.integer({ min: 0, max: 7 }),
    cpu: fc.integer({ min: 0, max: 5 }),
    pools: fc.subarray([...POOLS]),
    spread: fc.constantFrom("any" as const, "apart" as const, "one-per-node" as const),
    origin: fc.constantFrom("deployed" as const, "deployed" as const, "existing" as const),
  });
  return fc
    .array(one, { maxLength: max })
    .map((all) =>
      all.map(({ replicas: count, gib, pools, ...of }, at) => group(`g${String(at)}`, count, gib, pools, of)),
    );
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function everyPod({ nodes, unplaced }: Packing): Record<string, number> {
  return count([...nodes.flatMap((of) => of.pods), ...unplaced].map(groupName));
}

describe("pack, for any nodes and pods", function () {
  it("never exceeds a limit, and sums up placed pods correctly", () => {
    fc.assert(
      fc.property(nodesOf(6), groupsOf(8, 6), (nodes, groups) => {
        for (const of of pack(nodes, groups).nodes) {
          const sum = (what: "memory" | "cpu") => of.pods.reduce((total, pod) => total + toRoom(pod)[what], 0);
          assert.equal(sum("memory"), toRoom({ cpu: 0, memory: of.memory.requested }).memory);
          assert.equal(sum("cpu"), toRoom({ cpu: of.cpu.requested, memory: 0 }).cpu);
          assert.ok(of.memory.requested <= of.memory.limit && of.cpu.requested <= of.cpu.limit);
        }
      }),
    );
  });

  it("keeps to pools, taints and one-per-node", () => {
    fc.assert(
      fc.property(nodesOf(6), groupsOf(8, 6), (nodes, groups) => {
        const group = new Map(groups.map((of) => [groupName(of), of]));
        for (const of of pack(nodes, groups).nodes) {
          const { taint } = nodes.find(({ name }) => name === of.name)!;
          for (const [name, pods] of Object.entries(count(of.pods.map(groupName)))) {
            const { pools, spread } = group.get(name)!;
            assert.ok(pools.length === 0 ? taint === undefined : pools.includes(of.pool));
            if (spread === "one-per-node") assert.equal(pods, 1);
          }
        }
      }),
    );
  });

  it("places or reports each pod exactly once", () => {
    fc.assert(
      fc.property(nodesOf(6), groupsOf(8, 6), (nodes, groups) => {
        const expected = count(groups.flatMap((of) => Array.from({ length: of.replicas }, () => groupName(of))));
        assert.deepEqual(everyPod(pack(nodes, groups)), expected);
      }),
    );
  });

  it("does not depend on the order of the input", () => {
    const shuffled = fc
      .tuple(nodesOf(5), groupsOf(6, 4))
      .chain(([nodes, groups]) =>
        fc.record({
          nodes: fc.constant(nodes),
          groups: fc.constant(groups),
          otherNodes: fc.shuffledSubarray(nodes, { minLength: nodes.length }),
          otherGroups: fc.shuffledSubarray(groups, { minLength: groups.length }),
        }),
      );
    fc.assert(
      fc.property(shuffled, ({ nodes, groups, otherNodes, otherGroups }) => {
        assert.deepEqual(pack(otherNodes, otherGroups), pack(nodes, groups));
      }),
    );
  });

  it("leaves exactly as many pods unplaced as an exhaustive search", () => {
    fc.assert(
      fc.property(nodesOf(3), groupsOf(4, 2), (nodes, groups) => {
        const { unplaced, proven } = pack(nodes, groups);
        assert.equal(unplaced.length, fewestUnplaced(nodes, groups));
        assert.equal(proven, true);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves exactly as many pods unplaced as an exhaustive search where volumes take the nodes' disks", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(nodesOf(3), groupsOf(4, 2), sizes, (nodes, groups, gib) => {
        const machines = nodes.map((of, at) => ({ ...of, disks: { local: gib[at]! * GiB } }));
        const claiming = groups.map((of, at) => ({
          ...of,
          volumes: [{ name: "data", size: gib[at + 3]! * GiB, storageClass: at % 2 === 0 ? "local" : "far" }],
        }));
        assert.equal(pack(machines, claiming).unplaced.length, fewestUnplaced(machines, claiming));
      }),
      { numRuns: 300 },
    );
  });

  it("misses exactly what a node has to free for one more pod", () => {
    fc.assert(
      fc.property(nodesOf(4), groupsOf(6, 4), (nodes, groups) => {
        const packing = pack(nodes, groups);
        for (const { misses, shortage, memory, cpu } of packing.unplaced) {
          if (misses === undefined) continue;
          const of = packing.nodes.find(({ name }) => name === misses.node)!;
          const free = (what: "memory" | "cpu") => of[what].limit - of[what].requested;
          const wanted = shortage === "memory" ? memory - free("memory") : cpu - free("cpu");
          assert.ok(Math.abs(misses.amount - wanted) < 1e-6 && misses.amount > 0);
        }
      }),
    );
  });

  it("never gets worse with one more node", () => {
    fc.assert(
      fc.property(nodesOf(4), groupsOf(5, 3), fc.constantFrom(...POOLS), (nodes, groups, pool) => {
        const more = [...nodes, buffered(roomyNode("new", pool, 6, 6))];
        assert.ok(pack(more, groups).unplaced.length <= pack(nodes, groups).unplaced.length);
      }),
    );
  });

  it("fits on nodes of the size that it suggests, in the order of the plan", () => {
    const groups = groupsOf(6, 4).map((all) => all.map((of) => ({ ...of, pools: of.pools.length ? of.pools : ["x"] })));
    fc.assert(
      fc.property(groups, fc.integer({ min: 17, max: 40 }), (all, gib) => {
        const nodes = [node("n0", "x", { gib }), node("n1", "y", { gib })];
        const { unplaced } = pack(nodes, all);
        const grown = nodes.map((of) => {
          const needs = unplaced.find((pod) => pod.needs?.node === of.name)?.needs;
          return buffered(
            needs === undefined ? of : node(of.name, of.pool, { gib: needs.memory / GiB, cpu: needs.cpu }),
          );
        });
        assert.deepEqual(
          pack(grown, all).unplaced.filter((pod) => pod.needs !== undefined),
          [],
        );
      }),
    );
  });
});

describe("pack, for pods in another order than the plan's", () => {
  const late = (nodes: Node[], groups: PodGroup[]) => pack(nodes, groups).unplaced;

  it("has no room for a large pod that comes after small ones, which took a piece of each node", () => {
    const nodes = [roomyNode("a", "x", 10, 9), roomyNode("b", "x", 10, 9)];
    const groups = [group("small", 4, 2, []), group("large", 1, 8, [])];
    const [pod, ...others] = late(nodes, groups);
    assert.deepEqual([pod?.service, pod?.shortage, others], ["large", "memory", []]);
    assert.match(
      pod?.reason ?? "",
      /a, b misses 2 GiB .*; in another order all pods fit, but the scheduler takes them/,
    );
    assert.equal(pod?.needs?.memory, 12 * GiB);
    assert.deepEqual(late([roomyNode("a", "x", 12, 9), nodes[1]!], groups), []);
    // The buffer of the nodes holds it as well.
    assert.deepEqual(late(nodes.map(buffered), groups), []);
  });

  it("has no room for a pod whose only node is taken by others that could run elsewhere", () => {
    const nodes = [roomyNode("a", "x", 4, 9), roomyNode("b", "y", 4, 9)];
    const groups = [group("only", 1, 1, ["x"]), group("either", 1, 4, ["x", "y"])];
    assert.deepEqual(
      late(nodes, groups).map(({ service }) => service),
      ["only"],
    );
  });

  it("lets important pods take the room of others", () => {
    const nodes = [roomyNode("a", "x", 10, 9), roomyNode("b", "x", 10, 9)];
    const small = group("small", 4, 2, [], { priorityClass: "lakehouse-batch" });
    assert.deepEqual(late(nodes, [small, group("large", 1, 8, [], { priorityClass: "lakehouse-serving" })]), []);
  });

  it("tries as many orders beside a large pool that has its own pods and agents", () => {
    const few = ["a", "b", "c"].map((name) => roomyNode(name, "few", 10.1, 9));
    const many = Array.from({ length: 200 }, (_, at) => roomyNode(`n${String(at)}`, "many", 10.1, 9));
    // Two small pods on one node leave the others without room on it.
    const tight = [group("small", 3, 2, ["few"]), group("hard", 3, 7, ["few"], { spread: "one-per-node" })];
    const beside = [
      group("large", 600, 2, ["many"]),
      group("agent", 203, 0.1, ["few", "many"], { spread: "one-per-node", priorityClass: "lakehouse-agent" }),
    ];
    for (const [nodes, groups] of [
      [few, tight],
      [
        [...few, ...many],
        [...tight, ...beside],
      ],
    ] as const) {
      assert.deepEqual(
        late([...nodes], [...groups]).map(({ service }) => service),
        ["hard"],
      );
    }
  });

  it("lets the agent of a node take the room of a server, which has another", () => {
    const nodes = ["a", "b", "c"].map((name) => roomyNode(name, "x", 4, 9));
    const agents = (priorityClass: PodGroup["priorityClass"]) =>
      group("agent", 3, 1, [], { spread: "one-per-node", ...(priorityClass && { priorityClass }) });
    const servers = group("server", 4, 2, [], { cpu: 4, priorityClass: "lakehouse-serving" });
    assert.deepEqual(
      late(nodes, [servers, agents("lakehouse-serving")]).map(({ service }) => service),
      ["agent"],
    );
    assert.deepEqual(late([...nodes, roomyNode("d", "y", 4, 9)], [servers, agents("lakehouse-agent")]), []);
  });

  it("says the same each time", () => {
    fc.assert(
      fc.property(nodesOf(4), groupsOf(6, 4), (nodes, groups) => {
        const bare = nodes.map((of) => ({ ...of, capacity: of.limit }));
        assert.deepEqual(pack(bare, groups), pack(bare, groups));
      }),
    );
  });
});

describe("pack, at the size of a large cluster", () => {
  /** A fifth of `count` pods of each of `count` groups on as many nodes; @returns milliseconds of CPU time. */
  function packing(count: number): number {
    const nodes = Array.from({ length: count }, (_, at) => node(`n${String(at)}`, `p${String(at % 5)}`));
    const groups = Array.from({ length: count }, (_, at) =>
      group(`g${String(at)}`, count / 5, 1 + (at % 3), at % 3 === 0 ? [] : [`p${String(at % 5)}`], {
        cpu: 0.4,
        spread: (["any", "apart", "one-per-node"] as const)[at % 3]!,
      }),
    );
    const before = process.cpuUsage();
    assert.deepEqual(pack(nodes, groups).unplaced, []);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  it("places four times as many pods, 2 000 on 100 nodes, in far less than cubic time", () => {
    const least = (count: number) => Math.min(...[1, 2, 3].map(() => packing(count)));
    packing(50);
    assert.ok(least(100) < 64 * least(50));
  });
});
