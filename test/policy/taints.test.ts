import assert from "node:assert/strict";

import { judged } from "./harness";

const machine = (name: string, pool: string, taints: readonly object[] = []) => ({
  name,
  pool,
  cpu: 16,
  memory: "96Gi",
  system: { cpu: 2, memory: "16Gi" },
  taints,
});
const MAINTENANCE = { key: "maintenance", effect: "NoSchedule" };

/** Homelab where k8s-3, the only one for executors, has a taint. */
const nodes = JSON.stringify([
  machine("k8s-1", "control"),
  machine("k8s-2", "drivers"),
  machine("k8s-3", "executors", [MAINTENANCE]),
]);
const pools = (tolerations: readonly object[]) =>
  JSON.stringify({
    control: { default: true, fallback: "drivers" },
    drivers: {},
    executors: { taint: "PreferNoSchedule", tolerations },
  });

describe("a machine with a taint of its own", () => {
  it("is no place for pods that do not tolerate it, to the pack as to the plan", async () => {
    const { plan } = await judged("homelab", { "lakehouse:nodes": nodes });
    assert.equal(plan.verdict, "does-not-fit");
    assert.deepEqual([...new Set(plan.unplaced.map(({ role }) => role))].sort(), ["executor", "worker"]);
    const found = plan.policies.failed.filter(({ policy }) => policy === "pod-fit-node");
    assert.ok(found.length > 0);
    for (const { message } of found)
      assert.match(
        message,
        /tolerates the taints of no node of executors \(k8s-3 maintenance:NoSchedule\)\. Fix: tolerate/,
      );
  });

  it("is one where their pool tolerates it", async () => {
    const { plan } = await judged("homelab", {
      "lakehouse:nodes": nodes,
      "lakehouse:pools": pools([{ key: "maintenance" }]),
    });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
  });
});
