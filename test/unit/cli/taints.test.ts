import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { taintChanges, taintsCommand } from "../../../cli/taints";
import { platform } from "../../../components/cluster/platform";
import { repelling, type Taint } from "../../../components/core/node";
import { placement } from "../../../components/core/placement";
import { settingsFrom, type SettingsError } from "../../../components/settings";
import { pack } from "../../../planner/pack";

const CONTROL_PLANE: Taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
const GPU: Taint = { key: "nvidia.com/gpu", value: "true", effect: "NoExecute" };
const OURS: Taint = { key: "lakehouse.dev/pool", value: "work", effect: "PreferNoSchedule" };

const raw = (pool: object, node: object = {}) => ({
  nodes: [{ name: "one", pool: "work", cpu: 32, memory: "256Gi", ...node }],
  cluster: { certManager: true },
  pools: { work: { default: true, ...pool } },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
});

describe("foreign taints of nodes", () => {
  const a: Taint = { key: "a", effect: "NoSchedule" };
  const b: Taint = { key: "b", value: "1", effect: "NoExecute" };
  const { nodes } = platform(settingsFrom(raw({ taint: "PreferNoSchedule" })));
  const change = (...taints: Taint[]) => taintChanges(nodes, [{ name: "one", version: "7", taints }])[0]?.taints;

  it("stay beside the pool's own taint", () => {
    assert.deepEqual(change(a, b), [a, b, OURS]);
  });

  it("stay, and nothing changes, if the pool's taint exists already", () => {
    assert.equal(change(a, OURS, b), undefined);
  });

  it("stay when the pool's taint is replaced", () => {
    assert.deepEqual(change({ ...OURS, effect: "NoSchedule" }, a), [a, OURS]);
    assert.deepEqual(change({ ...OURS, value: "before" }, b), [b, OURS]);
  });

  it("stay when the pool's taint is removed", () => {
    const untainted = platform(settingsFrom(raw({}))).nodes;
    assert.deepEqual(taintChanges(untainted, [{ name: "one", version: "7", taints: [OURS, a] }])[0]?.taints, [a]);
    assert.deepEqual(taintChanges(untainted, [{ name: "one", version: "7", taints: [a] }]), []);
  });

  it("are tolerated by key, and by value and effect if these are set", () => {
    const kept = (toleration: object) => repelling([GPU], [{ key: GPU.key, ...toleration }]).length;
    assert.deepEqual([{}, { value: "true" }, { effect: "NoExecute" as const }].map(kept), [0, 0, 0]);
    assert.deepEqual([{ value: "false" }, { effect: "NoSchedule" as const }].map(kept), [1, 1]);
    assert.deepEqual(repelling([{ ...GPU, effect: "PreferNoSchedule" }]), []);
  });
});

