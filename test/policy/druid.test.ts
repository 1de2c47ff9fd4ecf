import assert from "node:assert/strict";

import { ROLES } from "../../components/query/druid/pods";
import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { violations } from "../../planner/verdict";
import type { Recorded } from "../../preview/recorder";
import { having, judged } from "./harness";
import { openLinks, unnoticed } from "./links";

const DRUID = {
  enabled: true,
  streams: [{ topic: "orders", dataSource: "orders", time: "ordered_at" }],
  batches: [{ dataSource: "clicks", prefix: "clicks/" }],
};
const OURS = /^druid(-|$)/;

describe("a stack with Druid that ingests topics and files", function () {
  let resources: readonly Recorded[];
  let verdict: Awaited<ReturnType<typeof judged>>["plan"];
  let pack: PolicyPack;
  before(async () => {
    ({ resources, plan: verdict } = await judged("dev", {
      ...having("dev", "query", { druid: DRUID }),
      "lakehouse:nodes": JSON.stringify([{ name: "one", pool: "all", cpu: 32, memory: "64Gi" }]),
      "lakehouse:pools": JSON.stringify({ all: { default: true } }),
    }));
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  it("is refused by no policy", () => {
    assert.deepEqual(violations(verdict.policies), []);
  });

  it("has the bucket of services, and gives Druid's user its own prefix and the files of its batches", () => {
    const inputs = (type: string, name: string) =>
      resources.find((one) => one.type.startsWith(type) && one.name === name)?.inputs;
    assert.equal(inputs("minio:index/s3Bucket", "services")?.bucket, "services");
    const { Statement } = JSON.parse(String(inputs("minio:index/iamPolicy", "druid")?.policy)) as {
      Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
    };
    const changing = Statement.filter(({ Action }) => Action.includes("s3:PutObject"));
    assert.deepEqual(
      changing.flatMap(({ Resource }) => Resource),
      ["arn:aws:s3:::services/druid/*"],
    );
    const reading = Statement.filter(({ Action }) => Action.includes("s3:GetObject"));
    assert.deepEqual(
      reading.flatMap(({ Resource }) => Resource),
      ["arn:aws:s3:::services/druid/*", "arn:aws:s3:::bronze/clicks/*"],
    );
  });

  it("fails without either side of any of its links, and without those that a text implies", async () => {
    const links = openLinks(resources).filter(({ inputs }) =>
      [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
    );
    assert.ok(links.length > 12, String(links.length));
    assert.deepEqual(await unnoticed(pack, resources, links), [
      // Roles find each other in the API server: no text names a host.
      ...ROLES.map((role) => `druid-${role} → druid-nodes both`),
      // What they are told of Kafka they are told by a call: the text is the caller's.
      "druid-coordinator → kafka-plain both",
      "druid-indexer → kafka-plain both",
    ]);
  });
});
