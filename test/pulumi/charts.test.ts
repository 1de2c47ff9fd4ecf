import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { archiveName, chartLockText, sha256 } from "../../components/core/chart-mirror";
import { pins } from "../../components/pins";
import { freePorts } from "../../sandbox/core/ports";
import { Engine, pulumiCli } from "./engine";

/** Homelab has one chart, because its cluster has the other operators already. */
describe("Pulumi's real engine, if a chart's repository is down,", function () {
  let engine: Engine;
  let away: string;
  const asking = { LAKEHOUSE_CHART_CHECK: "on" };

  before(async function () {
    const found = pulumiCli();
    if ("missing" in found) {
      console.warn(`    SKIPPED: ${found.missing}`);
      this.skip();
    }
    away = `http://127.0.0.1:${String((await freePorts("away")).away)}`;
    engine = new Engine(found);
    engine.edit("components/compute/spark/pins.ts", pins.sparkOperator.chart.repository, away);
    engine.stack("homelab", "homelab");
  });

  after(() => {
    (engine as Engine | undefined)?.end();
  });

  for (const command of [["preview"], ["up", "--yes", "--skip-preview"]])
    it(`${command.join(" ")} stops before anything is registered, with a line that names the chart, the reason and the fix`, () => {
      const { status, stdout, stderr } = engine.run([...command, "--stack", "homelab"], asking);
      assert.notEqual(status, 0);
      const line = `chart spark-operator ${pins.sparkOperator.chart.version} cannot be read from ${away}: `;
      const lines = (stdout + stderr).split("\n").filter((one) => one.includes(line));
      assert.match(
        lines[0] ?? "",
        /cannot be reached \(ECONNREFUSED\); run npx lakehouse charts --mirror on a machine that can read it/,
      );
      assert.doesNotMatch(stdout + stderr, /at .*\.ts:\d+|Namespace/);
      assert.deepEqual(
        engine.resources("homelab").filter(({ custom }) => custom),
        [],
      );
    });

  it("continues with a mirror, whose chart the release names", () => {
    const name = archiveName(pins.sparkOperator.chart);
    const archive = Buffer.from("a packed chart");
    mkdirSync(join(engine.program, "charts"));
    writeFileSync(join(engine.program, "charts", name), archive);
    writeFileSync(join(engine.program, "charts.lock.json"), chartLockText({ [name]: sha256(archive) }));
    const { status, stdout, stderr } = engine.run(["up", "--stack", "homelab", "--yes", "--skip-preview"], asking);
    assert.equal(status, 0, stderr + stdout.slice(-2000));
    const release = engine.resources("homelab").find(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    assert.equal(release?.inputs?.chart, `./charts/${name}`);
  });
});
