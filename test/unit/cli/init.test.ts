import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { askFor } from "../../../cli/questions";
import type { Plan } from "../../../planner/plan";
import { temporary } from "../../support/temporary";
import { aCluster } from "../fitting/kube";
import { lakehouse } from "./command";

const folder = () => temporary("init");
const run = (cwd: string, ...args: string[]) => lakehouse(args, { cwd }).ended;

/** In an empty folder: writes a stack file and plans it, with no edit between. */
async function planned(...flags: string[]): Promise<Plan> {
  const cwd = folder();
  const { status, stderr } = await run(cwd, "init", "mine", ...flags);
  assert.deepEqual([status, stderr], [0, ""]);
  const plan = await run(cwd, "plan", "-s", "mine", "--json");
  assert.deepEqual([plan.status, plan.stderr], [0, ""]);
  return JSON.parse(plan.stdout) as Plan;
}

describe("lakehouse init", () => {
  it("makes a file that plans ok for two machines of 32 GB with an existing S3", async () => {
    const { verdict, nodes } = await planned("--nodes", "2", "--memory", "32Gi", "--cpu", "8", "--objects", "s3");
    assert.deepEqual([verdict, nodes.length], ["ok", 2]);
  });

  it("makes a file that plans ok for one laptop of 16 GB", async () => {
    const { verdict, nodes } = await planned("--nodes", "1", "--memory", "16Gi", "--cpu", "8");
    assert.deepEqual([verdict, nodes.length], ["ok", 1]);
  });

  it("makes a file that plans ok for five machines of 64 GB with Kafka, Flink, Trino and Spark", async () => {
    const five = ["--nodes", "5", "--memory", "64Gi", "--cpu", "16"];
    const { verdict, nodes } = await planned(...five, "--with", "kafka,flink,trino,spark");
    assert.equal(verdict, "ok");
    const services = new Set(nodes.flatMap(({ pods }) => pods.map(({ service }) => service)));
    for (const service of ["kafka", "flink", "trino", "spark"]) assert.ok(services.has(service), service);
    // 70 % of what the system leaves is what may be filled, and it is nearly full.
    for (const { memory } of nodes) assert.ok(memory.requested <= memory.limit);
    const sum = (of: "requested" | "limit") => nodes.reduce((total, { memory }) => total + memory[of], 0);
    assert.ok(sum("requested") / sum("limit") > 0.9, String(sum("requested") / sum("limit")));
  });

  it("makes a file that plans ok for a cluster, from files and from kubectl, and both are the same", async () => {
    const cwd = folder();
    const list = JSON.stringify({ kind: "List", apiVersion: "v1", items: aCluster });
    writeFileSync(join(cwd, "cluster.json"), list);
    writeFileSync(join(cwd, "kubectl"), `#!/bin/sh\necho "$*" > "${cwd}/asked"\ncat "${cwd}/cluster.json"\n`);
    chmodSync(join(cwd, "kubectl"), 0o755);
    assert.equal((await run(cwd, "init", "files", "--from-cluster", "cluster.json")).status, 0);
    const env = { ...process.env, PATH: `${cwd}${delimiter}${process.env.PATH ?? ""}` };
    assert.equal(
      (await lakehouse(["init", "asked", "--from-cluster", "--context", "lab"], { cwd, env }).ended).status,
      0,
    );
    const text = (stack: string) => readFileSync(join(cwd, `Pulumi.${stack}.yaml`), "utf8").replace(`# ${stack}:`, "#");
    assert.equal(text("files"), text("asked"));
    assert.equal(readFileSync(join(cwd, "asked"), "utf8"), "--context lab get nodes,pods,storageclasses -A -o json\n");
    const plan = await run(cwd, "plan", "-s", "files", "--json");
    assert.deepEqual([plan.status, (JSON.parse(plan.stdout) as Plan).verdict], [0, "ok"]);
  });

  it("never replaces a file without being told", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "Pulumi.mine.yaml"), "mine\n");
    const flags = ["init", "mine", "--nodes", "1", "--memory", "16Gi", "--cpu", "8"];
    const refused = await run(cwd, ...flags);
    assert.deepEqual(
      [refused.status, refused.stderr],
      [2, "Pulumi.mine.yaml: is there already; allowed: another name, or --force to replace it\n"],
    );
    assert.equal(readFileSync(join(cwd, "Pulumi.mine.yaml"), "utf8"), "mine\n");
    assert.equal((await run(cwd, ...flags, "--force")).status, 0);
    assert.notEqual(readFileSync(join(cwd, "Pulumi.mine.yaml"), "utf8"), "mine\n");
  });

  it("tells bad input in a line for each mistake, with exit code 2, and writes nothing", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "broken.json"), "{");
    writeFileSync(join(cwd, "other.json"), "{}");
    const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
      [["mine"], /^--nodes: missing;.*\n--memory: missing;.*\n--cpu: missing;.*\n$/],
      [["a/b", "--nodes", "1"], /^--stack: given "a\/b"; allowed: .*\n$/],
      [
        ["mine", "--from-cluster", "none.json"],
        /^--from-cluster none\.json: cannot be read: no such file or directory\n$/,
      ],
      [["mine", "--from-cluster", "broken.json"], /^--from-cluster broken\.json: not JSON; allowed: .*\n$/],
      [["mine", "--from-cluster", "other.json"], /^--from-cluster other\.json: no objects of Kubernetes in it; .*\n$/],
      [
        ["mine", "--nodes", "3", "--memory", "64Gi", "--cpu", "16", "--with", "opensearch"],
        /^lakehouse:storage\.opensearch\.enabled: given true, which needs cert-manager.*\n$/,
      ],
    ];
    for (const [args, stderr] of cases) {
      const ended = await run(cwd, "init", ...args);
      assert.equal(ended.status, 2, args.join(" "));
      assert.match(ended.stderr, stderr);
      assert.equal(ended.stdout, "");
    }
  });

  it("asks what was not given, and takes the usual for an empty answer", async () => {
    const asked: string[] = [];
    const answers = ["3", "", " 32 ", "ceph", ""];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve(answers[asked.length - 1]!);
    };
    assert.deepEqual(await askFor(ask, {}), { nodes: "3", memory: "16Gi", cpu: "32", objects: "ceph", with: "" });
    assert.match(asked[1]!, /^Memory of each\? \[16Gi\] $/);
    assert.deepEqual(await askFor(() => Promise.resolve("7"), { memory: "8Gi", cpu: "4", objects: "s3", with: "" }), {
      nodes: "7",
    });
  });
});
