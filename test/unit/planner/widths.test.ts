import assert from "node:assert/strict";

import { renderText } from "../../../planner/report/text";
import { flow } from "../../../planner/report/terminal";
import { costLines } from "../../../planner/report/text-details";
import pico from "picocolors";
import type { Plan } from "../../../planner/plan";
import { failing, homelabPlan, losing } from "./sample";

const plain = pico.createColors(false);
const NOTE =
  "lakehouse:cluster.apiServer.cidrs is a guess, all private IPv4 ranges; set what `kubectl -n default get endpointslice kubernetes` shows";
const stops = ["cloudnative-pg", "connect", "flink-jobmanager", "flink-operator", "kafka-combined", "minio-server"];
const loss = { node: "lakehouse-worker", waiting: stops.map((service) => ({ service, role: "", pods: 1, of: 1 })) };
const plans: Readonly<Record<string, Plan>> = {
  "one that fits": { ...homelabPlan(), notes: [NOTE], losses: [loss] },
  "one that does not": { ...homelabPlan({ workerGib: 40, policies: failing, resources: losing }), notes: [NOTE] },
};

/** A line that is too long may only be one word, which nobody can break. */
const tooLong = (line: string, width: number) => line.length > width && line.trim().includes(" ");

describe("a plan in a terminal", () => {
  for (const [name, plan] of Object.entries(plans))
    for (const width of [60, 100, 200]) {
      it(`of ${String(width)} columns keeps within them, and cuts no finding, note or fix: ${name}`, () => {
        const text = renderText(plan, { color: false, width, details: false });
        assert.deepEqual(
          text.split("\n").filter((line) => tooLong(line, width)),
          [],
        );
        const whole = text.replace(/\s+/g, " ");
        for (const { message } of plan.policies.failed) assert.ok(whole.includes(message), message);
        assert.ok(whole.includes(NOTE));
      });
    }

  it("of 60 columns has the whole bill", () => {
    const { cost } = homelabPlan();
    const long = {
      ...cost,
      lines: [
        {
          line: "monitoring",
          monthly: 2000,
          parts: [{ units: 4, unit: "Prometheus with Grafana and a store of its own", each: 200 }],
        },
      ],
    };
    const lines = costLines(long, plain, 60);
    assert.ok(
      lines.every((line) => line.trimEnd().length <= 60),
      lines.join("\n"),
    );
    const whole = lines.join(" ").replace(/\s+/g, " ");
    assert.match(whole, /4 × \$200 per Prometheus with Grafana \$2,000 and a store of its own/);
  });

  it("breaks a text between others that is longer than a line", () => {
    const words = ["a", "bb cc dd ee ff gg", "h"].map((text) => ({ text }));
    assert.deepEqual(flow(words, " · ", 2, 12), ["a", "bb cc dd", "ee ff gg", "h"]);
  });
});
