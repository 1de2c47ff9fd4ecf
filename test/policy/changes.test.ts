import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DATA_LOSS_POLICY } from "../../preview/data-loss";
import { OutputFolder, PLAN_FILE } from "../../preview/output";
import { planStack } from "../../preview/plan";
import { readStackFile } from "../../inputs/stack-file";
import type { Plan } from "../../planner/plan";
import { dataLosses } from "../../planner/report/summary";
import { shippedWith, type StackName } from "../support/stacks";

type Changes = Readonly<Record<string, unknown>>;

describe("changes since the last plan", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-changes-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Plans and writes the record like the command. */
  async function plan(changes: Changes, acknowledge?: string, stack: StackName = "homelab") {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    writeFileSync(file, shippedWith(stack, changes));
    const output = new OutputFolder(join(folder, stack));
    const options = acknowledge === undefined ? {} : { acknowledge };
    const { plan: made, files } = await planStack(readStackFile(folder, stack, file), output, options);
    const all = new Map([...files, [PLAN_FILE, JSON.stringify(made)]]);
    if (made.verdict === "ok") output.write(all);
    else output.refuse(all);
    return made;
  }
  /** Token that a refused plan asks for. */
  const tokens = (made: Plan) => [
    ...new Set(made.policies.failed.map(({ message }) => /--acknowledge ([0-9a-f]{8})\.$/.exec(message)?.[1])),
  ];
  const asShipped = {};
  const larger = { "lakehouse:query/trino/coordinator/memory": "10Gi" };
  const withoutTrino = { "lakehouse:query/trino/enabled": false };

  it("are all resources at first, and again when the same is planned again", async () => {
    const [first, second] = [await plan(asShipped), await plan(asShipped)];
    assert.ok(first.resources.create.length > 150);
    assert.equal(JSON.stringify(first), JSON.stringify(second));
  });

  it("of one size are its pods, their files and the quota of their roll, by field and without values", async () => {
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

  describe("that lose data", () => {
    let token = "";
    const refusals = (made: Plan) => made.policies.failed.filter(({ policy }) => policy === DATA_LOSS_POLICY);

    it("are shown apart from other deletions, and in the cost, and are refused", async () => {
      const made = await plan(withoutTrino);
      const { resources, cost } = made;
      assert.ok(resources.delete.includes("lakehouse-query/deployment-trino-worker"));
      assert.deepEqual(resources.create, []);
      assert.deepEqual([cost.previousMonthly, cost.monthly], [1000, 200]);
      const lost = resources.deletesData ?? [];
      assert.ok(
        lost.some((resource) => resource.includes("database-analytics")),
        JSON.stringify(lost),
      );
      assert.equal(made.verdict, "policy-violations");
      assert.deepEqual(
        refusals(made)
          .map(({ resource }) => resource)
          .sort(),
        [...lost].sort(),
      );
      assert.equal(tokens(made).length, 1);
      token = tokens(made)[0] ?? "";
    });

    it("are refused again, because a refused plan is not the baseline of the next", async () => {
      const again = await plan(withoutTrino);
      assert.equal(again.verdict, "policy-violations");
      assert.deepEqual(tokens(again), [token]);
      assert.ok(existsSync(join(folder, "homelab.refused", PLAN_FILE)));
      assert.ok(existsSync(join(folder, "homelab", "manifests", "lakehouse-query", "deployment-trino-worker.yaml")));
    });

    it("are refused with the token of other changes", async () => {
      const other = await plan(withoutTrino, "00000000");
      assert.equal(other.verdict, "policy-violations");
      assert.match(refusals(other)[0]?.message ?? "", /; the token 00000000 is not for these losses\. Fix: /);
    });

    it("pass with their token, and the next plan needs none", async () => {
      const accepted = await plan(withoutTrino, token);
      assert.deepEqual([accepted.verdict, refusals(accepted)], ["ok", []]);
      assert.ok(!existsSync(join(folder, "homelab.refused")));
      assert.equal(JSON.stringify(await plan(withoutTrino)), JSON.stringify(accepted));
    });

    it("are not acknowledged by a plan that fails for another reason, so the token stays valid", async () => {
      assert.equal((await plan(asShipped)).verdict, "ok");
      const [next = ""] = tokens(await plan(withoutTrino));
      const small = { ...withoutTrino, "lakehouse:nodes/0/memory": "24Gi" };
      const both = await plan(small, next);
      assert.equal(both.verdict, "does-not-fit");
      assert.ok((both.resources.deletesData ?? []).length > 0);
      assert.equal((await plan(withoutTrino, next)).verdict, "ok");
    });

    it("are refused with the same token once there is new data", async () => {
      assert.equal((await plan(asShipped)).verdict, "ok");
      const replayed = await plan(withoutTrino, token);
      assert.equal(replayed.verdict, "policy-violations");
      assert.match(refusals(replayed)[0]?.message ?? "", /was used already, and is valid once\. Fix: /);
      assert.notDeepEqual(tokens(replayed), [token]);
    });
  });

  it("ignore the last plan if it did not fit, because it was never applied", async () => {
    const small = { "lakehouse:nodes/0/memory": "16Gi" };
    const first = await plan(small, undefined, "dev");
    assert.equal(first.verdict, "does-not-fit");
    const withoutStreaming = {
      "lakehouse:streaming": undefined,
      "lakehouse:query": undefined,
      "lakehouse:storage/buckets/bronze/notify": undefined,
    };
    const fits = await plan({ ...small, ...withoutStreaming }, undefined, "dev");
    assert.deepEqual([fits.verdict, fits.policies.failed, dataLosses(fits.resources)], ["ok", [], []]);
    assert.deepEqual([fits.resources.change, fits.resources.delete, fits.cost.previousMonthly], [[], [], undefined]);
  });

  it("are relative to the last good plan even after failed ones, which do not change it", async () => {
    const before = await plan(asShipped);
    assert.equal((await plan({ "lakehouse:nodes/0/memory": "24Gi" })).verdict, "does-not-fit");
    assert.ok(existsSync(join(folder, "homelab.refused", PLAN_FILE)));
    const written = readFileSync(join(folder, "homelab", PLAN_FILE), "utf8");
    assert.equal(written, JSON.stringify(before));
    assert.equal(JSON.stringify(await plan(asShipped)), JSON.stringify(before));
  });

  it("of a namespace without stored data lose nothing, such as switching Spark off", async () => {
    const { resources, verdict } = await plan({ "lakehouse:compute/spark/enabled": false });
    assert.ok(resources.delete.includes("_cluster/namespace-lakehouse-compute"), JSON.stringify(resources.delete));
    assert.deepEqual(dataLosses(resources), []);
    // It is accepted, so it is the baseline of the next plan.
    assert.equal(verdict, "ok");
    assert.equal((await plan(asShipped)).verdict, "ok");
  });
});
