import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Plan } from "../../planner/plan";
import { Repository } from "../support/repository";
import { lakehouse } from "../unit/cli/command";

describe("lakehouse plan --against", () => {
  let repository: Repository;
  let root = "";
  before(() => {
    repository = new Repository(["homelab"]);
    root = repository.root;
  });
  after(() => {
    repository.remove();
  });
  const run = async (...args: readonly string[]) => {
    const ended = await lakehouse(["plan", ...args], { cwd: root }, root).ended;
    return { ...ended, plan: ended.stdout.startsWith("{") ? (JSON.parse(ended.stdout) as Plan) : undefined };
  };
  const out = () => (existsSync(join(root, "out")) ? readdirSync(join(root, "out")) : []);

  it("a git ref has old and new values of settings that were changed since, and writes nothing", async () => {
    const first = repository.head();
    repository.edit("Pulumi.homelab.yaml", "coordinator: {cpu: 2, memory: 8Gi", "coordinator: {cpu: 2, memory: 10Gi");
    const { status, plan } = await run("--against", "main", "--json");
    assert.equal(status, 0);
    assert.equal(plan?.changes?.against, `main (${first})`);
    const coordinator = plan.changes.objects?.find(({ resource }) =>
      resource.endsWith("/deployment-trino-coordinator"),
    );
    assert.deepEqual(
      coordinator?.fields
        .filter(({ path }) => path.endsWith("limits.memory"))
        .map(({ before, after }) => [before, after]),
      [["8Gi", "10Gi"]],
    );
    assert.equal(coordinator.restarts, 1);
    assert.deepEqual(
      plan.changes.nodes.map(({ node, before, after }) => [node, (after?.memory ?? 0) - (before?.memory ?? 0)]),
      [["k8s-1", 2 * 2 ** 30]],
    );
    assert.deepEqual(out(), []);
    assert.equal(repository.git("status", "--porcelain"), "M Pulumi.homelab.yaml");
  });

  it("a git ref is planned by its own program, so that a change of the program is one too", async () => {
    const before = repository.commit("settings");
    repository.edit("components/query/trino/config.ts", "spill-enabled", "spill-enabled.changed");
    repository.commit("program");
    const { plan } = await run("--against", before, "--json");
    assert.equal(plan?.changes?.against, before);
    assert.ok(plan.changes.objects?.some(({ resource }) => resource.endsWith("/configmap-trino-worker-etc")));
  });

  it("a git ref without the stack makes everything new", async () => {
    repository.git("checkout", "-q", "--orphan", "empty");
    repository.git("rm", "-rfq", "--cached", ".");
    writeFileSync(join(root, "other.txt"), "x");
    repository.git("add", "other.txt");
    repository.git("commit", "-q", "-m", "empty");
    const id = repository.head();
    repository.git("symbolic-ref", "HEAD", "refs/heads/main");
    repository.git("reset", "-q");
    const { plan } = await run("--against", "empty", "--json");
    assert.equal(plan?.changes?.against, `empty (${id}), without homelab`);
    assert.ok(plan.resources.create.length > 150);
  });

  it("the last plan is what a folder and a plan.json compare with, with no change", async () => {
    assert.equal((await run()).status, 0);
    for (const given of [join(root, "out"), join(root, "out", "homelab"), join(root, "out", "homelab", "plan.json")]) {
      const { plan } = await run("--against", given, "--json");
      assert.deepEqual(plan?.changes?.objects, [], given);
    }
    const lone = join(root, "lone.json");
    writeFileSync(lone, readFileSync(join(root, "out", "homelab", "plan.json")));
    const { plan } = await run("--against", lone, "--json");
    assert.equal(plan?.changes?.objects, undefined);
    assert.deepEqual(plan?.changes?.nodes, []);
  });

  it("anything else is one line", async () => {
    const { status, stderr, stdout } = await run("--against", "nothing");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      '--against: given "nothing", neither a plan nor a commit; allowed: last, a folder with a plan, a plan.json, or a git ref such as main\n',
    );
    assert.equal((await run("--against", "--help")).status, 2);
  });
});
