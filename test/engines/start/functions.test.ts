import { deepEqual, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { declaration } from "../../../components/streaming/knative/config";
import { knative } from "../../../components/streaming/knative/settings";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import type { Tools } from "../../../sandbox/engines/obtain";
import { pytest } from "../../support/pytest";

const CODE = join(PROJECT_FOLDER, "pipelines", "functions", "cleaning");
const LAKE = { endpoint: "http://minio:9000", region: "eu", bronze: "b", silver: "s" };
const LARGE = { namespace: "lakehouse-compute", model: "bronze-to-silver", labels: { a: "b" } };
const RULES = { columns: { id: "integer", price: "decimal(9,2)" }, required: ["id"], key: ["id"] };

describe("cleaning functions", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let tools: Tools;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    tools = await obtain(() => undefined, ["minio", "functions"]);
    run = Run.start("functions");
  });
  after(async () => {
    await run?.end();
  });

  const python = () => join(tools.functions, "bin", "python");

  it("reads the declaration that the stack renders", async () => {
    const given = { enabled: true, functions: { orders: { from: "in/", to: "out/", rules: RULES } } };
    const one = knative.parse(given).functions.orders!;
    const file = join(run!.folder, "cleaning.json");
    writeFileSync(file, declaration("orders", one, LAKE, LARGE));
    const script =
      "import sys, pathlib, json; from cleaning.declared import declared; d = declared(pathlib.Path(sys.argv[1])); print(json.dumps([d.name, d.source.prefix, d.target.bucket, d.quarantine.prefix, dict(d.rules.columns), d.most, d.spark.above, d.spark.model, d.spark.program]))";
    const said = await command([python(), "-c", script, file], { cwd: CODE });
    deepEqual(JSON.parse(said), [
      "functions-orders",
      "in/",
      "s",
      "quarantine/functions-orders/",
      RULES.columns,
      64 * 2 ** 20,
      64 * 2 ** 20,
      "bronze-to-silver",
      "local:///opt/lakehouse/jobs/clean_object.py",
    ]);
  });

  it("passes its own tests on MinIO, and skips none: twice, at once, late, killed, without its store", async () => {
    const env = { CLEANING_TEST_MINIO: join(tools.minio, "minio"), PATH: process.env.PATH ?? "" };
    ok((await pytest(python(), [], { cwd: CODE, env })) > 50);
  });
});
