import assert from "node:assert/strict";

import type { Monitoring } from "../../../../components/core/monitoring";
import { connectMonitoring } from "../../../../components/streaming/connect/monitoring";
import { connectRules, kafkaRules } from "../../../../components/streaming/kafka/metrics";
import { kafkaMonitoring } from "../../../../components/streaming/kafka/monitoring";

interface File {
  readonly includeObjectNames: readonly string[];
  readonly rules: readonly { readonly name: string; readonly pattern: string }[];
}

/** Metrics of the exporter in a node; the others come from Strimzi's exporter, the kubelet and CloudNativePG. */
const OURS = /\b(?:kafka_(?:server|controller|log|network|connect)|debezium)_\w+/g;

const named = ({ alerts, panels }: Monitoring) =>
  new Set([...alerts, ...panels].flatMap(({ expr }) => expr.match(OURS) ?? []));

const cases = [
  { what: "a broker", rules: kafkaRules(), monitoring: kafkaMonitoring({ combined: false }), least: 9 },
  { what: "a worker of Connect", rules: connectRules(), monitoring: connectMonitoring, least: 3 },
];

describe("rules of the JMX exporter", () => {
  for (const { what, rules, monitoring, least } of cases) {
    const file = JSON.parse(rules) as File;

    it(`make every metric of ${what} that alerts and panels name`, () => {
      // `$1` is a name from a bean; the exporter writes `_` for `-`.
      const made = file.rules.map(({ name }) => new RegExp(`^${name.replace(/\$\d/g, "[a-z_]+")}$`));
      const names = [...named(monitoring)];
      assert.ok(names.length >= least, names.join());
      assert.deepEqual(
        names.filter((name) => !made.some((pattern) => pattern.test(name))),
        [],
      );
    });

    it(`read only the named beans of ${what}`, () => {
      const kind = (text: string) => /^([\w.]+)[:<]type=([\w-]+)/.exec(text)?.slice(1).join(":");
      assert.deepEqual(
        [...new Set(file.includeObjectNames.map(kind))].sort(),
        [...new Set(file.rules.map(({ pattern }) => kind(pattern)))].sort(),
      );
    });
  }
});
