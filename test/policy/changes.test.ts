import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OutputFolder, PLAN_FILE } from "../../cli/output";
import { planStack } from "../../cli/plan";
import { PROJECT_FOLDER } from "../../cli/project";
import { readStackFile } from "../../cli/stack-file";

describe("changes since the last plan", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-changes-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function plan(edit: (text: string) => string) {
    const file = join(folder, "Pulumi.homelab.yaml");
    writeFileSync(file, edit(readFileSync(join(PROJECT_FOLDER, "Pulumi.homelab.yaml"), "utf8")));
    const output = new OutputFolder(join(folder, "homelab"));
    const { plan: made, files } = await planStack(readStackFile(folder, "homelab", file), output);
    output.write(new Map([...files, [PLAN_FILE, JSON.stringify(made)]]));
    return made;
  }
  const asShipped = (text: string) => text;
  const larger = (text: string) =>
    text.replace("coordinator: { cpu: 2, memory: 8Gi", "coordinator: { cpu: 2, memory: 10Gi");
  const withoutTrino = (text: string) => text.replace("    trino:\n", "    trino:\n      enabled: false\n");

  it("are everything at first, and stay so when the same is planned again", async () => {
    const [first, second] = [await plan(asShipped), await plan(asShipped)];
    assert.ok(first.resources.create.length > 150);
    assert.equal(JSON.stringify(first), JSON.stringify(second));
  });

  it("of one size are the pods, their files and their quota, by field and without values", async () => {
    const { resources } = await plan(larger);
    assert.deepEqual([resources.create, resources.delete, resources.replace], [[], [], []]);
    const changed = resources.change.map(({ resource }) => resource);
    assert.ok(changed.includes("lakehouse-query/deployment-trino-coordinator"));
    assert.ok(changed.includes("lakehouse-query/resourcequota-lakehouse-serving"));
    const pods = resources.change.find(({ resource }) => resource === "lakehouse-query/deployment-trino-coordinator");
    assert.ok(
      pods?.fields.some((field) => field.includes("resources.limits.memory")),
      JSON.stringify(pods),
    );
    assert.ok(!JSON.stringify(resources.change).includes("10Gi"));
    assert.equal(JSON.stringify(await plan(larger)), JSON.stringify({ ...(await plan(larger)) }));
  });

  it("of a service that goes show in what is deleted and in the cost, data loss apart", async () => {
    const { resources, cost } = await plan(withoutTrino);
    assert.ok(resources.delete.includes("lakehouse-query/deployment-trino-worker"));
    assert.deepEqual(resources.create, []);
    assert.deepEqual([cost.previousMonthly, cost.monthly], [1000, 200]);
    const lost = resources.deletesData ?? [];
    assert.ok(
      lost.some((resource) => resource.includes("database-analytics")),
      JSON.stringify(lost),
    );
  });
});
