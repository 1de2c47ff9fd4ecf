import assert from "node:assert/strict";

import { renderHtml } from "../../planner/report/html";
import { renderMarkdown } from "../../planner/report/markdown";
import { renderText } from "../../planner/report/text";
import { planned, STACKS } from "./harness";

describe("the shipped stacks", () => {
  for (const stack of STACKS) {
    it(`${stack} fits and passes every policy, mandatory and advisory`, async () => {
      const { plan } = await planned(stack);
      assert.deepEqual(plan.policies.failed, []);
      assert.deepEqual(plan.unplaced, []);
      assert.equal(plan.verdict, "ok");
      assert.ok(plan.policies.passed > 30, String(plan.policies.passed));
    });

    it(`${stack} has identical plans in two runs`, async () => {
      const [one, other] = [await planned(stack), await planned(stack)];
      assert.equal(JSON.stringify(one.plan), JSON.stringify(other.plan));
      assert.deepEqual([...one.files], [...other.files]);
    });

    it(`${stack} prints and writes no generated secret`, async () => {
      const canary = "canary-3f1c9d7e";
      const { plan, files } = await planned(stack, { generated: canary });
      const reports = [
        JSON.stringify(plan),
        renderText(plan, { color: false, width: 200, details: true }),
        renderMarkdown(plan),
        await renderHtml(plan),
      ];
      for (const text of [...files.values(), ...reports]) {
        assert.ok(!text.includes(canary));
        assert.ok(!text.includes(Buffer.from(canary).toString("base64").replace(/=+$/, "")));
      }
      // Proves that the stand-in would be found: every generated password is in a Secret.
      const secrets = [...files].filter(([path, text]) => path.includes("/secret-") && text.includes('"[secret]"'));
      assert.ok(secrets.length >= 2, String(secrets.length));
    });
  }
});
