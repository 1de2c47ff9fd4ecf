import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { ScheduledJob } from "../../core/capabilities";
import { PROJECT } from "../../core/project";
import { dagFiles } from "./config";
import type { AirflowSettings } from "./settings";

const FILES = ["daily_etl.py", ".airflowignore"];
const MERGE = ["airflow/merge_changes.py", "sql/merge_changes.sql"];

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

/** The DAG folder of the stack's own Airflow: DAGs whose jobs the stack has, and the merge of changes where it is on. */
export function deliveredDags({ merge }: AirflowSettings, jobs: readonly ScheduledJob[]): Record<string, string> {
  const { "daily_etl.py": daily, ...rest } = readDagFolder();
  const merges = merge.enabled ? MERGE : [];
  return {
    ...(jobs.length === 0 || daily === undefined ? rest : dagFiles({ "daily_etl.py": daily, ...rest }, jobs)),
    ...Object.fromEntries(
      merges.map((path) => [basename(path), readFileSync(join(PROJECT, "pipelines", path), "utf8")]),
    ),
  };
}
