import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";
import { record } from "../../preview/recorder";
import { resolveNeeds } from "../../components/core/given";
import { trino } from "../../components/query/trino/system";

const [, program = ""] =
  /```ts\n\/\/ index\.ts\n(.*?)```/s.exec(readFileSync(join(PROJECT_FOLDER, "docs/compose.md"), "utf8")) ?? [];

describe("a user's own program, as in docs/compose.md,", function () {
  this.timeout(30 * 60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-compose-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(PROJECT_FOLDER, join(folder, "node_modules", "open-lakehouse"));
    writeFileSync(join(folder, "index.ts"), program);
    const compilerOptions = {
      skipLibCheck: true,
      noEmit: true,
      noCheck: false,
      typeRoots: [join(PROJECT_FOLDER, "node_modules/@types")],
    };
    const config = { extends: join(PROJECT_FOLDER, "tsconfig.json"), compilerOptions, include: ["index.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("compiles", () => {
    const tsc = join(PROJECT_FOLDER, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    equal(status, 0, stdout);
  });

  it("is planned with three layers, and nothing of the others", async () => {
    const { recorded } = await record(
      () => createRequire(__filename)(join(folder, "index.ts")) as unknown,
      { values: {}, secretKeys: [] },
      { project: "somebody", stack: "else" },
    );
    const made = (prefix: string) =>
      recorded.map(({ type }) => type).filter((type) => type.startsWith(prefix) && type.split(":").length === 3);
    deepEqual(
      [...new Set(made("lakehouse:"))].filter((type) => /:(Storage|Catalog|Query|Compute|Streaming)$/.test(type)),
      ["lakehouse:storage:Storage", "lakehouse:catalog:Catalog", "lakehouse:query:Query"],
    );
    for (const type of ["lakehouse:storage:Minio", "lakehouse:storage:Postgres", "lakehouse:query:Trino"])
      ok(
        recorded.some((each) => each.type === type),
        type,
      );
    ok(!recorded.some(({ type }) => type.startsWith("lakehouse:compute:")));
  });

  it("gets an error that names what a layer lacks", () => {
    throws(
      () => resolveNeeds("lakehouse:query.trino", trino.needs, {}),
      /lakehouse:query\.trino needs an object store, and no system gives one/,
    );
  });
});
