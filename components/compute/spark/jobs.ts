import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Mount } from "../../core/operated-pod";
import { PROJECT } from "../../core/project";
import { maintained } from "./maintenance";
import type { SparkSettings } from "./settings";

export type JobName = "bronze-to-silver" | "silver-to-gold" | "table-maintenance";
/** The look at tables between two runs of maintenance. The operator runs it in every stack: it is part of no flow. */
export const LOOK = "table-look";

/** A job as it is defined in the cluster, for the scheduler to submit. */
export interface SparkJob {
  /** A DNS-1035 label: Services of a run are named after it. */
  readonly name: JobName | typeof LOOK;
  /** In `pipelines/spark`. */
  readonly file: string;
  /** Arguments of every run; the scheduler adds the day. */
  readonly arguments: readonly string[];
  /** Further arguments of a run in stacks without a scheduler, which would name the days. @default none */
  readonly unattended?: readonly string[];
  /** Executors of a run at the most. @default those of all jobs */
  readonly executors?: number;
}

/** Yesterday and the two days before, as in the DAG: that includes late records and the days of failed runs. */
const LAST_DAYS = ["--days", "3"] as const;

export const SPARK_JOBS = [
  { name: "bronze-to-silver", file: "bronze_to_silver.py", arguments: [], unattended: LAST_DAYS },
  { name: "silver-to-gold", file: "silver_to_gold.py", arguments: [], unattended: LAST_DAYS },
  { name: "table-maintenance", file: "table_maintenance.py", arguments: [] },
] as const satisfies readonly SparkJob[];

/** A job of the flow, which has a schedule and a place in a queue. */
type FlowJob = SparkJob & { readonly name: JobName };

/** The jobs with what the settings say of their arguments. */
export const sparkJobs = ({ maintenance }: SparkSettings): readonly FlowJob[] =>
  SPARK_JOBS.map((job) => (job.name === "table-maintenance" ? { ...job, arguments: maintained(maintenance) } : job));

/** The look by the policies of maintenance, where the settings want one. */
export const lookJob = ({ maintenance }: Pick<SparkSettings, "maintenance">): SparkJob | undefined =>
  maintenance.lookHours === undefined
    ? undefined
    : { name: LOOK, file: "table_maintenance.py", arguments: ["--look", ...maintained(maintenance)], executors: 1 };

/** Its schedule, away from the full and half hours at which others begin. */
export const lookSchedule = (hours: number): string => `15 */${String(hours)} * * *`;

/** Directory of the jobs in a driver. */
export const JOB_DIRECTORY = "/opt/lakehouse/jobs";
/** The ConfigMap that holds them. */
export const JOB_CONFIG_MAP = "spark-jobs";

/** The volume of drivers that has them. */
export const JOBS: Mount = {
  volume: { name: "jobs", configMap: { name: JOB_CONFIG_MAP } },
  path: JOB_DIRECTORY,
  readOnly: true,
};

/** The Python files of the repository's jobs by name: the jobs and what they import. */
export function jobFiles(directory: string = join(PROJECT, "pipelines", "spark")): Record<string, string> {
  const names = readdirSync(directory).filter((name) => name.endsWith(".py"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}
