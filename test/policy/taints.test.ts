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

/** Homelab with a taint on k8s-3, the only node for executors. */
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
  it("takes no pods without a toleration, for the pack as for the plan", async () => {
    const { plan } = await judged("homelab", { "lakehouse:nodes": nodes });
    assert.equal(plan.verdict, "does-not-fit");
    assert.deepEqual([...new Set(plan.unplaced.map(({ role }) => role))].sort(), ["executor", "worker"]);
    const found = plan.policies.failed.filter(({ policy }) => policy === "pod-fit-node");
    assert.ok(found.length > 0);
    for (const { message } of found)
      assert.match(
        message,
        /does not tolerate the taints of any node of executors \(k8s-3 maintenance:NoSchedule\)\. Fix: tolerate/,
      );
  });

  it("takes pods whose pool tolerates the taint", async () => {
    const { plan } = await judged("homelab", {
      "lakehouse:nodes": nodes,
      "lakehouse:pools": pools([{ key: "maintenance" }]),
    });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
  });
});
