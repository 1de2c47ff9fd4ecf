import assert from "node:assert/strict";

import { violations } from "../../planner/verdict";
import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import type { Recorded } from "../../preview/recorder";
import { having, judged } from "./harness";
import { openLinks, unnoticed } from "./links";

const OURS = /^milvus(-|$)/;

/** The dev stack with room for everything. */
const roomy = (milvus: object) => ({
  ...having("dev", "query", { milvus: { enabled: true, ...milvus } }),
  "lakehouse:nodes": JSON.stringify(
    ["one", "two", "three"].map((name) => ({ name, pool: "all", cpu: 32, memory: "64Gi" })),
  ),
  "lakehouse:pools": JSON.stringify({ all: { default: true } }),
});
type Resources = readonly Recorded[];
const inputsOf = (resources: Resources, type: string, name: string) =>
  resources.find((one) => one.type.startsWith(type) && one.name === name)?.inputs;

describe("a stack with Milvus in one process", () => {
  it("is refused by no policy, and has one pod of Milvus and one of etcd", async () => {
    const { resources, plan } = await judged("dev", roomy({}));
    assert.deepEqual(violations(plan.policies), []);
    const sets = resources.filter(({ type, name }) => type.endsWith(":StatefulSet") && OURS.test(name));
    assert.deepEqual(sets.map(({ name }) => name).toSorted(), ["milvus-etcd-member", "milvus-standalone"]);
    assert.deepEqual(
      resources.filter(({ type, name }) => type.endsWith(":Deployment") && OURS.test(name)),
      [],
    );
  });

  it("fits the laptop without the streaming layer; beside everything else the plan says what does not fit", async () => {
    const milvus = having("dev", "query", { milvus: { enabled: true } });
    const { plan: all } = await judged("dev", milvus);
    assert.deepEqual(
      [...new Set(violations(all.policies).map(({ policy }) => policy))],
      ["pool-limit-requests"],
      JSON.stringify(violations(all.policies)),
    );
    assert.ok(violations(all.policies).some(({ resource }) => resource.endsWith("statefulset-milvus-standalone")));
    const { plan: alone } = await judged("dev", {
      ...having("dev", "query", { milvus: { enabled: true }, trino: {} }),
      "lakehouse:storage": JSON.stringify({
        objects: { kind: "minio", admin: { host: "127.0.0.1", port: 30900, tls: false } },
      }),
      "lakehouse:streaming": "{}",
    });
    assert.deepEqual(violations(alone.policies), []);
  });
});

describe("a stack with Milvus as a cluster", () => {
  let resources: Resources;
  let verdict: Awaited<ReturnType<typeof judged>>["plan"];
  let pack: PolicyPack;
  before(async () => {
    ({ resources, plan: verdict } = await judged("dev", roomy({ mode: "cluster", etcd: { replicas: 3 } })));
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
  });
  after(() => {
    pack.stop();
  });

  it("is refused by no policy", () => {
    assert.deepEqual(violations(verdict.policies), []);
  });

  it("is refused by no policy with a Pulsar outside of the stack", async () => {
    const pulsar = { host: "pulsar.example.org", cidrs: ["192.0.2.9/32"] };
    const { plan, resources: all } = await judged("dev", roomy({ mode: "cluster", etcd: { replicas: 3 }, pulsar }));
    assert.deepEqual(violations(plan.policies), []);
    assert.ok(inputsOf(all, "lakehouse:core:Link", "milvus-streamingnode-to-pulsar"));
  });

  it("writes below its own prefix and the prefix of copies, and reads no other service's objects", () => {
    const { Statement } = JSON.parse(String(inputsOf(resources, "minio:index/iamPolicy", "milvus")?.policy)) as {
      Statement: readonly {
        readonly Action: readonly string[];
        readonly Resource: readonly string[];
        readonly Condition?: object;
      }[];
    };
    const on = (action: string) =>
      Statement.filter(({ Action }) => Action.includes(action)).map(({ Resource, Condition }) => [
        ...Resource,
        Condition,
      ]);
    const own = [
      ["arn:aws:s3:::services/milvus/*", undefined],
      ["arn:aws:s3:::backups/milvus/*", undefined],
    ];
    assert.deepEqual(on("s3:PutObject"), own);
    assert.deepEqual(on("s3:GetObject"), own);
    // Milvus asks whether its bucket exists, which stores allow to those who may list it.
    assert.deepEqual(on("s3:ListBucket"), [
      ["arn:aws:s3:::services", undefined],
      ["arn:aws:s3:::backups", { StringLike: { "s3:prefix": ["milvus/*"] } }],
    ]);
  });

  it("fails without either side of any of its links, and without those that a text implies", async () => {
    // Links of one role stand for those of all, which are made in one loop.
    const links = openLinks(resources).filter(({ inputs }) =>
      /^milvus-(querynode|etcd|setup|backup)/.test(String(inputs.from)),
    );
    assert.equal(links.length, 8);
    assert.deepEqual(await unnoticed(pack, resources, links), [
      // Roles find each other in etcd: no text names a host.
      "milvus-querynode → milvus-nodes both",
      // Its file has host and port apart.
      "milvus-backup → milvus both",
    ]);
  });
});
