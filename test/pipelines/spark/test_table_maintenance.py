"""table_maintenance on real tables and real files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from conftest import Append, Job
from lakehouse_job import JobError
from pyspark.sql import SparkSession

TABLE = "lakehouse.bronze.events"
DAY = 86_400


def appends(bronze: Append, count: int) -> None:
    for n in range(count):
        bronze([(f"e{n}", "2026-03-02 10:00:00Z", "u", "click", None, "2026-03-02 10:00:01Z")])


def data_files(warehouse: Path) -> list[Path]:
    return list((warehouse / "bronze" / "events" / "data").rglob("*.parquet"))


def count(spark: SparkSession, metadata: str) -> int:
    return spark.sql(f"SELECT count(*) FROM {TABLE}.{metadata}").first()[0]


def test_small_files_become_one_and_old_snapshots_go(
    spark: SparkSession, run: Job, bronze: Append, warehouse: Path
) -> None:
    appends(bronze, 6)
    assert (count(spark, "files"), count(spark, "snapshots"), len(data_files(warehouse))) == (6, 6, 6)
    (line,) = run("table_maintenance", "--namespaces", "bronze", "--retain-days", "0", "--retain-snapshots", "1")
    assert (line["table"], line["rewritten_files"], line["added_files"]) == ("bronze.events", 6, 1)
    assert (line["files_before"], line["files"], line["snapshots_before"], line["snapshots"]) == (6, 1, 6, 1)
    assert line["expired_snapshots"] >= 6
    assert line["deleted_files"] == 6
    assert (count(spark, "files"), count(spark, "snapshots"), len(data_files(warehouse))) == (1, 1, 1)
    assert spark.table(TABLE).count() == 6


def test_the_defaults_keep_a_week_of_time_travel(spark: SparkSession, run: Job, bronze: Append) -> None:
    appends(bronze, 6)
    first = spark.sql(f"SELECT snapshot_id FROM {TABLE}.snapshots ORDER BY committed_at").first()[0]
    (line,) = run("table_maintenance", "--namespaces", "bronze")
    assert (line["files"], line["expired_snapshots"], line["deleted_files"]) == (1, 0, 0)
    assert spark.sql(f"SELECT count(*) FROM {TABLE} VERSION AS OF {first}").first()[0] == 1


def test_the_last_snapshots_are_kept_however_old(spark: SparkSession, run: Job, bronze: Append) -> None:
    appends(bronze, 3)
    (line,) = run("table_maintenance", "--namespaces", "bronze", "--retain-days", "0", "--retain-snapshots", "2")
    assert line["snapshots"] == 2


def test_what_a_streaming_job_has_committed_is_kept(spark: SparkSession, run: Job, bronze: Append) -> None:
    appends(bronze, 3)
    streamed = spark.table(TABLE).limit(1).writeTo(TABLE)
    streamed.option("snapshot-property.flink.job-id", "some-job").append()
    appends(bronze, 2)
    hardest = ("--namespaces", "bronze", "--retain-days", "0", "--retain-snapshots", "1", "--min-input-files", "2")
    (line,) = run("table_maintenance", *hardest)
    # The job's own, the two that came after it, and those of the compaction: of data and of manifests.
    assert line["snapshots"] == 5
    assert (
        spark.sql(f"SELECT summary['flink.job-id'] FROM {TABLE}.snapshots ORDER BY committed_at").first()[0]
        == "some-job"
    )
    (line,) = run("table_maintenance", *hardest, "--retain-stream-days", "0")
    assert line["snapshots"] == 1


def test_only_old_orphans_are_removed(spark: SparkSession, run: Job, bronze: Append, warehouse: Path) -> None:
    appends(bronze, 1)
    folder = data_files(warehouse)[0].parent
    ages = {"old": 10, "older-than-3-days": 3.1, "younger-than-3-days": 2.9, "new": 0}
    for name, days in ages.items():
        stray = folder / f"{name}.parquet"
        stray.write_bytes(b"left by a task that died")
        os.utime(stray, (time.time() - days * DAY,) * 2)
    (line,) = run("table_maintenance", "--namespaces", "bronze")
    assert line["orphan_files"] == 2
    left = {file.stem for file in data_files(warehouse)} & set(ages)
    assert left == {"younger-than-3-days", "new"}
    assert spark.table(TABLE).count() == 1


def test_every_table_of_the_namespaces_has_a_line_also_an_empty_one(
    spark: SparkSession, run: Job, bronze: Append
) -> None:
    appends(bronze, 2)
    spark.sql("CREATE NAMESPACE lakehouse.empty")
    spark.sql("CREATE TABLE lakehouse.bronze.`odd-name` (x INT) USING iceberg")
    lines = run("table_maintenance", "--namespaces", "bronze,silver,empty")
    assert [line["table"] for line in lines] == [
        "bronze.events", "bronze.odd-name", "silver.events", "silver.events_rejected",
    ]  # fmt: skip
    assert not [line for line in lines if "error" in line]


def test_one_broken_table_does_not_stop_the_others_and_the_job_fails(
    spark: SparkSession, run: Job, bronze: Append, capsys: pytest.CaptureFixture[str]
) -> None:
    appends(bronze, 5)
    spark.sql("ALTER TABLE lakehouse.silver.events SET TBLPROPERTIES ('gc.enabled' = 'false')")
    with pytest.raises(SystemExit) as ended:
        run("table_maintenance", "--namespaces", "silver,bronze")
    assert ended.value.code == 1
    shown = capsys.readouterr()
    assert "1 tables failed" in shown.err
    assert len([line for line in shown.out.splitlines() if '"error"' in line]) == 1
    assert count(spark, "files") == 1


def test_deletes_of_merge_on_read_are_compacted_away(spark: SparkSession, run: Job, bronze: Append) -> None:
    spark.sql(f"ALTER TABLE {TABLE} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')")
    rows = [(f"e{n}", "2026-03-02 10:00:00Z", "u", "click", None, "2026-03-02 10:00:01Z") for n in range(10)]
    for _ in range(5):
        bronze(rows)
    spark.sql(f"DELETE FROM {TABLE} WHERE event_id = 'e1'")
    assert count(spark, "delete_files") == 5
    (line,) = run("table_maintenance", "--namespaces", "bronze", "--retain-days", "0", "--retain-snapshots", "1")
    assert (line["files"], line["removed_delete_files"]) == (1, 5)
    assert (count(spark, "delete_files"), spark.table(TABLE).count()) == (0, 45)


def test_a_policy_of_a_table_goes_before_that_of_its_namespace(spark: SparkSession, run: Job, bronze: Append) -> None:
    appends(bronze, 3)
    spark.sql("CREATE TABLE lakehouse.bronze.other (x INT) USING iceberg")
    for n in range(3):
        spark.sql(f"INSERT INTO lakehouse.bronze.other VALUES ({n})")
    policies = {
        "bronze": {"min-input-files": 2},
        "bronze.other": {"min-input-files": 9, "retain-snapshots": 1, "retain-days": 0},
    }
    events, other = run("table_maintenance", "--namespaces", "bronze", "--policies", json.dumps(policies))
    # Its three appends, and those of the compaction: of data and of manifests.
    assert (events["files"], events["snapshots"]) == (1, 5)
    assert (other["files"], other["snapshots"]) == (3, 1)


def test_compacted_files_have_the_rows_in_the_order_of_the_policy(
    spark: SparkSession, run: Job, bronze: Append
) -> None:
    for name in ("c", "a", "b"):
        bronze([(name, "2026-03-02 10:00:00Z", "u", "click", None, "2026-03-02 10:00:01Z")])
    policies = {"bronze.events": {"sort": "event_id DESC", "min-input-files": 2}}
    run("table_maintenance", "--namespaces", "bronze", "--policies", json.dumps(policies))
    file = spark.sql(f"SELECT file_path FROM {TABLE}.files").first()[0]
    assert [row.event_id for row in spark.read.parquet(file).collect()] == ["c", "b", "a"]


def test_a_table_with_too_many_small_files_is_compacted_and_the_job_fails(
    spark: SparkSession, run: Job, bronze: Append, capsys: pytest.CaptureFixture[str]
) -> None:
    appends(bronze, 6)
    with pytest.raises(SystemExit) as ended:
        run("table_maintenance", "--namespaces", "bronze", "--late-files", "5")
    assert ended.value.code == 1
    assert "bronze.events: more small files than --late-files; they are compacted now" in capsys.readouterr().err
    assert count(spark, "files") == 1
    # The next one finds few, and is content.
    (line,) = run("table_maintenance", "--namespaces", "bronze", "--late-files", "5")
    assert line["small_files_before"] == 1


def test_a_look_counts_small_files_and_changes_nothing(
    spark: SparkSession, run: Job, bronze: Append, capsys: pytest.CaptureFixture[str]
) -> None:
    appends(bronze, 6)
    with pytest.raises(SystemExit) as ended:
        run("table_maintenance", "--look", "--namespaces", "bronze", "--late-files", "5")
    assert ended.value.code == 1
    assert "bronze.events: more small files than --late-files; it is time for maintenance" in capsys.readouterr().err
    assert (count(spark, "files"), count(spark, "snapshots")) == (6, 6)
    policies = json.dumps({"bronze.events": {"late-files": 6}})
    (line,) = run("table_maintenance", "--look", "--namespaces", "bronze", "--late-files", "5", "--policies", policies)
    assert line == {"job": "table_look", "table": "bronze.events", "small_files": 6}


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        ("{", "is not JSON of policies"),
        ('{"gold": 3}', "is not JSON of policies"),
        ('{"gold": {"retain-days": "soon"}}', "policy of gold: .*'soon' is not a whole number"),
        ('{"gold": {"keep": 3}}', "policy of gold: .*--keep=3"),
        ('{"gold.x; drop": {}}', "is not a name like"),
        ('{"gold": {"sort": "a); drop table b"}}', "is not an order like"),
    ],
)
def test_a_wrong_policy_is_one_line(run: Job, policies: str, message: str) -> None:
    with pytest.raises(JobError, match=message):
        run("table_maintenance", "--policies", policies)
