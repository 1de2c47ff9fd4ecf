import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { type StackName, STACKS } from "../support/stacks";
import { planned, recorded } from "./harness";
import { openLinks, unnoticed } from "./links";

/** Links of the machine that runs Pulumi: it is outside of the cluster, so no manifest implies them. */
const OUTSIDE = ["minio", "postgres"].flatMap((store) => [`operator → ${store} both`, `operator → ${store} ingress`]);

/** Links that a stack can lose without a violation, with reasons. */
const KNOWN: Readonly<Record<StackName, readonly string[]>> = {
  dev: [
    ...OUTSIDE,
    // Each runs alone; only several replicas need the link.
    "kafka-combined → kafka-replication both",
    "kafka-node → kafka-control-plane both",
    "postgres → postgres-replication both",
    "spark-executor → spark-executor both",
  ],
  homelab: [],
  prod: [
    ...OUTSIDE.filter((link) => link.includes("minio")),
    // The policy among several servers of MinIO selects all of its pods, its task too.
    ...["both", "egress", "ingress"].map((side) => `minio-retention → minio ${side}`),
    // Roles find each other by the API server, and get the address of Kafka with a specification: no text of theirs names a host.
    ...["broker", "coordinator", "historical", "indexer", "router"].map((role) => `druid-${role} → druid-nodes both`),
    ...["coordinator", "indexer"].map((role) => `druid-${role} → kafka-plain both`),
  ],
};

describe("a stack without one of its links", () => {
  let pack: PolicyPack;
  before(() => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  for (const stack of STACKS) {
    // Production has hundreds of links, each of which takes seconds.
    const slow = stack === "prod" ? " (slow)" : "";
    it(`${stack}: fails, for every link and for either side of it${slow}`, async () => {
      const resources = await recorded(stack);
      assert.ok(openLinks(resources).length > 40);
      assert.deepEqual((await unnoticed(pack, resources)).toSorted(), [...KNOWN[stack]].sort());
    });
  }

  it("has a link without policies only where neither side is managed", async () => {
    const resources = await recorded("homelab");
    const open = openLinks(resources);
    const without = resources.filter((link) => link.type === "lakehouse:core:Link" && !open.includes(link));
    assert.deepEqual(
      without.map(({ inputs }) => `${String(inputs.from)} → ${String(inputs.to)}`),
      ["airflow → api-server"],
    );
  });

  it("is planned with violations that name both ends", async () => {
    const { plan } = await planned("homelab", {
      sabotage: (all) => all.filter(({ parent }) => !parent.endsWith("::trino-to-hive-metastore-rest")),
    });
    assert.equal(plan.verdict, "policy-violations");
    const messages = plan.policies.failed.map(({ message }) => message).join("\n");
    assert.match(messages, /trino/);
    assert.match(messages, /hive-metastore/);
  });
});
