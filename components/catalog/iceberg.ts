import { MiB } from "../core/quantity";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Properties of every Iceberg table that does not say otherwise. Names and meanings: Iceberg's `TableProperties` and its
 * configuration page. Partitions are each table's own and hidden: a query names columns, never partitions.
 */
export const ICEBERG_TABLE_DEFAULTS = {
  // Version 3 exists; 2 is what the requirements name and what every engine here reads and writes.
  "format-version": "2",
  "write.format.default": "parquet",
  "write.parquet.compression-codec": "zstd",
  // Bytes. Iceberg's own default, written out because compaction packs files to the same size.
  "write.target-file-size-bytes": String(512 * MiB),
  // Rows of one partition meet in one writer: fewer, larger files.
  "write.distribution-mode": "hash",
  // Each commit writes a metadata file; without these two they stay for ever.
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "50",
  // How far back time travel reaches once snapshots are expired.
  "history.expire.max-snapshot-age-ms": String(7 * DAY_MS),
  "history.expire.min-snapshots-to-keep": "5",
  // Streaming writers and compaction commit to the same table; the default of 4 gives up too early.
  "commit.retry.num-retries": "10",
} as const satisfies Record<string, string>;

/** The same as properties of a catalog: Iceberg's engines put what follows `table-default.` into each table they create. */
export function tableDefaultProperties(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ICEBERG_TABLE_DEFAULTS).map(([key, value]) => [`table-default.${key}`, value]),
  );
}
