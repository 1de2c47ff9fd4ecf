import assert from "node:assert/strict";

import { PolicyPack } from "../../cli/policy-pack";
import { PackProcess } from "../../cli/pack-process";
import { PACK_FOLDER } from "../../cli/project";
import type { Recorded } from "../../cli/recorder";
import { renderHtml } from "../../planner/report/html";
import { renderMarkdown } from "../../planner/report/markdown";
import { renderText } from "../../planner/report/text";
import { planned, recorded, STACKS } from "./harness";

describe("the shipped stacks", () => {
  for (const stack of STACKS) {
    it(`${stack} fits and passes every policy, mandatory or not`, async () => {
      const { plan } = await planned(stack);
      assert.deepEqual(plan.policies.failed, []);
      assert.deepEqual(plan.unplaced, []);
      assert.equal(plan.verdict, "ok");
      assert.ok(plan.policies.passed > 30, String(plan.policies.passed));
    });

    it(`${stack} is planned byte for byte the same twice`, async () => {
      const [one, other] = [await planned(stack), await planned(stack)];
      assert.equal(JSON.stringify(one.plan), JSON.stringify(other.plan));
      assert.deepEqual([...one.files], [...other.files]);
    });

    it(`${stack} shows no generated secret anywhere`, async () => {
      const canary = "canary-3f1c9d7e";
      const { plan, files } = await planned(stack, { generated: canary });
      const reports = [
        JSON.stringify(plan),
        renderText(plan, { color: false, width: 200, details: true }),
        renderMarkdown(plan),
        renderHtml(plan),
      ];
      for (const text of [...files.values(), ...reports]) {
        assert.ok(!text.includes(canary));
        assert.ok(!text.includes(Buffer.from(canary).toString("base64").replace(/=+$/, "")));
      }
      // The stand-in was there to be found: every generated password reaches a Secret.
      const secrets = [...files].filter(([path, text]) => path.includes("/secret-") && text.includes('"[secret]"'));
      assert.ok(secrets.length >= 2, String(secrets.length));
    });
  }
});

describe("homelab without one of its links", () => {
  let resources: readonly Recorded[] = [];
  let pack: PolicyPack;
  before(async () => {
    resources = await recorded("homelab");
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  const all = () => resources.filter(({ type }) => type === "lakehouse:core:Link");
  /** A link between two namespaces of somebody else has no policy that could be taken away. */
  const policies = (link: Recorded) =>
    resources.filter(({ parent, type }) => parent === link.urn && type.endsWith(":NetworkPolicy"));
  const links = () => all().filter((link) => policies(link).length > 0);
  const without = (link: Recorded, side?: string) =>
    resources.filter(({ parent, name }) => parent !== link.urn || (side !== undefined && !name.endsWith(`-${side}`)));

  it("has links to remove", () => {
    assert.ok(links().length > 35, String(links().length));
  });

  it("has a link without policies only where neither side is managed", () => {
    const without = all().filter((link) => policies(link).length === 0);
    assert.deepEqual(
      without.map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)}`),
      ["airflow → api-server"],
    );
  });

  it("fails for each of them, whichever is taken away", async () => {
    const unnoticed: string[] = [];
    for (const link of links()) {
      const violations = await pack.analyzeStack(without(link));
      const { from, to } = link.inputs as { from: string; to: string };
      if (!violations.some(({ level }) => level === "mandatory")) unnoticed.push(`${from} → ${to}`);
    }
    assert.deepEqual(unnoticed, []);
  });

  it("fails when only one side is taken away", async () => {
    const unnoticed: string[] = [];
    for (const link of links()) {
      for (const side of ["egress", "ingress"]) {
        const rest = without(link, side);
        if (rest.length === resources.length) continue;
        const violations = await pack.analyzeStack(rest);
        if (!violations.some(({ level }) => level === "mandatory"))
          unnoticed.push(`${String(link.inputs.from)} → ${String(link.inputs.to)} ${side}`);
      }
    }
    assert.deepEqual(unnoticed, []);
  });

  it("ends the plan with policy violations that name both ends", async () => {
    const { plan } = await planned("homelab", {
      sabotage: (all) => all.filter(({ parent }) => !parent.endsWith("::trino-to-hive-metastore-rest")),
    });
    assert.equal(plan.verdict, "policy-violations");
    const messages = plan.policies.failed.map(({ message }) => message).join("\n");
    assert.match(messages, /trino/);
    assert.match(messages, /hive-metastore/);
  });
});
