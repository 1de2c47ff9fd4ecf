import { MiB } from "../core/quantity";
import type { TableFormats } from "../core/table-formats";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Default properties of every Iceberg table. Names and meanings: Iceberg's `TableProperties` and its configuration page.
 * Partitioning is set for each table and hidden: a query names columns, never partitions.
 */
export const ICEBERG_TABLE_DEFAULTS = {
  // The requirements name 2, which every engine here reads and writes. `catalog.formats` may choose 3.
  "format-version": "2",
  "write.format.default": "parquet",
  "write.parquet.compression-codec": "zstd",
  // Bytes. Iceberg's own default, written out because compaction packs files to the same size.
  "write.target-file-size-bytes": String(512 * MiB),
  // One writer gets all rows of a partition: fewer, larger files.
  "write.distribution-mode": "hash",
  // Each commit writes a metadata file; without these two they stay for ever.
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "50",
  // Reach of time travel after snapshots are expired.
  "history.expire.max-snapshot-age-ms": String(7 * DAY_MS),
  "history.expire.min-snapshots-to-keep": "5",
  // Streaming writers and compaction commit to the same table; the default of 4 gives up too early.
  "commit.retry.num-retries": "10",
} as const satisfies Record<string, string>;

/** Properties of one table, or of those for which the settings say nothing else. */
export const icebergTableDefaults = (formats: TableFormats, table?: string): Record<string, string> => {
  const version = table === undefined ? formats.icebergVersion : formats.of(table).format === "iceberg 3" ? 3 : 2;
  return { ...ICEBERG_TABLE_DEFAULTS, "format-version": String(version) };
};

/** The same as properties of a catalog: engines set properties with the prefix `table-default.` on each table that they create. */
export function tableDefaultProperties(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ICEBERG_TABLE_DEFAULTS).map(([key, value]) => [`table-default.${key}`, value]),
  );
}
