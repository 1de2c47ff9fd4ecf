"""Maintenance of every Iceberg table of the given namespaces, through Iceberg's own procedures, and of their Delta tables.

In this order: compact data files, position deletes and manifests; expire snapshots; remove orphan files. Readers are
not disturbed; time travel reaches back `--retain-days`, and at least `--retain-snapshots` snapshots, and to the last
commit of a streaming job that is less than `--retain-stream-days` ago. `--policies` has what is different for a
namespace or for a table. A table that fails is reported and does not stop the others; the job then ends with exit
code 1, as it does after it has compacted a table that had more than `--late-files` small files: it comes too seldom.
With `--look` nothing is changed: small files are counted, and the job ends with exit code 1 when a table has more of
them than its `--late-files`.
Delta tables are compacted, put in order by z-order, and cleaned of files that no version of that time needs.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import lakehouse_job as job
import lakehouse_tables as tables
from pyspark.sql import SparkSession

NAMESPACES = "bronze,silver,gold"
MINIMUM_ORPHAN_DAYS = 3  # a younger file may belong to a commit that is still being written


LISTING_TASKS = 64

SMALL = 0.75  # of the target: below it Iceberg compacts a file, above it leaves it (its min-file-size-bytes)
COLUMN = rf"{job.NAME}(\.{job.NAME})*"
ORDER = rf"{COLUMN}( (ASC|DESC))?( NULLS (FIRST|LAST))?"
SORT = re.compile(rf"{ORDER}(, ?{ORDER})*|zorder\({COLUMN}(, ?{COLUMN})+\)", re.IGNORECASE)


def sort_order(text: str) -> str:
    """Parse an order of rows as Iceberg's procedure takes it: nothing else gets into the SQL."""
    if not SORT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an order like 'day, amount DESC' or 'zorder(x, y)'")
    return text


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


def delta_tables_of(spark: SparkSession, namespaces: Sequence[str]) -> list[str]:
    """Return `namespace.table` of the Delta tables, sorted, in a stack that has Delta."""
    catalog = tables.DELTA_CATALOG
    if "DeltaCatalog" not in spark.conf.get(f"spark.sql.catalog.{catalog}", ""):
        return []
    existing = {row.namespace for row in spark.sql(f"SHOW NAMESPACES IN {catalog}").collect()}
    found = []
    for namespace in existing.intersection(namespaces):
        for row in spark.sql(f"SHOW TABLES IN {catalog}.{namespace}").collect():
            table = f"{namespace}.{row.tableName}"
            if not row.isTemporary and provider(spark, f"{catalog}.{namespace}.`{row.tableName}`") == "delta":
                found.append(table)
    return sorted(found)


def provider(spark: SparkSession, quoted: str) -> str | None:
    """Return what a table of the metastore is made by; Iceberg's own tables are there too."""
    try:
        described = spark.sql(f"DESCRIBE TABLE EXTENDED {quoted}").collect()
    except Exception:  # noqa: BLE001  (a table of another engine, which Spark cannot describe)
        return None
    return next((row.data_type.lower() for row in described if row.col_name == "Provider"), None)


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


def small_files(spark: SparkSession, args: argparse.Namespace, quoted: str) -> int:
    """Return how many data files of an Iceberg table are small enough to be compacted."""
    small = int(SMALL * args.target_file_mib * 1024 * 1024)
    return spark.sql(f"SELECT count(*) FROM {quoted}.data_files WHERE file_size_in_bytes < {small}").first()[0]


def small_delta_files(spark: SparkSession, args: argparse.Namespace, quoted: str) -> int:
    """Return how many data files of a Delta table are small enough to be compacted."""
    small = f"""SELECT count(*) FROM (SELECT DISTINCT _metadata.file_path, _metadata.file_size AS size FROM {quoted})
                WHERE size < {int(SMALL * args.target_file_mib * 1024 * 1024)}"""
    return spark.sql(small).first()[0]


def look(spark: SparkSession, args: argparse.Namespace, table: str) -> dict[str, int]:
    """Count the small files of one Iceberg table."""
    return {"small_files": small_files(spark, args, quoted_name(args.catalog, table))}


def look_delta(spark: SparkSession, args: argparse.Namespace, table: str) -> dict[str, int]:
    """Count the small files of one Delta table."""
    return {"small_files": small_delta_files(spark, args, quoted_name(tables.DELTA_CATALOG, table))}


def quoted_name(catalog: str, table: str) -> str:
    """Return `namespace.table` as SQL has it."""
    namespace, name = table.split(".", 1)
    return f"{catalog}.{namespace}.`{name}`"


def maintain(spark: SparkSession, args: argparse.Namespace, table: str) -> dict[str, int]:
    """Maintain one table; return what was done, in files, bytes and snapshots."""
    namespace, name = table.split(".", 1)
    quoted = quoted_name(args.catalog, table)

    def call(procedure: str, arguments: str = "") -> list:
        return spark.sql(
            f"CALL {args.catalog}.system.{procedure}(table => '{namespace}.`{name}`'{arguments})"
        ).collect()

    def count(metadata: str) -> int:
        return spark.sql(f"SELECT count(*) FROM {quoted}.{metadata}").first()[0]

    target = args.target_file_mib * 1024 * 1024
    files, snapshots = count("files"), count("snapshots")
    small = small_files(spark, args, quoted)
    options = {
        "target-file-size-bytes": target,
        "min-input-files": args.min_input_files,
        "remove-dangling-deletes": "true",
    }
    mapped = ", ".join(f"'{key}', '{value}'" for key, value in options.items())
    order = "" if args.sort is None else f", strategy => 'sort', sort_order => '{args.sort}'"
    data = call("rewrite_data_files", f"{order}, options => map({mapped})")[0]
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
        "small_files_before": small,
        "files_before": files,
        "files": count("files"),
        "snapshots_before": snapshots,
        "snapshots": count("snapshots"),
    }


