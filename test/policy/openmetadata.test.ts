import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { violations } from "../../planner/verdict";
import type { Recorded } from "../../preview/recorder";
import { judged } from "./harness";
import { openLinks, unnoticed } from "./links";
import { CATALOGUE } from "../support/catalogue";

const OURS = /^openmetadata(-|$)/;

describe("a stack with OpenMetadata", function () {
  let resources: readonly Recorded[];
  let plan: Awaited<ReturnType<typeof judged>>["plan"];
  let pack: PolicyPack;
  before(async () => {
    ({ resources, plan } = await judged("dev", CATALOGUE));
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });
  const one = (type: string, name: string) =>
    resources.find((each) => each.type === type && each.name === name) ?? assert.fail(`no ${type} ${name}`);
  const text = (type: string, name: string) => JSON.stringify(one(type, name).inputs);

  it("is refused by no policy", () => {
    assert.deepEqual(violations(plan.policies), []);
    assert.equal(plan.verdict, "ok");
  });

  it("fails without either side of any of its links, of Spark's to it too", async () => {
    const links = openLinks(resources).filter(({ inputs }) =>
      [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
    );
    assert.deepEqual(links.map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)}`).toSorted(), [
      "openmetadata-migration → opensearch",
      "openmetadata-migration → postgres",
      "openmetadata-server → opensearch",
      "openmetadata-server → postgres",
      "openmetadata-setup → openmetadata",
      "spark-driver → openmetadata-lineage",
    ]);
    assert.deepEqual(await unnoticed(pack, resources, links), []);
  });

  it("gives drivers of Spark a token of their own, and executors none", () => {
    const job = one("kubernetes:sparkoperator.k8s.io/v1beta2:SparkApplication", "spark-bronze-to-silver");
    const { driver, executor } = job.inputs.spec as Record<string, object>;
    assert.match(
      JSON.stringify(driver),
      /"name":"spark-lineage","key":"password"|"key":"password","name":"spark-lineage"/,
    );
    assert.doesNotMatch(JSON.stringify(executor), /OPENLINEAGE/);
    assert.match(text("kubernetes:core/v1:Secret", "openmetadata-emitters"), /emitters\.conf/);
  });

  it("starts servers after the migration, and the setup after the servers", () => {
    const after = (type: string, name: string) => one(type, name).request.getDependenciesList().join("\n");
    assert.match(after("kubernetes:apps/v1:Deployment", "openmetadata-server"), /openmetadata-migration$/m);
    assert.match(after("kubernetes:batch/v1:Job", "openmetadata-setup"), /openmetadata-server$/m);
  });
});
