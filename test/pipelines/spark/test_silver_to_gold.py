"""silver_to_gold on real tables: exact totals, late and moved events, re-runs."""

from __future__ import annotations

from datetime import date

from conftest import Append, Job, Row
from pyspark.sql import SparkSession

GOLD, USERS = "lakehouse.gold.daily_events", "lakehouse.gold.daily_users"


def event(name: str, day: int, user: str | None, kind: str, ingested: int | None = None) -> Row:
    """Return an event of a day of March 2026, ingested on that or another day."""
    return (name, f"2026-03-{day:02} 10:00:00Z", user, kind, None, f"2026-03-{ingested or day:02} 10:00:01Z")


def daily(run: Job, day: int, *more: str) -> dict:
    run("bronze_to_silver", "--date", f"2026-03-{day:02}", *more)
    return run("silver_to_gold", "--date", f"2026-03-{day:02}", *more)[0]


def totals(spark: SparkSession) -> dict[tuple[int, str], tuple[int, int]]:
    return {(r.event_date.day, r.event_type): (r.events, r.users) for r in spark.table(GOLD).collect()}


def users(spark: SparkSession) -> dict[int, tuple[int, int, int]]:
    return {r.event_date.day: (r.events, r.users, r.anonymous_events) for r in spark.table(USERS).collect()}


def test_totals_per_type_and_users_per_day(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([
        event("a", 2, "ann", "click"), event("b", 2, "ann", "click"), event("c", 2, "bob", "click"),
        event("d", 2, "bob", "buy"), event("e", 2, None, "click"), event("f", 3, "ann", "click"),
    ])  # fmt: skip
    line = daily(run, 2)
    assert line == {
        "job": "silver_to_gold", "date": "2026-03-02", "days": 1, "counted_days": ["2026-03-02"], "read": 5,
        "written": 3, "daily_events": 2, "daily_users": 1,
    }  # fmt: skip
    assert totals(spark) == {(2, "click"): (4, 2), (2, "buy"): (1, 1)}
    assert users(spark) == {2: (5, 2, 1)}


def test_a_rerun_changes_no_number(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event("a", 2, "ann", "click"), event("b", 3, "ann", "click")])
    daily(run, 3, "--days", "2")
    before = spark.table(GOLD).orderBy("event_date").collect()
    assert daily(run, 3, "--days", "2")["written"] == 4
    assert spark.table(GOLD).orderBy("event_date").collect() == before
    assert len(before) == 2


def test_a_late_event_counts_on_the_day_it_happened_and_no_other_day_is_touched(
    spark: SparkSession, run: Job, bronze: Append
) -> None:
    bronze([event("a", 2, "ann", "click"), event("b", 3, "ann", "click"), event("c", 4, "ann", "click")])
    daily(run, 4, "--days", "3")
    bronze([event("late", 2, "bob", "click", ingested=5)])
    assert daily(run, 5)["counted_days"] == ["2026-03-02", "2026-03-05"]
    assert totals(spark) == {(2, "click"): (2, 2), (3, "click"): (1, 1), (4, "click"): (1, 1)}


def test_an_event_corrected_to_another_day_leaves_the_first(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event("a", 2, "ann", "click"), event("b", 2, "bob", "buy")])
    daily(run, 2)
    bronze([event("b", 3, "bob", "buy", ingested=4)])
    assert daily(run, 4)["counted_days"] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert totals(spark) == {(2, "click"): (1, 1), (3, "buy"): (1, 1)}
    assert users(spark) == {2: (1, 1, 0), 3: (1, 1, 0)}


def test_a_day_without_events_has_no_rows(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([event("a", 2, "ann", "click")])
    daily(run, 2)
    spark.sql("DELETE FROM lakehouse.silver.events")
    line = run("silver_to_gold", "--date", "2026-03-02")[0]
    assert (line["read"], line["written"], totals(spark), users(spark)) == (0, 0, {}, {})


def test_gold_is_partitioned_by_day_and_dates_are_utc(spark: SparkSession, run: Job, bronze: Append) -> None:
    bronze([("a", "2026-03-02 00:30:00Z", "u", "click", None, "2026-03-02 00:31:00Z")])
    daily(run, 2)
    assert [row.event_date for row in spark.table(GOLD).collect()] == [date(2026, 3, 2)]
    assert "PARTITIONED BY (event_date)" in spark.sql(f"SHOW CREATE TABLE {GOLD}").first()[0]