def maintain_delta(spark: SparkSession, args: argparse.Namespace, table: str) -> dict[str, int]:
    """Maintain one Delta table; return what was done, in files."""
    quoted = quoted_name(tables.DELTA_CATALOG, table)
    target = args.target_file_mib * 1024 * 1024
    before = small_delta_files(spark, args, quoted)
    files = spark.sql(f"DESCRIBE DETAIL {quoted}").first().numFiles
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", str(target))
    spark.conf.set("spark.databricks.delta.optimize.minFileSize", str(int(SMALL * target)))
    order = "" if args.sort is None else f" ZORDER BY {args.sort[len('zorder') :]}"
    done = spark.sql(f"OPTIMIZE {quoted}{order}").first().metrics
    # A file that no version needs may belong to a commit that is still being written.
    days = max(args.retain_days, args.orphan_days)
    # Delta's own check refuses less than 7 days, also where the policy says so.
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    # By default it lists the folders of each table by 10 000 tasks.
    spark.conf.set("spark.sql.sources.parallelPartitionDiscovery.parallelism", str(LISTING_TASKS))
    spark.sql(f"VACUUM {quoted} RETAIN {days * 24} HOURS")
    return {
        "rewritten_files": done.numFilesRemoved,
        "added_files": done.numFilesAdded,
        "small_files_before": before,
        "files_before": files,
        "files": spark.sql(f"DESCRIBE DETAIL {quoted}").first().numFiles,
    }


def policy_arguments(made: argparse.ArgumentParser) -> None:
    """Add what a policy may say, for all tables or for some."""
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
    most = job.whole(1, 1_000_000)
    made.add_argument(
        "--late-files", type=most, default=10_000, help="more small files than these are too many (10000)"
    )
    made.add_argument("--sort", type=sort_order, help="order of the rows in compacted files (that in which they came)")


def policies(text: str) -> dict[str, dict[str, object]]:
    """Parse `{"gold": {"retain-days": 30}, "gold.daily_users": {"sort": "event_date"}}`, each as the arguments are."""
    try:
        given = json.loads(text)
        pairs = {name: [(str(key), str(value)) for key, value in said.items()] for name, said in given.items()}
    except (ValueError, AttributeError):
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON of policies by namespace or table") from None
    found: dict[str, dict[str, object]] = {}
    for name, said in pairs.items():
        made = job.Parser(allow_abbrev=False, add_help=False)
        policy_arguments(made)
        for action in made._actions:  # noqa: SLF001  (what a policy does not say is said by the namespace or by all)
            action.default = argparse.SUPPRESS
        job.identifier(name.count(".") + 1)(name)
        try:
            found[name] = vars(made.parse_args([f"--{key}={value}" for key, value in said]))
        except job.JobError as error:
            raise job.JobError(f"policy of {name}: {error}") from None
    return found


def policy_of(args: argparse.Namespace, table: str) -> argparse.Namespace:
    """Return what holds for a table: its own policy, then its namespace's, then the arguments."""
    said = [args.policies.get(name, {}) for name in (table.split(".", 1)[0], table)]
    return argparse.Namespace(**{**vars(args), **said[0], **said[1]})


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job; --help lists the arguments."""
    made = job.parser("Compact and clean the Iceberg and Delta tables of some namespaces.")
    made.add_argument("--namespaces", type=names, default=names(NAMESPACES), help=f"(default {NAMESPACES})")
    policy_arguments(made)
    made.add_argument("--look", action="store_true", help="count small files, and change nothing")
    made.add_argument("--policies", type=policies, default={}, help="JSON: what is different, by namespace or table")
    args = made.parse_args(argv)
    spark = job.session(args.catalog)
    name, found, work, work_delta = "table_maintenance", "small_files_before", maintain, maintain_delta
    if args.look:
        name, found, work, work_delta = "table_look", "small_files", look, look_delta
    delta = [(table, work_delta) for table in delta_tables_of(spark, args.namespaces)]
    # A namespace of Delta tables alone is not in the catalog of Iceberg tables where the two are apart.
    alone = {table.split(".", 1)[0] for table, _ in delta}
    known = {row.namespace for row in spark.sql(f"SHOW NAMESPACES IN {args.catalog}").collect()}
    iceberg = [name for name in args.namespaces if name in known or name not in alone]
    failed, late = 0, []
    for table, done_by in [(table, work) for table in tables_of(spark, args.catalog, iceberg)] + delta:
        policy = policy_of(args, table)
        try:
            done = done_by(spark, policy, table)
            job.report(job=name, table=table, **done)
            if done[found] > policy.late_files:
                late.append(table)
        except Exception as error:  # noqa: BLE001  (one broken table must not keep the others from being cleaned)
            failed += 1
            job.report(job=name, table=table, error=" ".join(str(error).split())[:500])
    if failed:
        print(f"table_maintenance.py: {failed} tables failed, see the lines above", file=sys.stderr, flush=True)
    if late:
        then = "it is time for maintenance" if args.look else "they are compacted now, and it comes too seldom"
        told = f"{', '.join(late)}: more small files than --late-files; {then}"
        print(f"table_maintenance.py: {told}", file=sys.stderr, flush=True)
    if failed or late:
        sys.exit(1)


if __name__ == "__main__":
    job.run(main)
