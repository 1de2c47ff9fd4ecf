import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { archiveName, chartLockText, sha256 } from "../../components/core/chart-mirror";
import { charts } from "../../components/core/versions";
import { freePorts } from "../../sandbox/core/ports";
import { Engine, pulumiCli } from "./engine";

/** Homelab has one chart: the other operators are there already. */
describe("Pulumi's real engine, where the repository of a chart is away", function () {
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
    engine.edit("components/core/versions.ts", charts.sparkOperator.repository, away);
    engine.stack("homelab", "homelab");
  });

  after(() => {
    (engine as Engine | undefined)?.end();
  });

  for (const command of [["preview"], ["up", "--yes", "--skip-preview"]])
    it(`${command.join(" ")} stops before anything is registered, and a line says which, why, and what to do`, () => {
      const { status, stdout, stderr } = engine.run([...command, "--stack", "homelab"], asking);
      assert.notEqual(status, 0);
      const line = `chart spark-operator ${charts.sparkOperator.version} cannot be read from ${away}: `;
      const lines = (stdout + stderr).split("\n").filter((one) => one.includes(line));
      assert.match(
        lines[0] ?? "",
        /cannot be reached \(ECONNREFUSED\); run npx lakehouse charts --mirror where it can be/,
      );
      assert.doesNotMatch(stdout + stderr, /at .*\.ts:\d+|Namespace/);
      assert.deepEqual(
        engine.resources("homelab").filter(({ custom }) => custom),
        [],
      );
    });

  it("goes on with a mirror, whose chart the release names", () => {
    const name = archiveName(charts.sparkOperator);
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
