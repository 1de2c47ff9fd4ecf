import assert from "node:assert/strict";

import { platform } from "../../components/cluster";
import { groupName } from "../../components/core/pod-group";
import { stackPods } from "../../components/facts";
import { settingsFrom } from "../../components/settings";
import { keyOf, Resource } from "../../policies/core/resource";
import { workloads, WORKLOAD_KEYS } from "../../policies/workloads";
import { judged } from "./harness";

/** Operators that upstream supports with one replica only, with the reason. */
const ONCE: Readonly<Record<string, string>> = {
  // cloudnative-pg/plugin-barman-cloud issue 620: the second replica waits for the lease without listening, so it is never ready.
  "plugin-barman-cloud": "only the leader listens, so a second one would never be ready",
};
/**
 * Operators that know no leader, and without which what they run goes on: ClickHouse's (chart of 0.26: one replica), and Prometheus', whose chart has no
 * number of replicas. The last one is a pod on each node.
 */
const LEADERLESS: readonly string[] = ["clickhouse-operator", "prometheus-operator", "node-exporter"];

const NODES = {
  nodes: ["a", "b", "c"].map((name) => ({ name, pool: "all", cpu: 64, memory: "512Gi" })),
  pools: { all: { default: true } },
};

/** A stack of a preset with every operator deployed. */
function operatorsOf(preset: string) {
  const settings = settingsFrom({
    preset,
    ...NODES,
    cluster: { certManager: true },
    storage: {
      objects: { kind: "minio", admin: { host: "s3.example.org", port: 443 } },
      postgres: { operator: "deployed", backup: { plugin: "deployed" } },
    },
    streaming: { kafka: { enabled: true, operator: "deployed" }, flink: { enabled: true, operator: "deployed" } },
  });
  const stack = platform(settings);
  return stackPods(stack, settings).filter(({ namespace }) => namespace === stack.namespace("operators"));
}

describe("operators that perform failover", () => {
  for (const preset of ["minimal", "medium", "large"])
    it(`run twice in the preset ${preset} if upstream supports it`, () => {
      const groups = operatorsOf(preset);
      assert.deepEqual(groups.map(groupName).sort(), [
        "cloudnative-pg",
        "flink-operator",
        "plugin-barman-cloud",
        "spark-operator-controller",
        "spark-operator-webhook",
        "strimzi",
      ]);
      const single = groups.filter(({ replicas }) => replicas < 2);
      assert.deepEqual(single.map(groupName), Object.keys(ONCE));
    });

  it("run twice in prod, by the values of their charts", async () => {
    const { resources } = await judged("prod");
    const releases = resources
      .filter(({ type }) => WORKLOAD_KEYS.includes(keyOf(type)) && type.endsWith(":Release"))
      .map(({ type, name, urn, inputs: props }) => new Resource({ type, name, urn, props, opts: {} } as never));
    assert.ok(releases.length > 4, String(releases.length));
    const single = releases.filter((one) => workloads(one).some(({ replicas }) => replicas < 2));
    assert.deepEqual(single.map(({ name }) => name).sort(), [...Object.keys(ONCE), ...LEADERLESS].sort());
  });
});
