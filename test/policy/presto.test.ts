import assert from "node:assert/strict";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { violations } from "../../planner/verdict";
import type { Recorded } from "../../preview/recorder";
import { having, judged } from "./harness";

const OURS = /^presto(-|$)/;

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

interface Deployment {
  readonly template: {
    readonly spec: {
      readonly securityContext: { readonly runAsUser: number };
      readonly containers: readonly [{ readonly volumeMounts: readonly { readonly mountPath: string }[] }];
    };
  };
}

async function stackWith(presto: object) {
  const { resources, plan } = await judged("dev", {
    ...having("dev", "query", { presto: { enabled: true, ...presto } }),
    "lakehouse:nodes": JSON.stringify(["one", "two"].map((name) => ({ name, pool: "all", cpu: 32, memory: "64Gi" }))),
    "lakehouse:pools": JSON.stringify({ all: { default: true } }),
  });
  const inputs = (type: string, name: string) =>
    resources.find((one) => one.type.startsWith(type) && one.name === name)?.inputs;
  const policy = JSON.parse(String(inputs("minio:index/iamPolicy", "presto")?.policy)) as {
    Statement: readonly Statement[];
  };
  const may = (action: string) =>
    policy.Statement.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
  return { resources, plan, inputs, may };
}

describe("a stack with Presto", () => {
  const READ = ["bronze", "silver", "gold", "warehouse"].map((bucket) => `arn:aws:s3:::${bucket}/*`);

  it("is refused by no policy, and its user reads every layer and writes nothing", async () => {
    const { plan, may, inputs } = await stackWith({});
    assert.deepEqual(violations(plan.policies), []);
    assert.deepEqual(may("s3:GetObject"), READ);
    assert.deepEqual([...may("s3:PutObject"), ...may("s3:DeleteObject")], []);
    assert.equal(inputs("kubernetes:apps/v1:Deployment", "presto-worker"), undefined, "the coordinator works itself");
  });

  it("writes below its own prefix where results are kept, and nowhere else", async () => {
    const { plan, may } = await stackWith({ write: { enabled: true } });
    assert.deepEqual(violations(plan.policies), []);
    assert.deepEqual(
      [...new Set([...may("s3:PutObject"), ...may("s3:DeleteObject")])],
      ["arn:aws:s3:::warehouse/presto/*"],
    );
  });

  it("stages what is written on every node, and has a user whose name every image knows", async () => {
    const pods = (stack: Awaited<ReturnType<typeof stackWith>>, role: string) =>
      (stack.inputs("kubernetes:apps/v1:Deployment", `presto-${role}`)?.spec as Deployment).template.spec;
    for (const [write, staged] of [
      [false, []],
      [true, ["/srv/presto/staging"]],
    ] as const) {
      const stack = await stackWith({ worker: { replicas: 2 }, write: { enabled: write } });
      for (const role of ["coordinator", "worker"]) {
        const { containers, securityContext } = pods(stack, role);
        const mounts = containers[0].volumeMounts.map(({ mountPath }) => mountPath);
        assert.deepEqual(
          mounts.filter((path) => path.endsWith("/staging")),
          staged,
          role,
        );
        assert.equal(securityContext.runAsUser, 65_534);
      }
    }
  });

  it("has no catalog and no way to the metastore's Thrift port for a version that cannot speak to it", async () => {
    const files = ({ inputs }: Awaited<ReturnType<typeof stackWith>>) =>
      Object.keys((inputs("kubernetes:core/v1:ConfigMap", "presto-coordinator-catalog") as { data: object }).data);
    const ways = ({ resources }: Awaited<ReturnType<typeof stackWith>>) =>
      resources.filter(({ type, name }) => type === "lakehouse:core:Link" && OURS.test(name)).map(({ name }) => name);
    const older = await stackWith({ version: "0.298" });
    const newer = await stackWith({});
    assert.deepEqual(files(older), ["lakehouse.properties"]);
    assert.deepEqual(files(newer), ["hive.properties", "lakehouse.properties"]);
    assert.ok(ways(newer).includes("presto-to-hive-metastore-thrift"), ways(newer).join());
    assert.ok(!ways(older).includes("presto-to-hive-metastore-thrift"));
  });

  it("with workers fails without any of its links, and without either side of one", async () => {
    const { resources } = await stackWith({ worker: { replicas: 2 } });
    const pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    try {
      const links = resources.filter(
        ({ type, inputs }) =>
          type === "lakehouse:core:Link" && [inputs.from, inputs.to].some((end) => OURS.test(String(end))),
      );
      assert.ok(links.length >= 4, String(links.length));
      const unnoticed: string[] = [];
      for (const link of links) {
        for (const side of ["egress", "ingress"]) {
          const rest: Recorded[] = resources.filter(
            ({ parent, name }) => parent !== link.urn || !name.endsWith(`-${side}`),
          );
          if (rest.length === resources.length) continue;
          const found = await pack.analyzeStack(rest);
          if (!found.some(({ level }) => level === "mandatory"))
            unnoticed.push(`${String(link.inputs.from)} → ${String(link.inputs.to)} ${side}`);
        }
      }
      assert.deepEqual(unnoticed, []);
    } finally {
      pack.stop();
    }
  });
});
