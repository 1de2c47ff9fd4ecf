import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { FakeForge } from "../support/forge";
import { Repository } from "../support/repository";
import { lakehouse } from "../unit/cli/command";

describe("lakehouse review", () => {
  const fake = new FakeForge();
  let repository: Repository;
  let url = "";
  before(async () => {
    url = await fake.start();
    repository = new Repository(["dev", "homelab"]);
    repository.git("checkout", "-q", "-b", "change");
    repository.edit("Pulumi.homelab.yaml", "bronze: {versioning: true}", "bronze: {}");
    repository.commit("a bucket without versions");
    // The target branch goes on meanwhile: its own changes are not those of the pull request.
    repository.git("checkout", "-q", "main");
    repository.edit(
      "Pulumi.homelab.yaml",
      "memory: 8Gi, pool: [control, drivers]",
      "memory: 9Gi, pool: [control, drivers]",
    );
    repository.commit("more memory");
    repository.git("checkout", "-q", "change");
  });
  after(() => {
    fake.stop();
    repository.remove();
  });

  /** The environment without what CI says of a pull request. */
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GITHUB|CI)_/.test(name)));
  /** As a workflow of GitHub runs it. */
  const review = (description: string, ...args: readonly string[]) => {
    const event = join(repository.root, "out-event.json");
    const sha = repository.git("rev-parse", "main");
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7, body: description, base: { sha } } }));
    const env = {
      ...outside,
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: "o/r",
      GITHUB_API_URL: url,
      GITHUB_TOKEN: "t0ken",
    };
    return lakehouse(["review", ...args], { cwd: repository.root, env }, repository.root).ended;
  };

  it("writes one comment with the harm of all stacks, against the commit where the branch began (slow)", async () => {
    const { status, stdout, stderr } = await review("", "--comment");
    assert.deepEqual([status, stderr], [0, "a comment was written\n"]);
    assert.equal(fake.comments.length, 1);
    assert.equal(fake.comments[0]?.body, stdout);
    const first = repository.git("merge-base", "main", "change").slice(0, 7);
    const screen = stdout.split("\n").slice(0, 12).join("\n");
    assert.match(screen, new RegExp(`✅ all 2 stacks may be deployed, compared with ${first}`));
    assert.match(screen, /🔴 \*\*homelab\*\* \*\*data\*\* .*bronze keeps versions of objects no longer/);
    assert.match(screen, /\| \*\*dev\*\* \| ✅ ok \| no change \|/);
    assert.doesNotMatch(stdout, /9Gi/);
  });

  it("edits it when the pull request loses data, and fails until the loss is accepted in the description (slow)", async () => {
    repository.edit(
      "Pulumi.homelab.yaml",
      "  lakehouse:query:\n    trino:\n",
      "  lakehouse:query:\n    trino:\n      enabled: false\n",
    );
    repository.git("rm", "-q", "Pulumi.dev.yaml");
    repository.commit("no Trino, no laptop");
    const refused = await review("", "--comment");
    assert.deepEqual([refused.status, refused.stderr], [1, "the comment was edited\n"]);
    assert.equal(fake.comments.length, 1);
    const screen = refused.stdout.split("\n").slice(0, 14).join("\n");
    assert.match(screen, /the stack \*\*dev\*\* is deleted/);
    assert.match(screen, /🔴 \*\*homelab\*\* \*\*data\*\* .*deletes stored data/);
    const [, token = ""] = /`lakehouse acknowledge ([0-9a-f]{8})`/.exec(refused.stdout) ?? [];
    const accepted = await review(`Meant.\nlakehouse acknowledge ${token}\n`, "--stack", "homelab");
    assert.equal(accepted.status, 0, accepted.stdout.slice(0, 2000));
    assert.match(accepted.stdout, /deletes stored data/);
  });

  it("says in one line what is wrong", async () => {
    const missing = await lakehouse(["review"], { cwd: repository.root, env: outside }, repository.root).ended;
    assert.deepEqual(
      [missing.status, missing.stderr],
      [2, "--against: missing; allowed: a git ref such as origin/main\n"],
    );
    const unknown = await lakehouse(
      ["review", "--against", "nothing"],
      { cwd: repository.root, env: outside },
      repository.root,
    ).ended;
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /^--against: given "nothing", no commit here; [^\n]+\n$/);
  });
});
