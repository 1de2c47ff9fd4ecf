import { equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { parseDocument } from "yaml";

import { PROJECT_FOLDER } from "../../inputs/project";
import { type Ended, lakehouse } from "../unit/cli/command";

/** Files of the project that a plan reads. */
const PROGRAM = [
  ...[
    "bin",
    "cli",
    "components",
    "docs",
    "bootstrap",
    "compose",
    "fitting",
    "packaging",
    "inputs",
    "pricing",
    "pipelines",
    "planner",
    "policies",
    "preview",
    "sandbox",
    "scripts",
  ],
  ...["index.ts", "package.json", "tsconfig.json", "Pulumi.yaml", "Pulumi.dev.yaml"],
];
const PATIENCE_MS = 30 * 60_000;

/** Code blocks of the page, by the file that their first line names. */
const blocks = new Map(
  [
    ...readFileSync(join(PROJECT_FOLDER, "docs/extend.md"), "utf8").matchAll(/```\w+\n(?:\/\/|#) (\S+)\n(.*?)```/gs),
  ].map(([, path = "", text = ""]) => [path, text]),
);

describe("a new system, as in docs/extend.md,", function () {
  this.timeout(PATIENCE_MS);
  let copy: string;
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "lakehouse-extend-"));
    for (const path of PROGRAM) cpSync(join(PROJECT_FOLDER, path), join(copy, path), { recursive: true });
    symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(copy, "node_modules"));
  });
  after(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  const edit = (path: string, change: (text: string) => string) => {
    writeFileSync(join(copy, path), change(readFileSync(join(copy, path), "utf8")));
  };
  const plan = (): Promise<Ended> =>
    lakehouse(["plan", "--stack", "dev", "--details", "--out", join(copy, "out")], { cwd: copy }, copy).ended;

  it("is refused before its line is added", async () => {
    const settings = parseDocument(blocks.get("Pulumi.dev.yaml") ?? "").toJS() as Record<string, object>;
    edit("Pulumi.dev.yaml", (text) => {
      const document = parseDocument(text);
      for (const [key, value] of Object.entries(settings))
        for (const [inner, given] of Object.entries(value)) document.setIn(["config", key, inner], given);
      return document.toString();
    });
    const { status, stderr } = await plan();
    equal(status, 2, stderr);
    match(stderr, /lakehouse:query\.greeter: unknown setting/);
  });

  it("is planned with two files and one line, without violations", async () => {
    const line = blocks.get("components/systems.ts") ?? "";
    edit("components/systems.ts", (text) => `${line}${text.replace(/\n\] as const;/, "\n  greeter,\n] as const;")}`);
    for (const [path, text] of blocks) {
      if (!path.startsWith("components/query/greeter/")) continue;
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    equal(blocks.size, 4);
    const { status, stdout, stderr } = await plan();
    equal(status, 0, `${stdout}${stderr}`);
    match(stdout, /greeter/);
    const rendered = readdirSync(join(copy, "out/dev/manifests"), { recursive: true }).map(String);
    for (const part of [
      "lakehouse-query/deployment-greeter-server.yaml",
      "lakehouse-query/service-greeter.yaml",
      "lakehouse-query/networkpolicy-greeter-to-postgres.yaml",
      "lakehouse-storage/networkpolicy-postgres-from-greeter.yaml",
      "lakehouse-query/secret-greeter-postgres.yaml",
    ])
      ok(rendered.includes(part), part);
  });

  it("compiles without errors", () => {
    const tsc = join(PROJECT_FOLDER, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "--noCheck", "false"], {
      cwd: copy,
      encoding: "utf8",
    });
    equal(status, 0, stdout);
  });
});
