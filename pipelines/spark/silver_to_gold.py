"""Silver to gold: daily totals per event type, and users per day.

Counted again are `--date`'s days and every day that an event ingested on them belongs to or has left, so events that
arrive late reach the day they happened on. A day is replaced as a whole, in one commit per table: idempotent.
All days are UTC days. `users` counts distinct user ids; events without one are in `anonymous_events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

import lakehouse_job as job
import lakehouse_tables as tables
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812


def touched_days(silver: DataFrame, first: date, end: date) -> list[date]:
    """Return the window's days and the days of the events ingested in it, sorted."""
    ingested = silver.where(job.within("ingested_at", first, end))
    both = F.explode(F.array(F.to_date("event_time"), F.col("previous_event_date"))).alias("day")
    late = {row.day for row in ingested.select(both).distinct().collect() if row.day is not None}
    return sorted(late | {first + timedelta(days=n) for n in range((end - first).days)})


def on_days(days: list[date]) -> Column:
    """Condition on event_time as few ranges, which Iceberg can prune partitions by."""
    ranges: list[list[date]] = []
    for day in days:
        if ranges and ranges[-1][1] == day:
            ranges[-1][1] = day + timedelta(days=1)
        else:
            ranges.append([day, day + timedelta(days=1)])
    return reduce(Column.__or__, [job.within("event_time", low, high) for low, high in ranges])


def aggregates(silver: DataFrame) -> dict[str, DataFrame]:
    """Return one frame per kind of gold table."""
    dated = silver.withColumn("event_date", F.to_date("event_time"))
    events, users = F.count("*").alias("events"), F.countDistinct("user_id").alias("users")
    span = (F.min("event_time").alias("first_event_time"), F.max("event_time").alias("last_event_time"))
    anonymous = F.count_if(F.col("user_id").isNull()).alias("anonymous_events")
    return {
        "daily_events": dated.groupBy("event_date", "event_type").agg(events, users, *span),
        "daily_users": dated.groupBy("event_date").agg(events, users, anonymous),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job; --help lists the arguments."""
    made = job.parser("Aggregate silver events per day.")
    job.add_window(made)
    made.add_argument("--source", type=job.identifier(2), default="silver.events", help="(default silver.events)")
    made.add_argument("--namespace", type=job.identifier(1), default="gold", help="of the gold tables (default gold)")
    args = made.parse_args(argv)
    spark = job.session(args.catalog)
    source = f"{args.catalog}.{args.source}"
    job.require_table(spark, source, "run bronze_to_silver.py first")

    first, end = job.window(args)
    days = touched_days(spark.table(source), first, end)
    silver = spark.table(source).where(on_days(days)).persist()
    written = {}
    for kind, frame in aggregates(silver).items():
        table = tables.placed(spark, args.catalog, f"{args.namespace}.{kind}")
        tables.ensure(spark, {table: kind})
        result = frame.persist()
        written[kind] = result.count()
        result.writeTo(table).overwrite(F.col("event_date").isin(days))
        result.unpersist()
    read = silver.count()
    job.report(
        job="silver_to_gold", date=args.date, days=args.days, counted_days=[str(day) for day in days], read=read,
        written=sum(written.values()), **written,
    )  # fmt: skip


if __name__ == "__main__":
    job.run(main)
