import assert from "node:assert/strict";

import { ONE } from "../support/ca";
import { having, judged, STACKS } from "./harness";

/** Time limit against a hanging test. */
const PATIENCE_MS = 20 * 60_000;

const SECURE = { certManager: true, issuer: "lab", caBundle: ONE, tls: true };

describe("TLS between the programs of a stack", function () {
  this.timeout(PATIENCE_MS);

  for (const stack of STACKS)
    it(`${stack}: nothing names a server without it that has it`, async () => {
      const { plan } = await judged(stack, having(stack, "cluster", SECURE));
      assert.deepEqual(plan.policies.failed, []);
      const plain = [...new Set(plan.links.filter(({ tls }) => tls !== true).map(({ to }) => to))].sort();
      console.log(plain.join("\n"));
    });
});
