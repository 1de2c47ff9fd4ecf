"""Maintenance of every Iceberg table of the given namespaces, through Iceberg's own procedures.

In this order: compact data files, position deletes and manifests; expire snapshots; remove orphan files. Readers are
not disturbed; time travel reaches back `--retain-days`, and at least `--retain-snapshots` snapshots, and to the last
commit of a streaming job that is less than `--retain-stream-days` ago. A table that fails is reported and does not
stop the others; the job then ends with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import lakehouse_job as job
from pyspark.sql import SparkSession

NAMESPACES = "bronze,silver,gold"
MINIMUM_ORPHAN_DAYS = 3  # a younger file may belong to a commit that is still being written


def names(text: str) -> list[str]:
    """Parse a comma-separated list of namespaces."""
    return [job.identifier(1)(name.strip()) for name in text.split(",")]


def tables_of(spark: SparkSession, catalog: str, namespaces: Sequence[str]) -> list[str]:
    """Return `namespace.table` of all tables, sorted; a namespace that is missing is a wrong input."""
    existing = {row.namespace for row in spark.sql(f"SHOW NAMESPACES IN {catalog}").collect()}
    missing = [name for name in namespaces if name not in existing]
    if missing:
        known = ", ".join(sorted(existing)) or "none"
        raise job.JobError(f"namespace {', '.join(missing)} does not exist in catalog {catalog}; existing: {known}")
    found = [row for name in namespaces for row in spark.sql(f"SHOW TABLES IN {catalog}.{name}").collect()]
    return sorted({f"{row.namespace}.{row.tableName}" for row in found if not row.isTemporary})


def days_ago(days: int) -> str:
    """Return the SQL literal of the instant so many days before now (the session's time zone is UTC)."""
    return f"TIMESTAMP '{datetime.now(timezone.utc) - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}'"


def oldest_kept(spark: SparkSession, quoted: str, args: argparse.Namespace) -> str:
    """Return the SQL of the instant before which snapshots expire.

    A Flink job that goes on from a checkpoint looks in the table's history for what it has committed already. Without
    its last snapshot, and those since then, it would commit that again, from files that it has deleted: it
    never starts.
    """
    kept, waited = days_ago(args.retain_days), days_ago(args.retain_stream_days)
    streamed = f"SELECT max(committed_at) FROM {quoted}.snapshots WHERE summary['flink.job-id'] IS NOT NULL"
    earlier = f"date_format(least({kept}, s), 'yyyy-MM-dd HH:mm:ss.SSS')"
    row = spark.sql(f"SELECT {earlier} FROM ({streamed}) AS t(s) WHERE s > {waited}").first()
    return kept if row is None else f"TIMESTAMP '{row[0]}'"


def maintain(spark: SparkSession, args: argparse.Namespace, table: str) -> dict[str, int]:
    """Maintain one table; return what was done, in files, bytes and snapshots."""
    namespace, name = table.split(".", 1)
    quoted = f"{args.catalog}.{namespace}.`{name}`"

    def call(procedure: str, arguments: str = "") -> list:
        return spark.sql(
            f"CALL {args.catalog}.system.{procedure}(table => '{namespace}.`{name}`'{arguments})"
        ).collect()

    def count(metadata: str) -> int:
        return spark.sql(f"SELECT count(*) FROM {quoted}.{metadata}").first()[0]

    files, snapshots = count("files"), count("snapshots")
    options = {
        "target-file-size-bytes": args.target_file_mib * 1024 * 1024,
        "min-input-files": args.min_input_files,
        "remove-dangling-deletes": "true",
    }
    mapped = ", ".join(f"'{key}', '{value}'" for key, value in options.items())
    data = call("rewrite_data_files", f", options => map({mapped})")[0]
    # Compacted data keeps its sequence number, so its old position deletes look alive until they are rewritten too.
    deletes = call("rewrite_position_delete_files", ", options => map('rewrite-all', 'true')")[0]
    manifests = call("rewrite_manifests")[0]
    kept = f", older_than => {oldest_kept(spark, quoted, args)}, retain_last => {args.retain_snapshots}"
    expired = call("expire_snapshots", f"{kept}, stream_results => true")[0]
    # prefix_listing asks the table's own FileIO: with S3FileIO there is no Hadoop file system for s3://.
    orphans = call("remove_orphan_files", f", older_than => {days_ago(args.orphan_days)}, prefix_listing => true")
    return {
        "rewritten_files": data.rewritten_data_files_count,
        "added_files": data.added_data_files_count,
        "rewritten_bytes": data.rewritten_bytes_count,
        "removed_delete_files": data.removed_delete_files_count
        + deletes.rewritten_delete_files_count
        - deletes.added_delete_files_count,
        "rewritten_manifests": manifests.rewritten_manifests_count,
        "expired_snapshots": expired.deleted_manifest_lists_count,
        "deleted_files": expired.deleted_data_files_count
        + expired.deleted_position_delete_files_count
        + expired.deleted_equality_delete_files_count,
        "orphan_files": len(orphans),
        "files_before": files,
        "files": count("files"),
        "snapshots_before": snapshots,
        "snapshots": count("snapshots"),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job; --help lists the arguments."""
    made = job.parser("Compact and clean the Iceberg tables of some namespaces.")
    made.add_argument("--namespaces", type=names, default=names(NAMESPACES), help=f"(default {NAMESPACES})")
    made.add_argument("--retain-days", type=job.whole(0), default=7, help="snapshots expire after so many days (7)")
    made.add_argument("--retain-snapshots", type=job.whole(1), default=10, help="so many are always kept (10)")
    made.add_argument(
        "--retain-stream-days",
        type=job.whole(0),
        default=30,
        help="so long a streaming job may be away and still find what it has committed (30)",
    )
    orphan = job.whole(MINIMUM_ORPHAN_DAYS)
    made.add_argument("--orphan-days", type=orphan, default=MINIMUM_ORPHAN_DAYS, help="least age of an orphan (3)")
    made.add_argument("--target-file-mib", type=job.whole(1), default=512, help="size of a data file (512 MiB)")
    made.add_argument("--min-input-files", type=job.whole(2), default=5, help="compact from so many small files (5)")
    args = made.parse_args(argv)
    spark = job.session(args.catalog)
    failed = 0
    for table in tables_of(spark, args.catalog, args.namespaces):
        try:
            job.report(job="table_maintenance", table=table, **maintain(spark, args, table))
        except Exception as error:  # noqa: BLE001  (one broken table must not keep the others from being cleaned)
            failed += 1
            job.report(job="table_maintenance", table=table, error=" ".join(str(error).split())[:500])
    if failed:
        print(f"table_maintenance.py: {failed} tables failed, see the lines above", file=sys.stderr, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    job.run(main)
