import { ok } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { PATIENCE } from "../../../sandbox/core/until";
import { javaHome } from "../../../sandbox/engines/java-home";
import { obtain } from "../../../sandbox/engines/obtain";
import { pytest } from "../../support/pytest";

/** The pipelines' own tests, in the engines' environments; pytest is that of the query API. */
describe("the pipelines", function () {
  this.timeout(PATIENCE);
  before(function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
  });

  const packages = (environment: string) => {
    const lib = join(environment, "lib");
    return join(lib, readdirSync(lib).find((name) => name.startsWith("python3")) ?? "", "site-packages");
  };

  it("pass their tests on Spark, and skip none", async () => {
    const { queryApi, python, icebergSpark } = await obtain(() => undefined, ["queryApi", "python", "icebergSpark"]);
    const env = { PYTHONPATH: packages(python), ICEBERG_JAR: icebergSpark, JAVA_HOME: javaHome(17, 22) };
    const tests = await pytest(join(queryApi, "bin", "python"), ["test/pipelines/spark"], { cwd: PROJECT_FOLDER, env });
    ok(tests > 40, `${String(tests)} proofs`);
  });

  it("pass their tests on Airflow, and skip none", async () => {
    const { queryApi, airflow } = await obtain(() => undefined, ["queryApi", "airflow"]);
    const env = { PYTHONPATH: packages(airflow) };
    const tests = await pytest(join(queryApi, "bin", "python"), ["test/pipelines/airflow"], {
      cwd: PROJECT_FOLDER,
      env,
    });
    ok(tests > 10, `${String(tests)} proofs`);
  });
});
