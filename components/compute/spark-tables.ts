import type { TableEngine, TableFormat } from "../core/table-formats";
import { shared } from "../core/versions";

/** Iceberg 1.10 writes deletion vectors and keeps the lineage of rows on Spark 4.0; Delta by its own libraries. */
export const sparkTables: TableEngine = {
  name: `Spark ${shared.spark.version}`,
  does: { "iceberg 2": "writes", "iceberg 3": "writes", "delta": "writes" },
};

const ICEBERG: readonly TableFormat[] = ["iceberg 2", "iceberg 3"];

/**
 * Tables of the jobs. Raw data may not be deleted, not even Delta's own checkpoints; silver is partitioned by the day of a time, which
 * Delta has as a further column only.
 */
export const jobTables: Readonly<Record<string, readonly TableFormat[]>> = {
  "bronze.events": ICEBERG,
  "silver.events": ICEBERG,
  "silver.events_rejected": ICEBERG,
  "gold.daily_events": [...ICEBERG, "delta"],
  "gold.daily_users": [...ICEBERG, "delta"],
};
