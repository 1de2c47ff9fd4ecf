import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PromtoolFiles } from "../../../components/observability/rules";

/** Whether Prometheus's own tool is on the PATH (Debian: package `prometheus`). */
export const promtoolFound = () => spawnSync("promtool", ["--version"]).status === 0;

/** Output of promtool for the rules and their tests. */
export function promtool(files: PromtoolFiles): { readonly ok: boolean; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    for (const [name, text] of Object.entries<string>({ ...files })) writeFileSync(join(folder, name), text);
    const runs = [
      ["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"],
      ["test", "rules", "tests.yaml"],
    ].map((args) => spawnSync("promtool", args, { cwd: folder, encoding: "utf8" }));
    return { ok: runs.every((run) => run.status === 0), output: runs.map((run) => run.stdout + run.stderr).join("\n") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
