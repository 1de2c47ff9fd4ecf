import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT } from "../../core/project";

const FILES = ["daily_etl.py", ".airflowignore"];

/**
 * DAG files of the checkout by name: beside the program, or below the current directory.
 * @throws Error with every path that was tried.
 */
export function readDagFolder(roots: readonly string[] = [PROJECT, process.cwd()]): Record<string, string> {
  const folders = roots.map((root) => join(root, "pipelines", "airflow"));
  const folder = folders.find((path) => FILES.every((file) => existsSync(join(path, file))));
  if (folder === undefined) {
    throw new Error(`${FILES.join(" and ")} not found in ${folders.join(" or ")}. Run from a complete checkout.`);
  }
  return Object.fromEntries(FILES.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
