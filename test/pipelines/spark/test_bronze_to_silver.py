"""bronze_to_silver on real tables: deduplication, re-runs, late events, evolution of the schema, time travel."""

from __future__ import annotations

from datetime import date, datetime

from conftest import Append, Job, event
from pyspark.sql import SparkSession

SILVER, REJECTED = "lakehouse.silver.events", "lakehouse.silver.events_rejected"
DAY = ("--date", "2026-03-02")


def snapshots(spark: SparkSession, table: str = SILVER) -> int:
    return spark.sql(f"SELECT count(*) FROM {table}.snapshots").first()[0]


def test_a_first_run_writes_each_event_once(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(n) for n in range(10)])
    (line,) = run("bronze_to_silver", *DAY)
    assert line == {
        "job": "bronze_to_silver", "date": "2026-03-02", "days": 1, "read": 10, "written": 10, "rejected": 0,
        "inserted": 10, "updated": 0, "unchanged": 0, "duplicates": 0,
    }  # fmt: skip
    row = spark.table(SILVER).where("event_id = 'e3'").first()
    assert row.properties == {"page": "/"}
    assert (
        spark.sql(f"SELECT count(*) FROM {SILVER} WHERE event_time = TIMESTAMP '2026-03-02 10:03:00'").first()[0] == 1
    )


def test_the_silver_table_is_v2_zstd_and_hidden_partitioned(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1), event(2, time="2026-03-01 23:59:59Z")])
    run("bronze_to_silver", *DAY)
    ddl = spark.sql(f"SHOW CREATE TABLE {SILVER}").first()[0]
    assert "PARTITIONED BY (days(event_time))" in ddl
    properties = {row.key: row.value for row in spark.sql(f"SHOW TBLPROPERTIES {SILVER}").collect()}
    assert properties["format-version"] == "2"
    assert properties["write.parquet.compression-codec"] == "zstd"
    days = {row[0] for row in spark.sql(f"SELECT partition.event_time_day FROM {SILVER}.partitions").collect()}
    assert days == {date(2026, 3, 1), date(2026, 3, 2)}


def test_copies_of_an_event_leave_the_one_ingested_last(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1), event(1, ingested="2026-03-02 11:00:00Z", type="purchase"), event(1), event(2)])
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"], line["duplicates"]) == (4, 2, 2)
    assert [r.event_type for r in spark.table(SILVER).orderBy("event_id").collect()] == ["purchase", "click"]


def test_a_later_copy_replaces_and_an_earlier_one_does_not(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1, type="second"), event(1, ingested="2026-03-01 12:00:00Z", type="first")])
    run("bronze_to_silver", *DAY)
    (line,) = run("bronze_to_silver", "--date", "2026-03-01")
    assert (line["read"], line["written"], line["unchanged"]) == (1, 0, 1)
    assert spark.table(SILVER).first().event_type == "second"
    bronze([event(1, ingested="2026-03-03 01:00:00Z", type="third")])
    (line,) = run("bronze_to_silver", "--date", "2026-03-03")
    assert (line["inserted"], line["updated"]) == (0, 1)
    assert [row.event_type for row in spark.table(SILVER).collect()] == ["third"]


def test_a_rerun_neither_loses_nor_doubles_nor_writes(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(n) for n in range(5)] + [event(9, type="")])
    run("bronze_to_silver", *DAY)
    before, commits = spark.table(SILVER).orderBy("event_id").collect(), snapshots(spark)
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"], line["rejected"], line["unchanged"]) == (6, 0, 1, 5)
    assert spark.table(SILVER).orderBy("event_id").collect() == before
    assert snapshots(spark) == commits
    assert spark.table(REJECTED).count() == 1


def test_rows_that_came_since_are_added_by_a_rerun(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1)])
    run("bronze_to_silver", *DAY)
    bronze([event(2), event(1)])
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"], line["unchanged"], line["duplicates"]) == (3, 1, 1, 1)
    assert spark.table(SILVER).count() == 2


def test_days_are_utc_days_of_ingestion_and_late_events_are_found(
    spark: SparkSession, run: Job, bronze: Append
) -> None:
    bronze([
        event(1, ingested="2026-03-01 23:59:59.999999Z", time="2026-03-01 23:00:00Z"),
        event(2, ingested="2026-03-02 00:00:00Z", time="2026-02-10 10:00:00Z"),
        event(3, ingested="2026-03-02 23:59:59.999999Z"),
        event(4, ingested="2026-03-03 00:00:00Z"),
    ])  # fmt: skip
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"]) == (2, 2)
    assert {row.event_id for row in spark.table(SILVER).collect()} == {"e2", "e3"}
    (line,) = run("bronze_to_silver", "--date", "2026-03-03", "--days", "3")
    assert (line["read"], line["written"], line["unchanged"]) == (4, 2, 2)


def test_a_column_added_to_bronze_reaches_silver_and_widens_with_it(
    spark: SparkSession, run: Job, bronze: Append
) -> None:
    bronze([event(1)])
    run("bronze_to_silver", *DAY)
    spark.sql("ALTER TABLE lakehouse.bronze.events ADD COLUMNS (score INT, tags MAP<STRING, STRING>)")
    insert = (
        "INSERT INTO lakehouse.bronze.events VALUES ('{0}', TIMESTAMP '2026-03-02 12:00:00Z', 'u', 'click', '{{}}',"
    )
    insert += " TIMESTAMP '2026-03-02 12:00:01Z', {1}, map('x', 'y'))"
    spark.sql(insert.format("new", 5))
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["written"], line["unchanged"]) == (1, 1)
    spark.sql("ALTER TABLE lakehouse.bronze.events ALTER COLUMN score TYPE BIGINT")
    spark.sql(insert.format("wide", 5_000_000_000))
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["written"], line["unchanged"]) == (1, 2)
    found = spark.table(SILVER).orderBy("event_id").select("event_id", "score", "tags").collect()
    assert [tuple(row) for row in found] == [
        ("e1", None, None),
        ("new", 5, {"x": "y"}),
        ("wide", 5 * 10**9, {"x": "y"}),
    ]


def test_silver_can_be_read_as_it_was(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1), event(2)])
    run("bronze_to_silver", *DAY)
    was = spark.sql(f"SELECT snapshot_id, committed_at FROM {SILVER}.snapshots").first()
    bronze([event(3), event(1, type="purchase", ingested="2026-03-02 12:00:00Z")])
    run("bronze_to_silver", *DAY)
    assert spark.table(SILVER).count() == 3
    assert isinstance(was.committed_at, datetime)
    stamp = spark.sql(f"SELECT CAST(committed_at AS string) FROM {SILVER}.snapshots ORDER BY committed_at").first()[0]
    for moment in (f"VERSION AS OF {was.snapshot_id}", f"TIMESTAMP AS OF '{stamp}'"):
        old = spark.sql(f"SELECT event_type FROM {SILVER} {moment}").collect()
        assert [row.event_type for row in old] == ["click", "click"]
