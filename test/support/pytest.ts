import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command } from "../../sandbox/engines/obtain/command";

/**
 * Runs a Python program's own tests. Fails with their output, and where one of them was skipped.
 * @param python the interpreter, in an environment with pytest
 * @returns number of tests
 */
export async function pytest(
  python: string,
  arguments_: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-pytest-"));
  try {
    // In JUnit's format.
    const report = join(folder, "report.xml");
    const given = ["-p", "no:cacheprovider", `--junitxml=${report}`, `--basetemp=${join(folder, "tmp")}`];
    await command([python, "-m", "pytest", ...given, ...arguments_], {
      cwd,
      env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
    const [, suite = ""] = /<testsuite ([^>]*)>/.exec(readFileSync(report, "utf8")) ?? [];
    const number = (attribute: string) => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(suite)?.[1]);
    const others = { failures: number("failures"), errors: number("errors"), skipped: number("skipped") };
    assert.deepEqual(others, { failures: 0, errors: 0, skipped: 0 });
    return number("tests");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
