import assert from "node:assert/strict";

import { PackProcess } from "../../cli/pack-process";
import { PolicyPack } from "../../cli/policy-pack";
import { PACK_FOLDER } from "../../cli/project";
import type { Recorded } from "../../cli/recorder";
import { recorded } from "./harness";

/** The pods of the layer: Strimzi makes most of them, so that the pack must know what they need of each other. */
const OURS = /^(strimzi|kafka|connect|flink)(-|$)/;

describe("the streaming layer without one of its links", () => {
  let pack: PolicyPack;
  before(() => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  // Nodes that are broker and controller at once, and the two apart.
  for (const stack of ["dev", "prod"] as const) {
    it(`${stack}: fails for each of them, and for either side of it`, async () => {
      const resources = await recorded(stack);
      const links = resources.filter(
        ({ type, inputs }) =>
          type === "lakehouse:core:Link" && [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
      );
      assert.ok(links.length > 12, String(links.length));
      const unnoticed: string[] = [];
      for (const link of links) {
        for (const side of ["egress", "ingress"]) {
          const without = ({ parent, name }: Recorded) => parent !== link.urn || !name.endsWith(`-${side}`);
          const rest = resources.filter(without);
          if (rest.length === resources.length) continue;
          const violations = await pack.analyzeStack(rest);
          if (!violations.some(({ level }) => level === "mandatory"))
            unnoticed.push(`${String(link.inputs.from)} → ${String(link.inputs.to)} ${side}`);
        }
      }
      assert.deepEqual(unnoticed, []);
    });
  }
});
