import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";

import type { StackOutputs } from "../../components/outputs";
import { PROJECT_FOLDER } from "../../inputs/project";
import { OutputFolder } from "../../preview/output";
import { planStack } from "../../preview/plan";
import { shippedConfig, STACKS } from "../support/stacks";
import { temporary } from "../support/temporary";
import { judged } from "./harness";

describe("outputs of a stack, which dashboards show,", () => {
  for (const stack of STACKS) {
    it(`say what the plan says (${stack})`, async () => {
      const { plan, resources } = await judged(stack);
      const outputs = plan.outputs as unknown as StackOutputs;

      assert.equal(outputs.cost?.monthly, plan.cost.monthly);
      assert.deepEqual(
        Object.entries(outputs.cost.systems).toSorted(),
        plan.cost.systems.map(({ system, monthly }) => [system, monthly]).toSorted(),
      );

      const links = Object.entries(outputs.links).flatMap(([client, reached]) =>
        reached.map((to) => `${client} ${to}`),
      );
      const planned = plan.links.map(({ from, to, port }) => `${from} ${to}:${String(port)}`);
      assert.deepEqual(links.toSorted(), [...new Set(planned)].toSorted());

      for (const [pool, { nodes, limit, capacity }] of Object.entries(outputs.capacity.pools)) {
        const there = plan.nodes.filter((node) => node.pool === pool);
        const sum = (of: (node: (typeof there)[number]) => number) =>
          there.reduce((total, node) => total + of(node), 0);
        assert.equal(nodes, there.length);
        assert.equal(
          limit.memory,
          sum(({ memory }) => memory.limit),
        );
        assert.equal(
          capacity.cpu,
          sum(({ cpu }) => cpu.capacity),
        );
      }
      const requested = plan.nodes.reduce((total, { memory }) => total + memory.requested, 0);
      assert.equal(outputs.capacity.requested.memory, requested);

      const images = plan.programs?.filter(({ kind, systems }) => kind === "image" && systems.includes("trino")) ?? [];
      assert.ok(images.length > 0);
      for (const { version } of images)
        assert.ok(
          outputs.versions.trino?.some((one) => one.endsWith(` ${version}`)),
          version,
        );

      const overview = resources.find(({ name }) => name === "dashboard-lakehouse")?.inputs;
      // The laptop's stack has no Prometheus.
      assert.equal(overview === undefined, stack === "dev");
      for (const { open } of overview === undefined ? [] : outputs.doors)
        assert.ok(JSON.stringify(overview).includes(open), open);
    });
  }

  it("have the cost by a book that stands beside the stack's file, wherever the command runs", async () => {
    const folder = temporary("prices");
    copyFileSync(join(PROJECT_FOLDER, "planner/books/usage.yaml"), join(folder, "prices.yaml"));
    const config = shippedConfig("dev");
    const values = { ...config.values, "lakehouse:prices": JSON.stringify({ book: "./prices.yaml" }) };
    const { plan } = await planStack({ ...config, folder, values }, new OutputFolder(join(folder, "out", "dev")));
    const { cost } = plan.outputs as unknown as StackOutputs;
    assert.equal(cost?.book, "usage");
    assert.equal(cost.monthly, plan.cost.monthly);
  });
});