describe("pods on a node with foreign taints", () => {
  const settings = (pool: object) => settingsFrom(raw(pool, { taints: [CONTROL_PLANE, GPU] }));
  const packed = (pool: object) => {
    const described = platform(settings(pool));
    const group = described.podGroup(
      { service: "trino", role: "worker", namespace: "lakehouse-query" },
      { replicas: 1, cpu: 1, memory: 2 ** 30, pool: undefined },
    );
    return { group, unplaced: pack(described.nodes, [group]).unplaced };
  };

  it("stay pending unless their pool tolerates all of them, and the plan says why", () => {
    for (const tolerations of [[], [{ key: CONTROL_PLANE.key }], [{ key: GPU.key }]]) {
      const [pod] = packed({ tolerations }).unplaced;
      assert.equal(pod?.shortage, "taint");
      assert.match(pod.reason, /^each node of pool work has a taint that they do not tolerate \(one /);
      assert.match(pod.reason, /stay pending$/);
    }
    assert.match(
      packed({}).unplaced[0]?.reason ?? "",
      /\(one node-role\.kubernetes\.io\/control-plane:NoSchedule nvidia\.com\/gpu=true:NoExecute\)/,
    );
  });

  it("run there if their pool tolerates them, and have the tolerations", () => {
    const { group, unplaced } = packed({ tolerations: [{ key: CONTROL_PLANE.key }, { key: GPU.key, value: "true" }] });
    assert.deepEqual(unplaced, []);
    assert.deepEqual(placement(group).tolerations, [
      { key: "lakehouse.dev/pool", operator: "Equal", value: "work" },
      { key: CONTROL_PLANE.key, operator: "Exists" },
      { key: GPU.key, operator: "Equal", value: "true" },
    ]);
  });

  it("have no tolerations if nodes have no taints", () => {
    const group = platform(settingsFrom(raw({}))).podGroup(
      { service: "trino", role: "worker", namespace: "lakehouse-query" },
      { replicas: 1, cpu: 1, memory: 2 ** 30, pool: undefined },
    );
    assert.ok(!("tolerations" in group));
  });
});

describe("declared taints", () => {
  const lines = (pool: object, node: object) => {
    try {
      settingsFrom(raw(pool, node));
      return [];
    } catch (error) {
      return (error as SettingsError).mistakes.map(({ path, message }) => `${path}: ${message}`);
    }
  };

  it("are refused if Kubernetes would refuse them", () => {
    assert.deepEqual(lines({}, { taints: [{ key: "a b", effect: "NoSchedul" }] }), [
      "lakehouse:nodes[0].taints[0].key: given \"a b\"; allowed: a name of letters, digits, '-', '_' and '.', at most 63, perhaps after a domain and '/'",
      "lakehouse:nodes[0].taints[0].effect: given \"NoSchedul\"; allowed: NoSchedule, PreferNoSchedule or NoExecute; did you mean 'NoSchedule'?",
    ]);
  });

  it("must not be the pool's own, and must differ from each other", () => {
    assert.deepEqual(lines({}, { taints: [OURS] }), [
      'lakehouse:nodes[0].taints[0].key: given "lakehouse.dev/pool", which is the taint of the node\'s pool; allowed: lakehouse:pools.work.taint, or a key of its own',
    ]);
    assert.deepEqual(lines({}, { taints: [GPU, { ...GPU, value: "false" }] }), [
      'lakehouse:nodes[0].taints[1].key: given "nvidia.com/gpu" with NoExecute, which is in the list already; allowed: each key and effect once',
    ]);
  });
});

/** A fake kubectl that keeps nodes in a file; `test/cluster` has the real one. */
describe("lakehouse taints", () => {
  let folder: string;
  const file = () => join(folder, "nodes.json");
  const state = () =>
    JSON.parse(readFileSync(file(), "utf8")) as { readonly items: readonly { readonly spec: object }[] };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-taints-"));
    const node = (name: string, taints: readonly Taint[]) => ({
      metadata: { name, resourceVersion: "1" },
      spec: { taints },
    });
    writeFileSync(file(), JSON.stringify({ items: [node("one", [CONTROL_PLANE]), node("theirs", [GPU])] }));
    writeFileSync(join(folder, "kubectl"), KUBECTL(file()));
    chmodSync(join(folder, "kubectl"), 0o755);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (apply: boolean, cluster: object = {}) =>
    taintsCommand(settingsFrom({ ...raw({ taint: "PreferNoSchedule" }), cluster: { certManager: true, ...cluster } }), {
      apply,
      kubectl: join(folder, "kubectl"),
    });

  it("prints the changes without making them", async () => {
    const before = state();
    assert.equal(
      await run(false),
      "one: adds lakehouse.dev/pool=work:PreferNoSchedule, keeps node-role.kubernetes.io/control-plane:NoSchedule\nnothing was changed; --apply sets the taints\n",
    );
    assert.deepEqual(state(), before);
  });

  it("sets the pool's taint once beside the others, even if the node changes meanwhile", async () => {
    assert.match(await run(true), /^one: added lakehouse\.dev\/pool=work:PreferNoSchedule, kept /);
    assert.deepEqual(
      state().items.map(({ spec }) => spec),
      [{ taints: [CONTROL_PLANE, { key: "maintenance", effect: "NoSchedule" }, OURS] }, { taints: [GPU] }],
    );
    assert.equal(await run(true), "every node in the cluster has its pool's taint\n");
  });

  it("prints one line for a failure", async () => {
    const settings = settingsFrom(raw({}));
    const none = join(folder, "none");
    await assert.rejects(taintsCommand(settings, { apply: true, kubectl: none }), {
      name: "InputError",
      message: `${none}: not found, and needed to read and write the nodes' taints; install kubectl or add it to the PATH`,
    });
    await assert.rejects(run(true, { labelNodes: false }), {
      name: "InputError",
      message:
        "lakehouse:cluster.labelNodes is false, so the labels and taints of nodes are not managed here; set taints where the nodes are made, or set it to true",
    });
    await assert.rejects(taintsCommand(settings, { apply: true, context: "gone", kubectl: join(folder, "kubectl") }), {
      name: "InputError",
      message: 'kubectl get nodes: error: context "gone" does not exist',
    });
  });
});

/** Supports one get and one patch. Before the first patch another client taints the node, like `kubectl drain`. */
const KUBECTL = (file: string) => `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "--context=gone") { console.error('error: context "gone" does not exist'); process.exit(1); }
const state = JSON.parse(fs.readFileSync(${JSON.stringify(file)}, "utf8"));
if (args[0] === "get") { console.log(JSON.stringify(state)); process.exit(0); }
const node = state.items.find((each) => each.metadata.name === args[2]);
if (!state.disturbed) {
  state.disturbed = true;
  node.metadata.resourceVersion = "2";
  node.spec.taints.push({ key: "maintenance", effect: "NoSchedule" });
}
const [test, add] = JSON.parse(args.find((each) => each.startsWith("--patch=")).slice(8));
const same = node.metadata.resourceVersion === test.value;
if (same) { node.spec.taints = add.value; node.metadata.resourceVersion = "3"; }
fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify(state));
if (!same) console.error("The request is invalid: the server rejected our request due to an error in our request");
process.exit(same ? 0 : 1);
`;
