import { deepEqual, equal } from "node:assert/strict";

import { PACK_FOLDER } from "../../inputs/project";
import { violations } from "../../planner/verdict";
import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { VENDING } from "../support/vending";
import { judged } from "./harness";
import { openLinks, unnoticed } from "./links";

const OURS = /^nessie(-|$)/;

describe("a stack with Nessie", () => {
  let pack: PolicyPack;
  before(() => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  it("is refused by no policy, and fails without either side of any of its links", async () => {
    const { resources, plan } = await judged("dev", VENDING);
    deepEqual(violations(plan.policies), []);
    equal(plan.verdict, "ok");
    const links = openLinks(resources).filter(({ inputs }) =>
      [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
    );
    deepEqual(links.map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)}`).toSorted(), [
      "nessie-server → minio",
      "nessie-server → postgres",
      "spark-driver → nessie",
      "trino → nessie",
    ]);
    deepEqual(await unnoticed(pack, resources, links), []);
  });
});
