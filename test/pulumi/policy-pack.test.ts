import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { STACKS } from "../policy/harness";
import { Engine, pulumiCli } from "./engine";

const PASSED = /✅ lakehouse@v\d+\.\d+\.\d+/;
const BUCKET = "minio:index/s3Bucket:S3Bucket";

/** In dev and prod, providers get a password that the same stack generates, so they cannot be asked during the first preview. */
describe("Pulumi's real engine with --policy-pack, from the first preview on,", function () {
  for (const stack of STACKS) {
    // The gate runs dev only: it is small, and both providers have generated passwords.
    const slow = stack === "dev" ? "" : " (slow)";
    it(`accepts ${stack} at its preview, its first up and its second${slow}`, function () {
      const found = pulumiCli();
      if ("missing" in found) {
        console.warn(`    SKIPPED: ${found.missing}`);
        this.skip();
      }
      const engine = new Engine(found);
      try {
        engine.stack(stack, stack);
        const args = ["--stack", stack, "--policy-pack", engine.policyPack()];
        for (const command of [["preview"], ["up", "--yes"], ["up", "--yes"]]) {
          const { status, stdout, stderr } = engine.run([...command, ...args]);
          assert.equal(status, 0, `${command.join(" ")}: ${stderr}${stdout.slice(-3000)}`);
          assert.match(stdout, PASSED);
        }
        const buckets = engine.resources(stack).filter(({ type }) => type === BUCKET);
        assert.equal(buckets.length > 0, stack !== "homelab");
      } finally {
        engine.end();
      }
    });
  }

  it("refuses a bucket without object lock at the first preview, before the object store exists", function () {
    const found = pulumiCli();
    if ("missing" in found) this.skip();
    const engine = new Engine(found);
    try {
      engine.stack("dev", "dev");
      engine.edit("components/storage/minio/minio.ts", "objectLocking: true", "objectLocking: false");
      const { status, stdout } = engine.run(["preview", "--stack", "dev", "--policy-pack", engine.policyPack()]);
      assert.notEqual(status, 0);
      assert.match(stdout, /bucket-require-object-lock/);
    } finally {
      engine.end();
    }
  });
});

describe("Pulumi's real engine with --policy-pack", function () {
  let engine: Engine;
  let pack: string;
  before(function () {
    const found = pulumiCli();
    if ("missing" in found) {
      console.warn(`    SKIPPED: ${found.missing}`);
      this.skip();
    }
    if (!found.official) console.warn("    the pack is started by a stand-in for the language host");
    engine = new Engine(found);
    engine.stack("homelab", "homelab");
    pack = engine.policyPack();
  });
  after(() => {
    (engine as Engine | undefined)?.end();
  });

  it("accepts homelab", () => {
    const { status, stdout, stderr } = engine.run(["preview", "--stack", "homelab", "--policy-pack", pack]);
    assert.equal(status, 0, stderr + stdout.slice(-2000));
    assert.match(stdout, PASSED);
  });

  it("refuses a pod that may run as root with a message that names resource, field and fix, and creates nothing", () => {
    engine.edit("components/core/pod-security.ts", "runAsNonRoot: true", "runAsNonRoot: false");
    const { status, stdout } = engine.run(["up", "--stack", "homelab", "--yes", "--policy-pack", pack]);
    assert.notEqual(status, 0);
    assert.match(stdout, /\[mandatory\] {2}pod-require-nonroot/);
    assert.match(stdout, /runAsNonRoot: .*trino-coordinator.* Fix: /);
    assert.deepEqual(engine.resources("homelab"), []);
  });

  it("only warns if the configuration says so", () => {
    const config = join(engine.folder, "pack-config.json");
    writeFileSync(config, JSON.stringify({ "pod-require-nonroot": "advisory" }));
    const args = ["preview", "--stack", "homelab", "--policy-pack", pack, "--policy-pack-config", config];
    const { status, stdout, stderr } = engine.run(args);
    assert.equal(status, 0, stderr + stdout.slice(-2000));
    assert.match(stdout, /\[advisory\] {2}pod-require-nonroot/);
  });
});
