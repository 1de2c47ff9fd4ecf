import assert from "node:assert/strict";

import { taintsCommand } from "../../cli/taints";
import { stackSettings } from "../../preview/plan";
import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile } from "../../inputs/stack-file";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { obtain } from "../../sandbox/control-plane/obtain";
import { stack, started } from "./stacks";

/** Ownership of a node's fields, proven with the real API server and kubectl. No node runs pods. */
describe("taints of nodes that the stack does not own", () => {
  let plane: ControlPlane;
  let kubectl: string;

  before(async function () {
    const { nodes } = await stack("homelab");
    plane = await started(this, { alone: true, nodes: nodes.map((node) => simulatedNode(node, { pools: false })) }, [
      "kubectl",
    ]);
    kubectl = await obtain("kubectl");
    for (const { name } of nodes) await taint(name, "a=1:NoSchedule", "b:NoExecute");
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  interface Spec {
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  }
  const node = (name: string) => ({ apiVersion: "v1", kind: "Node", metadata: { name } });
  /** Taints without those that the API server and controllers set for a node's conditions. */
  async function taintsOf(name: string): Promise<string[]> {
    const spec = (await plane.api.get(node(name)))?.spec;
    return ((spec as Spec | undefined)?.taints ?? [])
      .filter(({ key }) => !key.startsWith("node.kubernetes.io/"))
      .map(({ key, value = "", effect }) => `${key}=${value}:${effect}`);
  }
  async function taint(name: string, ...texts: string[]): Promise<void> {
    const spec = (await plane.api.get(node(name)))?.spec;
    const more = texts.map((text) => {
      const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(text) ?? [];
      return { key, effect, ...(value === undefined ? {} : { value }) };
    });
    await plane.api.patch(node(name), { spec: { taints: [...((spec as Spec | undefined)?.taints ?? []), ...more] } });
  }
  const run = (apply: boolean) =>
    taintsCommand(stackSettings(readStackFile(PROJECT_FOLDER, "homelab")), {
      apply,
      kubectl,
      kubeconfig: plane.kubeconfig,
    });
  const THEIRS = ["a=1:NoSchedule", "b=:NoExecute"];

  it("stay when the stack labels the nodes, each time", async () => {
    const { objects } = await stack("homelab");
    const patches = objects.filter(({ kind }) => kind === "Node");
    assert.equal(patches.length, 3);
    for (const _ of [1, 2]) {
      for (const patch of patches) {
        await plane.api.apply(patch);
        assert.deepEqual(await taintsOf(patch.metadata.name), THEIRS);
      }
    }
  });

  it("stay beside the pool's own taint", async () => {
    assert.match(
      await run(false),
      /k8s-3: adds lakehouse\.dev\/pool=executors:PreferNoSchedule, keeps .*a=1:NoSchedule/,
    );
    assert.deepEqual(await taintsOf("k8s-3"), THEIRS);
    await run(true);
    assert.deepEqual(await taintsOf("k8s-3"), [...THEIRS, "lakehouse.dev/pool=executors:PreferNoSchedule"]);
    assert.deepEqual(await taintsOf("k8s-1"), THEIRS);
    assert.equal(await run(true), "every node in the cluster has its pool's taint\n");
  });

  it("stay together with the pool's when the stack is applied again", async () => {
    for (const patch of (await stack("homelab")).objects.filter(({ kind }) => kind === "Node"))
      await plane.api.apply(patch);
    assert.deepEqual(await taintsOf("k8s-3"), [...THEIRS, "lakehouse.dev/pool=executors:PreferNoSchedule"]);
  });
});
