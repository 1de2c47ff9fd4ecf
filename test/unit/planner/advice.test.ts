import assert from "node:assert/strict";
import fc from "fast-check";
import type { Node } from "../../../components/core/node";
import { groupName, type PodGroup } from "../../../components/core/pod-group";
import { GiB } from "../../../components/core/quantity";
import { advise, type Advice } from "../../../planner/advice/advise";
import { type Change, changed, type SizeChange, type Stack } from "../../../planner/advice/change";
import { roundDown, sizesBetween } from "../../../planner/advice/grid";
import { pack } from "../../../planner/pack";
import { adviceTexts } from "../../../planner/report/advice";
import { nodeNames } from "../../../planner/report/format";
import { fewestUnplaced } from "./exhaustive";
import { buffered, group, homelabGroups, homelabNodes, node, roomyNode } from "./fixtures";

/** A group whose size a setting of its name decides. */
const set = (of: PodGroup, leastMemory = 0): PodGroup =>
  of.origin === "existing"
    ? of
    : { ...of, setting: { path: `lakehouse:${groupName(of)}`, replicas: of.replicas, leastMemory } };

const adviceFor = (stack: Stack, allows?: (changes: readonly Change[]) => boolean): Advice[] =>
  advise(stack, pack(stack.nodes, stack.groups), allows === undefined ? {} : { allows });
const textsFor = (stack: Stack) => adviceTexts(adviceFor(stack));

describe("advice", () => {
  it("names the largest sizes that fit, larger machines and further ones for one executor too many", () => {
    const groups = homelabGroups({ executors: 5 }).map((of) => set(of));
    assert.deepEqual(textsFor({ nodes: homelabNodes, groups }), [
      ["lakehouse:spark-executor.replicas: 4 (now 5, the largest that fits)"],
      ["lakehouse:trino-worker.memory: 16Gi (now 24Gi, the largest that fits)"],
      ["k8s-3: 108Gi of memory (now 96Gi)"],
      ["1 more node like k8s-2, in pool drivers: k8s-4"],
    ]);
  });

  it("is empty for a stack that fits", () => {
    assert.deepEqual(adviceFor({ nodes: homelabNodes, groups: homelabGroups() }), []);
  });

  it("changes several settings where none alone helps", () => {
    const nodes = [roomyNode("a", "x", 8, 9), roomyNode("b", "y", 8, 9)];
    const groups = [set(group("one", 1, 10, ["x"])), set(group("two", 1, 12, ["y"]))];
    assert.deepEqual(textsFor({ nodes, groups })[0], [
      "lakehouse:two.memory: 8Gi (now 12Gi)",
      "lakehouse:one.memory: 8Gi (now 10Gi)",
    ]);
  });

  it("never goes below the least memory that a system allows", () => {
    const stack = { nodes: [roomyNode("a", "x", 4, 9)], groups: [set(group("one", 1, 10, ["x"]), 5 * GiB)] };
    assert.deepEqual(textsFor(stack), [
      ["a: 10Gi of memory (now 4Gi)"],
      ["1 more node like a, but with 10Gi, in pool x: a-1"],
    ]);
  });

  it("skips values that the settings' rules refuse, and settings that have no other", () => {
    const nodes = ["a", "b", "c", "d"].map((name) => roomyNode(name, "x", 4, 9));
    const stack = { nodes, groups: [set(group("kafka", 5, 1, ["x"], { spread: "one-per-node" }))] };
    const odd = (changes: readonly Change[]) => changes.every((one) => one.kind !== "size" || one.to % 2 === 1);
    assert.deepEqual(adviceTexts(adviceFor(stack, odd))[0], [
      "lakehouse:kafka.replicas: 3 (now 5, the largest that fits)",
    ]);
    assert.deepEqual(adviceTexts(adviceFor(stack, () => false)), [["1 more node like a, in pool x: d-1"]]);
  });

  it("leaves alone how many pods a group has where the setting does not decide it", () => {
    const exporter = {
      ...group("exporter", 3, 4, ["x"]),
      setting: { path: "lakehouse:e", replicas: 1, leastMemory: 4 * GiB },
    };
    assert.deepEqual(textsFor({ nodes: [roomyNode("a", "x", 8, 9)], groups: [exporter] }), [
      ["a: 12Gi of memory (now 8Gi)"],
      ["1 more node like a, in pool x: a-1"],
    ]);
  });

  it("tells a toleration for a taint, disk for volumes, and cores for pods with little memory", () => {
    const taint = { key: "example.com/gpu", effect: "NoSchedule" } as const;
    const tainted = { ...roomyNode("a", "x", 8, 9), taints: [taint] };
    assert.deepEqual(textsFor({ nodes: [tainted], groups: [group("one", 1, 1, ["x"])] })[0], [
      "lakehouse:pools.x.tolerations: add { key: example.com/gpu, effect: NoSchedule }",
    ]);
    const disks = { ...roomyNode("a", "x", 8, 9), disks: { local: GiB } };
    const claiming = group("one", 1, 1, ["x"], { volumes: [{ name: "data", size: 4 * GiB, storageClass: "local" }] });
    assert.deepEqual(textsFor({ nodes: [disks], groups: [claiming] })[0], ["a: 4Gi of disk for local"]);
    assert.deepEqual(textsFor({ nodes: [node("a", "x")], groups: [group("one", 1, 1, ["x"], { cpu: 12 })] })[0], [
      "a: 20 cores (now 16 cores)",
    ]);
  });
});

