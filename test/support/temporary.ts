import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which is removed when the tests have run. */
export function temporary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `lakehouse-${name}-`));
  folders.push(folder);
  return folder;
}
