"""Bronze to silver: cast, validate and deduplicate the raw events of the UTC days they were ingested on.

Guarantees: a row of bronze ends in silver, or with its reasons in the dead-letter table, or is a copy of an event that
silver holds; among copies of an event the one ingested last wins; a re-run neither loses nor doubles, and one that
changes nothing does not write to silver. Days are days of `ingested_at`, so events that arrive late are found too.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

import lakehouse_job as job
import lakehouse_tables as tables
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import ArrayType, MapType, StructField, StructType

REQUIRED = ("event_id", "event_time", "user_id", "event_type", "properties", "ingested_at")
JSON = {"timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "ignoreNullFields": "false"}
STRINGS = "map<string,string>"


def blank_to_null(column: str) -> Column:
    """Trim; the empty string counts as missing."""
    return F.nullif(F.trim(F.col(column).cast("string")), F.lit(""))


def check(bronze: DataFrame, skew_hours: int) -> DataFrame:
    """Cast the columns; add `__record` (the row as it came, JSON) and `__reason` (all reasons; null when valid)."""
    missing = [name for name in REQUIRED if name not in bronze.columns]
    if missing:
        raise job.JobError(f"bronze lacks the columns {', '.join(missing)}; it has {', '.join(bronze.columns)}")
    is_map = isinstance(bronze.schema["properties"].dataType, MapType)
    given = F.col("properties") if is_map else blank_to_null("properties")
    parsed = given.cast(STRINGS) if is_map else F.from_json(given, STRINGS)
    raw = bronze.withColumns(
        {
            "__record": F.to_json(F.struct(*[f"`{name}`" for name in bronze.columns]), JSON),
            "__time": F.col("event_time"),
            "__properties": given,
        }
    )
    cast = raw.withColumns(
        {
            "event_id": blank_to_null("event_id"),
            "event_time": F.expr("try_cast(event_time AS timestamp)"),
            "user_id": blank_to_null("user_id"),
            "event_type": blank_to_null("event_type"),
            "properties": F.when(given.isNull(), F.create_map().cast(STRINGS)).otherwise(parsed),
            "ingested_at": F.expr("try_cast(ingested_at AS timestamp)"),
        }
    )
    reasons = {
        "event_id missing": F.col("event_id").isNull(),
        "event_time missing": F.col("__time").isNull(),
        "event_time is not a timestamp": F.col("__time").isNotNull() & F.col("event_time").isNull(),
        "event_time is in the future": F.col("event_time")
        > F.col("ingested_at") + F.expr(f"INTERVAL {skew_hours} HOURS"),
        f"event_time is before {job.EPOCH}": F.col("event_time") < F.lit(f"{job.EPOCH}-01-01").cast("timestamp"),
        "event_type missing": F.col("event_type").isNull(),
        "properties is not a JSON object": F.col("__properties").isNotNull() & F.col("properties").isNull(),
        "ingested_at missing": F.col("ingested_at").isNull(),
    }
    joined = F.concat_ws("; ", *[F.when(failed, F.lit(text)) for text, failed in reasons.items()])
    return cast.withColumn("__reason", F.nullif(joined, F.lit(""))).drop("__time", "__properties")


def latest_copies(valid: DataFrame, silver: DataFrame) -> DataFrame:
    """One row per event_id, the one ingested last (ties: the greatest record), with the columns of silver."""
    best = Window.partitionBy("event_id").orderBy(F.desc("ingested_at"), F.desc("__record"))
    own = silver.drop("previous_event_date")
    ranked = valid.withColumn("__rank", F.row_number().over(best)).where("__rank = 1")
    return ranked.select(*tables.shaped(ranked, own))


def same(field: StructField) -> Column:
    """Condition: source and target hold the same value. Spark cannot compare maps, so nested values go as JSON."""
    pair = [F.col(f"{side}.`{field.name}`") for side in ("s", "t")]
    if isinstance(field.dataType, MapType | ArrayType | StructType):
        pair = [F.to_json(column, JSON) for column in pair]
    return pair[0].eqNullSafe(pair[1])


def changes(latest: DataFrame, silver: DataFrame, near: Column) -> DataFrame:
    """Rows of `latest` that silver lacks (`__new`) or holds differently and not from a later ingestion.

    `previous_event_date` keeps the day an event has left, so that silver_to_gold counts that day again.
    """
    s, t = latest.alias("s"), silver.where(near).alias("t")
    differs = ~reduce(Column.__and__, [same(field) for field in latest.schema])
    new = F.col("t.event_id").isNull()
    left_day = F.to_date("t.event_time")
    previous = F.when(left_day != F.to_date("s.event_time"), left_day).otherwise(F.col("t.previous_event_date"))
    return (
        s.join(t, F.col("s.event_id") == F.col("t.event_id"), "left")
        .where(new | ((F.col("s.ingested_at") >= F.col("t.ingested_at")) & differs))
        .select("s.*", previous.alias("previous_event_date"), new.alias("__new"))
    )


def merge(spark: SparkSession, latest: DataFrame, target: str, match_days: int) -> tuple[int, int]:
    """MERGE the changed rows into silver; return (inserted, updated). Only days near the batch's are read."""
    low, high = latest.agg(F.to_date(F.min("event_time")), F.to_date(F.max("event_time"))).first()
    if low is None:
        return 0, 0
    first, end = low - timedelta(days=match_days), high + timedelta(days=match_days + 1)
    change = changes(latest, spark.table(target), job.within("event_time", first, end)).persist()
    counts = {row["__new"]: row["count"] for row in change.groupBy("__new").count().collect()}
    if counts:
        change.drop("__new").createOrReplaceTempView("changed_events")
        spark.sql(f"""
            MERGE INTO {target} t USING changed_events s
            ON t.event_id = s.event_id
               AND t.event_time >= TIMESTAMP '{first} 00:00:00' AND t.event_time < TIMESTAMP '{end} 00:00:00'
            WHEN MATCHED AND s.ingested_at >= t.ingested_at THEN UPDATE SET *
            WHEN NOT MATCHED THEN INSERT *""")
    change.unpersist()
    return counts.get(True, 0), counts.get(False, 0)


