import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A job as it is defined in the cluster, for the scheduler to submit. */
export interface SparkJob {
  /** A DNS-1035 label: Services of a run are named after it. */
  readonly name: string;
  /** In `pipelines/spark`. */
  readonly file: string;
  /** Always given; the scheduler adds the day. */
  readonly arguments: readonly string[];
}

export const SPARK_JOBS: readonly SparkJob[] = [
  { name: "bronze-to-silver", file: "bronze_to_silver.py", arguments: [] },
  { name: "silver-to-gold", file: "silver_to_gold.py", arguments: [] },
  // Not bronze: Spark's grant there is to append, and expiring snapshots deletes files.
  { name: "table-maintenance", file: "table_maintenance.py", arguments: ["--namespaces", "silver,gold"] },
];

/** Where the jobs stand in a driver. */
export const JOB_DIRECTORY = "/opt/lakehouse/jobs";
/** The ConfigMap that holds them. */
export const JOB_CONFIG_MAP = "spark-jobs";

/** The Python files of the repository's jobs by name: the jobs and what they import. */
export function jobFiles(
  directory: string = join(__dirname, "..", "..", "pipelines", "spark"),
): Record<string, string> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".py"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}