const POOLS = ["x", "y"] as const;
const stacks: fc.Arbitrary<Stack> = fc
  .record({
    nodes: fc.array(fc.record({ pool: fc.constantFrom(...POOLS), gib: fc.integer({ min: 18, max: 60 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    groups: fc.array(
      fc.record({
        replicas: fc.integer({ min: 1, max: 4 }),
        gib: fc.integer({ min: 1, max: 12 }),
        cpu: fc.constantFrom(0.25, 1, 4),
        pools: fc.constantFrom<(typeof POOLS)[number][]>(["x"], ["y"], ["x", "y"]),
        spread: fc.constantFrom("any" as const, "apart" as const, "one-per-node" as const),
        least: fc.integer({ min: 0, max: 2 }),
        sidecar: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ nodes, groups }) => ({
    nodes: nodes.map(({ pool, gib }, at): Node => node(`n${String(at)}`, pool, { gib })),
    groups: groups.map(({ replicas, gib, pools, least, sidecar, ...of }, at) => {
      const beside = { name: "beside", requests: { cpu: 0.1, memory: GiB / 2 }, limits: { cpu: 0.1, memory: GiB / 2 } };
      return set(
        group(`g${String(at)}`, replicas, gib, pools, { ...of, ...(sidecar ? { sidecars: [beside] } : {}) }),
        least * GiB,
      );
    }),
  }));

describe("advice, for any stack", () => {
  it("makes it fit, each piece alone, and there is some", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const { unplaced } = pack(stack.nodes, stack.groups);
        const all = adviceFor(stack);
        assert.equal(all.length > 0, unplaced.length > 0);
        for (const { changes } of all) {
          const { nodes, groups } = changed(stack, changes);
          assert.deepEqual(pack(nodes, groups).unplaced, []);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("names the largest value: the next one does not fit, by an exhaustive search", () => {
    const small = stacks
      .filter(({ groups }) => groups.reduce((sum, { replicas }) => sum + replicas, 0) <= 8)
      .map(({ nodes, groups }) => ({ nodes: nodes.map(buffered), groups }));
    fc.assert(
      fc.property(small, (stack) => {
        for (const { changes } of adviceFor(stack)) {
          const [one] = changes;
          if (changes.length > 1 || one?.kind !== "size") continue;
          const next = sizesBetween(one.key, one.to, one.from)[1];
          if (next === undefined) continue;
          const { nodes, groups } = changed(stack, [{ ...one, to: next }]);
          assert.ok(fewestUnplaced(nodes, groups) > 0, JSON.stringify(one));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("changes only settings, and none below its least memory", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const sizes = adviceFor(stack).flatMap(({ changes }) =>
          changes.filter((one): one is SizeChange => one.kind === "size"),
        );
        for (const { setting, key, from, to } of sizes) {
          const { leastMemory } = stack.groups.find((of) => of.setting?.path === setting)!.setting!;
          assert.ok(to < from && to >= (key === "memory" ? leastMemory : key === "replicas" ? 1 : 0.05));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("sizes that people write", () => {
  it("are fine for small pods and coarse for large ones", () => {
    const gib = (values: number[]) => values.map((value) => value / GiB);
    assert.deepEqual(gib(sizesBetween("memory", 3.5 * GiB, 5.5 * GiB)), [3.5, 3.75, 4, 4.5, 5]);
    assert.deepEqual(gib(sizesBetween("memory", 15 * GiB, 18 * GiB)), [15, 15.5, 16, 17]);
    assert.deepEqual(sizesBetween("cpu", 0.4, 1.25), [0.4, 0.45, 0.5, 0.75, 1]);
    assert.deepEqual(sizesBetween("replicas", 1, 4), [1, 2, 3]);
    assert.deepEqual([roundDown("memory", 5.9 * GiB) / GiB, roundDown("cpu", 0.99)], [5.5, 0.75]);
  });
});

describe("names of nodes", () => {
  it("are ranges where their numbers follow each other", () => {
    assert.equal(
      nodeNames(["query-1", "query-2", "query-3", "query-5", "nuc", "a-1", "a-2"]),
      "query-1…3, query-5, nuc, a-1, a-2",
    );
    assert.equal(nodeNames(["n08", "n09", "n10"]), "n08, n09, n10");
  });
});