def transform(spark: SparkSession, args: argparse.Namespace, source: str, target: str, rejected: str) -> dict[str, int]:
    """Process the bronze rows ingested in the window; return the counts."""
    first, end = job.window(args)
    bronze, undated = spark.table(source), F.col("ingested_at").isNull()
    rows = check(bronze, args.max_skew_hours).where(job.within("ingested_at", first, end) | undated).persist()
    tables.evolve(spark, target, [field for field in bronze.schema if field.name not in REQUIRED])

    # A row without ingestion time belongs to no day: it is seen by each run and kept once, under the last day.
    day = F.coalesce(F.to_date("ingested_at"), F.lit(args.date)).alias("ingested_date")
    bad = rows.where(F.col("__reason").isNotNull()).select(
        day, "event_id", F.col("__reason").alias("reason"), F.col("__record").alias("record"), "ingested_at"
    )
    bad.writeTo(rejected).overwrite((F.col("ingested_date") >= first) & (F.col("ingested_date") < end))

    latest = latest_copies(rows.where(F.col("__reason").isNull()), spark.table(target)).persist()
    read, refused, distinct = rows.count(), bad.count(), latest.count()
    inserted, updated = merge(spark, latest, target, args.match_days)
    latest.unpersist()
    rows.unpersist()
    return {
        "read": read,
        "written": inserted + updated,
        "rejected": refused,
        "inserted": inserted,
        "updated": updated,
        "unchanged": distinct - inserted - updated,
        "duplicates": read - refused - distinct,
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job; --help lists the arguments."""
    made = job.parser("Cast, validate and deduplicate raw events into silver.")
    job.add_window(made)
    table, days = job.identifier(2), job.whole(0)
    made.add_argument("--source", type=table, default="bronze.events", help="(default bronze.events)")
    made.add_argument("--target", type=table, default="silver.events", help="(default silver.events)")
    made.add_argument(
        "--rejected", type=table, default="silver.events_rejected", help="(default silver.events_rejected)"
    )
    made.add_argument(
        "--max-skew-hours", type=days, default=24, help="event_time may be so far ahead of ingested_at (24)"
    )
    made.add_argument("--match-days", type=days, default=30, help="copies of an event lie at most so far apart (30)")
    made.add_argument("--ensure-only", action="store_true", help="create the tables that are absent, process nothing")
    args = made.parse_args(argv)
    spark = job.session(args.catalog)
    source, target, rejected = (f"{args.catalog}.{name}" for name in (args.source, args.target, args.rejected))
    if args.ensure_only:
        created = tables.ensure(spark, {source: "bronze", target: "silver", rejected: "rejected"})
        job.report(job="bronze_to_silver", ensured=created)
        return
    job.require_table(spark, source, "create it with bronze_to_silver.py --ensure-only")
    tables.ensure(spark, {target: "silver", rejected: "rejected"})
    job.report(
        job="bronze_to_silver", date=args.date, days=args.days, **transform(spark, args, source, target, rejected)
    )


if __name__ == "__main__":
    job.run(main)
