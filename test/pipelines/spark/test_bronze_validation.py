"""bronze_to_silver on real tables: what is cast, what is refused and why."""

from __future__ import annotations

import json
from datetime import date

import pytest
from conftest import Append, Job, event
from pyspark.sql import SparkSession

SILVER, REJECTED = "lakehouse.silver.events", "lakehouse.silver.events_rejected"
DAY = ("--date", "2026-03-02")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "event_id missing"),
        ({"id": "  "}, "event_id missing"),
        ({"time": None}, "event_time missing"),
        ({"time": "2026-03-03 10:09:31Z"}, "event_time is in the future"),
        ({"time": "1969-12-31 23:59:59Z"}, "event_time is before 1970"),
        ({"time": "0001-01-01 00:00:00Z"}, "event_time is before 1970"),
        ({"type": ""}, "event_type missing"),
        ({"properties": '{"page":'}, "properties is not a JSON object"),
        ({"properties": '{"page":"/"'}, "properties is not a JSON object"),
        ({"properties": "[1, 2]"}, "properties is not a JSON object"),
        ({"properties": "null"}, "properties is not a JSON object"),
        ({"properties": '"text"'}, "properties is not a JSON object"),
        ({"ingested": None, "type": None}, "event_type missing; ingested_at missing"),
    ],
)
def test_an_invalid_row_goes_to_the_dead_letters(
    spark: SparkSession, run: Job, bronze: Append, changed: dict[str, str | None], reason: str
) -> None:
    bronze([event(9, **changed), event(1)])
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"], line["rejected"]) == (2, 1, 1)
    (dead,) = spark.table(REJECTED).collect()
    assert (dead.ingested_date, dead.reason) == (date(2026, 3, 2), reason)
    assert json.loads(dead.record)["user_id"] == "u0"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (None, {}),
        (" ", {}),
        ("{}", {}),
        ('{"a": 1, "b": null, "c": {"d": [true]}}', {"a": "1", "b": None, "c": '{"d":[true]}'}),
        ('{"é": "\\u00fc;\'--"}', {"é": "ü;'--"}),
    ],
)
def test_properties_become_a_map_of_strings(
    spark: SparkSession, run: Job, bronze: Append, properties: str | None, expected: dict[str, str | None]
) -> None:
    bronze([event(1, properties=properties)])
    run("bronze_to_silver", *DAY)
    assert spark.table(SILVER).first().properties == expected
    assert run("bronze_to_silver", *DAY)[0]["unchanged"] == 1


def test_an_object_with_a_key_twice_does_not_stop_the_job(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1, properties='{"a":1,"a":2}'), event(2)])
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"] + line["rejected"]) == (2, 2)
    assert spark.table(SILVER).where("event_id = 'e2'").count() == 1


def test_a_rejected_row_that_is_repaired_leaves_the_dead_letters(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event(1, type="")])
    run("bronze_to_silver", *DAY)
    spark.sql("UPDATE lakehouse.bronze.events SET event_type = 'click'")
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["written"], line["rejected"], spark.table(REJECTED).count()) == (1, 0, 0)


def test_a_bronze_of_strings_and_maps_is_cast(spark: SparkSession, run: Job) -> None:
    spark.sql("CREATE NAMESPACE lakehouse.bronze")
    spark.sql("""CREATE TABLE lakehouse.bronze.events USING iceberg AS SELECT * FROM VALUES
        ('a', '2026-03-02T10:00:00Z', 7L, 'click', map('k', 1), '2026-03-02T10:00:01Z'),
        ('b', 'yesterday',            8L, 'click', map('k', 2), '2026-03-02T10:00:01Z'),
        ('c', '2026-03-02T12:00:00+02:00', NULL, 'click', CAST(NULL AS map<string,int>), '2026-03-02T10:00:01Z')
        AS t(event_id, event_time, user_id, event_type, properties, ingested_at)""")
    (line,) = run("bronze_to_silver", *DAY)
    assert (line["read"], line["written"], line["rejected"]) == (3, 2, 1)
    assert spark.table(REJECTED).first().reason == "event_time is not a timestamp"
    rows = spark.sql(
        f"SELECT user_id, properties, CAST(event_time AS string) FROM {SILVER} ORDER BY event_id"
    ).collect()
    assert [tuple(row) for row in rows] == [("7", {"k": "1"}, "2026-03-02 10:00:00"), (None, {}, "2026-03-02 10:00:00")]
