import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Engine, pulumiCli } from "./engine";

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

  it("lets homelab pass", () => {
    const { status, stdout, stderr } = engine.run(["preview", "--stack", "homelab", "--policy-pack", pack]);
    assert.equal(status, 0, stderr + stdout.slice(-2000));
    assert.match(stdout, /✅ lakehouse@v\d+\.\d+\.\d+/);
  });

  it("refuses a pod that may run as root, by a message that names resource, field and fix, and creates nothing", () => {
    engine.edit("components/core/pod.ts", "runAsNonRoot: true", "runAsNonRoot: false");
    const { status, stdout } = engine.run(["up", "--stack", "homelab", "--yes", "--policy-pack", pack]);
    assert.notEqual(status, 0);
    assert.match(stdout, /\[mandatory\] {2}pod-require-nonroot/);
    assert.match(stdout, /runAsNonRoot: .*trino-coordinator.* Fix: /);
    assert.deepEqual(engine.resources("homelab"), []);
  });

  it("warns only, where the configuration says so", () => {
    const config = join(engine.folder, "pack-config.json");
    writeFileSync(config, JSON.stringify({ "pod-require-nonroot": "advisory" }));
    const args = ["preview", "--stack", "homelab", "--policy-pack", pack, "--policy-pack-config", config];
    const { status, stdout, stderr } = engine.run(args);
    assert.equal(status, 0, stderr + stdout.slice(-2000));
    assert.match(stdout, /\[advisory\] {2}pod-require-nonroot/);
  });
});
