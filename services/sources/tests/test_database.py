"""Real databases: `SOURCES_TEST_DATABASES` lists their dialect, host, port, database, user and password, as JSON."""

from __future__ import annotations

import io
import itertools
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import URL, Connection, create_engine, text

from .conftest import Death, Lake

DATABASES = json.loads(os.environ.get("SOURCES_TEST_DATABASES", "[]"))
pytestmark = pytest.mark.skipif(DATABASES == [], reason="SOURCES_TEST_DATABASES names no database")

TYPES = {
    "postgresql": "id bigint, price numeric(12,2), loose numeric, name text, raw bytea, flag boolean, at timestamptz, "
    "day date, tags int[], doc jsonb",
    "mariadb": "id bigint, price decimal(12,2), name text, raw blob, flag tinyint(1), at timestamp(6) null, day date, doc json",
}
VALUES = {
    "postgresql": "1, 12.30, 1e-30, 'ä', '\\x00ff', true, '2026-01-31 12:00:00+02', '2026-01-31', '{1,2}', '{\"a\": 1}'",
    "mariadb": "1, 12.30, 'ä', x'00ff', 1, '2026-01-31 10:00:00', '2026-01-31', '{\"a\": 1}'",
}


@pytest.fixture(params=DATABASES, ids=lambda each: each["dialect"])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, Any], Connection]]:
    """Give a database, and a connection that commits each statement."""
    of = request.param
    driver = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[of["dialect"]]
    url = URL.create(driver, of["user"], of["password"], of["host"], of["port"], of["database"])
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("drop table if exists events"))
        yield of, connection


def _declare(lake: Lake, of: dict[str, Any], **more: Any) -> Path:  # noqa: ANN401
    lake.env = {"SOURCE_USER": of["user"], "SOURCE_PASSWORD": of["password"]}
    place = {name: of[name] for name in ("dialect", "host", "port", "database")}
    wanted = {"table": "events", "highWater": "id", "rows": 100, "settleSeconds": 0, **more}
    return lake.declare("jdbc", place | wanted, content={"format": "parquet"})


def _fill(connection: Connection, first: int, last: int) -> None:
    values = ", ".join(f"({number}, {number // 7})" for number in range(first, last))
    connection.execute(text(f"insert into events (id, grp) values {values}"))


def _landed(lake: Lake) -> list[dict[str, Any]]:
    return [row for content in lake.whole() for row in pq.read_table(io.BytesIO(content)).to_pylist()]


def test_rows_land_once_in_batches(lake: Lake, database: tuple[dict[str, Any], Connection]) -> None:
    """And only those beyond the last mark."""
    of, connection = database
    connection.execute(text("create table events (id bigint primary key, grp int)"))
    declaration = _declare(lake, of)
    assert lake.run(declaration) == 0
    assert lake.names() == []
    _fill(connection, 0, 250)
    assert [lake.run(declaration) for _ in range(2)] == [0, 0]
    assert [each["rows"] for each in lake.manifests()] == [100, 100, 50]
    _fill(connection, 250, 260)
    assert lake.run(declaration) == 0
    assert sorted(row["id"] for row in _landed(lake)) == list(range(260))
    assert lake.manifests()[-1]["position"] == {
        "first": {"type": "int", "value": "250"},
        "highWater": {"type": "int", "value": "259"},
    }


def test_a_batch_ends_only_where_the_mark_changes(lake: Lake, database: tuple[dict[str, Any], Connection]) -> None:
    """Rows of one mark would be lost between two batches."""
    of, connection = database
    connection.execute(text("create table events (id bigint primary key, grp int)"))
    _fill(connection, 0, 500)
    query = "select id, grp, ':id%' as odd from events where id >= 0"
    assert lake.run(_declare(lake, of, table=None, query=query, highWater="grp")) == 0
    assert [each["rows"] for each in lake.manifests()] == [105, 105, 105, 105, 80]
    rows = _landed(lake)
    assert sorted(row["id"] for row in rows) == list(range(500))
    assert {row["odd"] for row in rows} == {":id%"}


@pytest.mark.parametrize("after", [False, True])
def test_runs_that_are_killed_at_each_step(lake: Lake, database: tuple[dict[str, Any], Connection], after: bool) -> None:
    """While others write."""
    of, connection = database
    connection.execute(text("create table events (id bigint primary key, grp int)"))
    declaration = _declare(lake, of)
    written = 0
    for step in itertools.count(1):
        _fill(connection, written, written + 90)
        written += 90
        lake.data()
        if lake.run(declaration, Death(step, after)) == 0:
            break
    assert lake.run(declaration) == 0
    assert sorted(row["id"] for row in _landed(lake)) == list(range(written))
    assert step > 5


def test_types_are_kept(lake: Lake, database: tuple[dict[str, Any], Connection]) -> None:
    """What Parquet has no word for is text."""
    of, connection = database
    connection.execute(text(f"create table events ({TYPES[of['dialect']]})"))
    connection.execute(text("insert into events values (" + VALUES[of["dialect"]].replace(":", "\\:") + ")"))
    connection.execute(text("insert into events (id) values (2)"))
    assert lake.run(_declare(lake, of)) == 0
    first, second = _landed(lake)
    assert (str(first["price"]), first["name"], first["raw"], bool(first["flag"])) == ("12.30", "ä", b"\x00\xff", True)
    assert first["at"] == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert (first["day"].isoformat(), json.loads(first["doc"])) == ("2026-01-31", {"a": 1})
    if of["dialect"] == "postgresql":
        assert (first["loose"], first["tags"]) == ("0.000000000000000000000000000001", "[1, 2]")
    assert [value for name, value in second.items() if name != "id"] == [None] * (len(second) - 1)


def test_times_of_the_last_moments_are_left_to_the_next_run(lake: Lake, database: tuple[dict[str, Any], Connection]) -> None:
    """A transaction may still write some."""
    of, connection = database
    connection.execute(text("create table events (id bigint, at timestamp(6) null)"))
    now = datetime.now(UTC).replace(tzinfo=None)
    insert = text("insert into events values (:id, :at)")
    connection.execute(insert, [{"id": 1, "at": now - timedelta(minutes=5)}, {"id": 2, "at": now}])
    assert lake.run(_declare(lake, of, highWater="at", settleSeconds=60)) == 0
    assert [row["id"] for row in _landed(lake)] == [1]
    assert lake.run(_declare(lake, of, highWater="at")) == 0
    assert [row["id"] for row in _landed(lake)] == [1, 2]


def test_rows_that_would_never_land_are_told(lake: Lake, database: tuple[dict[str, Any], Connection]) -> None:
    """Those without a mark, marks that are no numbers or times, a table that is not there."""
    of, connection = database
    connection.execute(text("create table events (id bigint, name varchar(9))"))
    connection.execute(text("insert into events values (1, 'a'), (null, 'b')"))
    assert lake.run(_declare(lake, of)) == 1
    assert lake.end == "id is null in some rows, which would never land"
    assert lake.run(_declare(lake, of, highWater="name")) == 1
    assert lake.end == "the high-water column must be a number, a date or a time, not str"
    assert lake.run(_declare(lake, of, table="missing")) == 1
    assert "missing" in lake.end
    assert of["password"] not in lake.end
    assert lake.names() == []
