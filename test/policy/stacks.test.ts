import assert from "node:assert/strict";

import { parse } from "yaml";

import { renderHtml } from "../../planner/report/html";
import { renderMarkdown } from "../../planner/report/markdown";
import { renderText } from "../../planner/report/text";
import { planned, STACKS } from "./harness";

/** Kubernetes' rule for values of labels. */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Values of all labels and selectors in an object, at any depth. */
function* labelsIn(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if ((key === "labels" || key === "matchLabels") && isMap(inner)) yield* Object.values(inner).map(String);
    else yield* labelsIn(inner);
  }
}

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

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

    it(`${stack} has only labels that an API server takes`, async () => {
      const { files } = await planned(stack);
      const manifests = [...files].filter(([path]) => path.startsWith("manifests/"));
      const found = manifests.flatMap(([path, text]) => [...labelsIn(parse(text))].map((value) => ({ path, value })));
      assert.ok(found.length > manifests.length);
      assert.deepEqual(
        found.filter(({ value }) => !LABEL_VALUE.test(value)),
        [],
      );
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
