import { z } from "zod";

import { count, disk, section } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { MiB } from "../../core/quantity";

/** What is kept and compacted of Iceberg tables: settings, and the arguments of `pipelines/spark/table_maintenance.py`. */

const NAMESPACE = "a namespace of the catalog: letters, digits and '_', beginning with no digit";
const OF = "a namespace (gold) or a table (gold.daily_users)";
const COLUMN = "[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*";
const ORDER = `${COLUMN}( (ASC|DESC))?( NULLS (FIRST|LAST))?`;
const SORT = "columns (day, amount DESC), or zorder(x, y)";

/** The default of each is the job's own. */
const policy = {
  targetFileSize: disk.optional().describe("size of a data file; smaller ones are compacted; default 512Mi"),
  minInputFiles: count(2, 9999).optional().describe("compacts from so many small files of a partition on; default 5"),
  lateFiles: count(1, 1_000_000)
    .optional()
    .describe(
      "a run that finds more small files fails after it has compacted them, and a look fails: runs are too seldom; default 10000",
    ),
  retainDays: count(0, 9999).optional().describe("days that time travel reaches back; default 7"),
  retainSnapshots: count(1, 9999).optional().describe("snapshots that are kept however old they are; default 10"),
  retainStreamDays: count(0, 9999)
    .optional()
    .describe("days that a streaming job may be away and still find what it has committed; default 30"),
  orphanDays: count(3, 9999)
    .optional()
    .describe("least age in days of files without a table that are removed; default 3"),
  sort: z
    .string({ error: SORT })
    .regex(new RegExp(`^(${ORDER}(, ?${ORDER})*|zorder\\(${COLUMN}(, ?${COLUMN})+\\))$`, "i"), { error: SORT })
    .optional()
    .describe("order of the rows in compacted files: columns, or zorder of several; default that in which they came"),
};

export const maintenance = section({
  namespaces: z
    .array(z.string({ error: NAMESPACE }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: NAMESPACE }), { error: "a list" })
    .min(1, { error: "at least one namespace" })
    // Not bronze: expiring snapshots deletes files, and Spark may only append there.
    .default(["silver", "gold"])
    .describe("namespaces whose tables are maintained; default silver and gold"),
  within: count(1, 2160)
    .default(26)
    .describe("hours in which a run succeeds; else TableMaintenanceStalled tells; default 26, for a run a day"),
  // A divisor of the day or not: the last hours of a day are never longer apart than these.
  lookHours: count(1, 12)
    .optional()
    .describe("hours between looks at small files between the runs: TableFilesSmall tells; default none"),
  ...policy,
  policies: z
    .record(
      z.string({ error: OF }).regex(/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/, { error: OF }),
      section(policy),
      { error: "policies by namespace or table" },
    )
    .default({})
    .describe("what is different, by namespace or table; a table's goes before its namespace's"),
}).prefault({});

export type Maintenance = z.output<typeof maintenance>;
type Policy = z.output<ReturnType<typeof section<typeof policy>>>;

const ARGUMENTS = {
  targetFileSize: "target-file-mib",
  minInputFiles: "min-input-files",
  lateFiles: "late-files",
  retainDays: "retain-days",
  retainSnapshots: "retain-snapshots",
  retainStreamDays: "retain-stream-days",
  orphanDays: "orphan-days",
  sort: "sort",
} as const satisfies Record<keyof Policy, string>;

/** Arguments by name, of what a policy says. */
function said(of: Policy): Record<string, string | number> {
  const keys = Object.keys(ARGUMENTS) as (keyof Policy)[];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = of[key];
      if (value === undefined) return [];
      return [[ARGUMENTS[key], key === "targetFileSize" ? Math.max(1, Math.round(Number(value) / MiB)) : value]];
    }),
  );
}

/** Each policy is of what is maintained. */
export function* maintainedPolicies({
  maintenance: { namespaces, policies },
}: {
  readonly maintenance: Maintenance;
}): Iterable<Mistake> {
  for (const name of Object.keys(policies)) {
    const [namespace = ""] = name.split(".");
    if (!namespaces.includes(namespace))
      yield {
        path: `lakehouse:compute.spark.maintenance.policies.${name}`,
        message: `given for ${namespace}, which is not maintained; allowed: ${namespaces.join(", ")}, and their tables`,
      };
  }
}

/** Arguments of the job. */
export function maintained({ namespaces, policies, within: _, lookHours: __, ...all }: Maintenance): string[] {
  const different = Object.fromEntries(Object.entries(policies).map(([name, of]) => [name, said(of)]));
  return [
    "--namespaces",
    namespaces.join(","),
    ...Object.entries(said(all)).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(Object.keys(different).length === 0 ? [] : ["--policies", JSON.stringify(different)]),
  ];
}
