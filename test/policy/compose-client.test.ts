import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { compose } from "../../compose";
import { stackSettings } from "../../preview/plan";
import { MissingTool, obtain } from "../../sandbox/control-plane/obtain";
import { shippedConfig, type StackName } from "../support/stacks";
import { temporary } from "../support/temporary";

const run = promisify(execFile);
/** Milliseconds. The client is built from its Go modules once. */
const BUILDS = 3_600_000;

interface Project {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, string | null>>;
        readonly command?: readonly string[] | null;
        readonly volumes?: readonly { readonly type: string; readonly source: string }[];
        readonly deploy: { readonly resources: { readonly limits: { readonly memory?: string } } };
      }
    >
  >;
}

describe("a stack for compose, read by compose itself (slow)", function () {
  this.timeout(BUILDS);
  let client: string;

  before(async function () {
    try {
      client = await obtain("docker-compose");
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error;
      console.error(`skipped: ${error.message}`);
      this.skip();
    }
  });

  const cases: readonly (readonly [stack: StackName, wanted: readonly string[]])[] = [
    ["dev", ["trino", "valkey", "hasura"]],
    ["dev", ["kafka", "mariadb"]],
    ["dev", ["connect", "spark-connect", "spark-history", "opensearch"]],
    ["prod", ["trino", "presto", "druid", "milvus", "valkey"]],
  ];
  for (const [stack, wanted] of cases)
    it(`of ${stack}: ${wanted.join(", ")}`, async () => {
      const config = shippedConfig(stack);
      const composed = await compose(config, stackSettings(config), { with: wanted });
      const folder = temporary("compose-client");
      for (const [path, { text, mode }] of composed.files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        chmodSync(join(folder, path), mode);
      }
      const { stdout, stderr } = await run(client, ["config", "--format", "json", "--no-interpolate=false"], {
        cwd: folder,
        maxBuffer: 2 ** 26,
      });
      assert.equal(stderr, "", "the client warns");
      const { services } = JSON.parse(stdout) as Project;
      const made = [...composed.model.groups.values()].flatMap((group) => [...group]);
      assert.deepEqual(Object.keys(services).toSorted(), made.map(([name]) => name).toSorted());
      for (const [name, { environment = {}, volumes = [], deploy }] of Object.entries(services)) {
        for (const [variable, value] of Object.entries(environment))
          assert.ok(value !== null && !/\$\{[A-Z]/.test(value), `${name}: ${variable} has no value`);
        assert.ok(Number(deploy.resources.limits.memory) > 0, `${name} has no limit`);
        for (const { type, source } of volumes.filter((one) => one.type === "bind"))
          assert.ok(source.startsWith(folder), `${name}: ${type} ${source}`);
      }
    });
});
