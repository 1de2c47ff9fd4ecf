"""Queries on DuckDB itself: the corpus, pages, limits, cancelling, and what is locked below the judge."""

from __future__ import annotations

import asyncio
from pathlib import Path

import duckdb
import pytest

from query_api.judge import Judged

from .conftest import BOB, Make, statements

pytestmark = pytest.mark.anyio
LONG = "select count(*) from range(10000000000) a, range(1000) b"


async def test_every_statement_of_analysts_runs(make: Make, duck_env: dict[str, str]) -> None:
    """Run the whole corpus: the judge's list fits DuckDB's own grammar and functions."""
    api = make(**duck_env, RATE_PER_MINUTE="0")
    for sql in statements("analysts.duckdb"):
        answer = await api.query(sql, [1, 100] if "?" in sql else [])
        assert answer.status_code == 200, f"{sql}: {answer.text}"


async def test_values_are_bound(make: Make, duck_env: dict[str, str]) -> None:
    """Take a text as a text, whatever stands in it."""
    api = make(**duck_env)
    assert await api.rows("select count(*) from customers where name = ?", ["' or 1 = 1; drop table customers --"]) == [[0]]
    typed = [{"type": "date", "value": "2026-01-31"}, {"type": "decimal", "value": "1.50"}, None, True, 2.5, "ü"]
    assert await api.rows("select ?, ?, ?, ?, ?, ?", typed) == [["2026-01-31", "1.50", None, True, 2.5, "ü"]]


async def test_values_that_json_has_no_form_for(make: Make, duck_env: dict[str, str]) -> None:
    """Write them as texts."""
    api = make(**duck_env)
    rows = await api.rows(
        "select 'nan'::double, 'inf'::double, 1.5::decimal(4, 2), timestamp '2026-01-31 10:00:00', '\\x00'::blob, "
        "[1, null], {'a': date '2026-01-31'}, 170141183460469231731687303715884105727::hugeint"
    )
    expected = ["NaN", "Infinity", "1.50", "2026-01-31 10:00:00", "AA==", [1, None], {"a": "2026-01-31"}, 2**127 - 1]
    assert rows == [expected]


async def test_pages_and_limits(make: Make, duck_env: dict[str, str]) -> None:
    """Give every row once, and no more than may be."""
    api = make(**duck_env, PAGE_ROWS="700", DEFAULT_ROWS="10000")
    first = (await api.query("select id from orders order by id")).json()
    assert (len(first["rows"]), first["state"]) == (700, "running")
    assert (await api.page(first, BOB)).status_code == 404
    assert await api.rows("select id from orders order by id") == [[n] for n in range(5000)]
    cut = (await api.query("select id from orders", limit=10)).json()
    assert (len(cut["rows"]), cut["truncated"], cut["next"]) == (10, "rows", None)
    assert (await api.query("select id from orders where id < 10", limit=10)).json()["truncated"] is None
    small = make(**duck_env, MAX_BYTES="1Ki")
    assert (await small.query("select name from customers, orders")).json()["truncated"] == "bytes"


async def test_a_large_result_takes_no_large_memory(make: Make, duck_env: dict[str, str]) -> None:
    """Stop where the limit is, although a hundred million rows would follow."""
    api = make(**duck_env)
    answer = (await api.query("select i, i * 2 from range(100000000000) t(i)", limit=2000)).json()
    assert (answer["rowsSoFar"], answer["state"]) == (1000, "running")
    assert (await api.page(answer)).json()["truncated"] == "rows"


async def test_a_query_over_its_time_is_interrupted(make: Make, duck_env: dict[str, str]) -> None:
    """End it, and let the next one run in its place."""
    api = make(**duck_env, MAX_SECONDS="1", DUCKDB_SLOTS="1")
    answer = await api.query(LONG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "query_too_long")
    assert await api.rows("select 1") == [[1]]


async def test_a_query_is_cancelled(make: Make, duck_env: dict[str, str]) -> None:
    """Interrupt what runs; another caller cannot."""
    api = make(**duck_env, WAIT_SECONDS="1", DUCKDB_SLOTS="1")
    running = (await api.query(LONG)).json()
    assert running["state"] == "running"
    busy = await api.query("select 1")
    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "engine_busy")
    assert (await api.client.delete(f"/query/{running['id']}", headers=BOB)).status_code == 404
    assert (await api.client.delete(f"/query/{running['id']}")).status_code == 204
    ended = await api.page(running)
    assert (ended.status_code, ended.json()["error"]["code"]) == (409, "query_cancelled")
    assert await api.rows("select 1") == [[1]]


async def test_too_much_memory_is_an_error_of_the_query(make: Make, duck_env: dict[str, str]) -> None:
    """Refuse what neither memory nor the disk for spilling holds; go on afterwards."""
    api = make(**{**duck_env, "DUCKDB_MEMORY": "64Mi", "DUCKDB_SPILL_BYTES": "16Mi"})
    for sql in (
        "select list(md5(i::varchar)) from range(30000000) t(i)",
        "select md5(i::varchar) as m from range(10000000) t(i) order by m",
    ):
        answer = await api.query(sql)
        while answer.status_code == 200:
            answer = await api.page(answer.json())
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "query_too_large")
    assert await api.rows("select count(*) from orders") == [[5000]]


async def test_extensions_of_the_lock_are_loaded(make: Make, duck_env: dict[str, str]) -> None:
    """Load them from their packages, with credentials for the objects; objects that no setting lists stay closed."""
    site = Path(duckdb.__file__).parent.parent
    more = {"DUCKDB_EXTENSIONS": str(site), "S3_ENDPOINT": "http://127.0.0.1:1", "S3_KEY": "key", "S3_SECRET": "it's secret"}
    api = make(**duck_env, **more)
    assert await api.rows("select count(*) from orders") == [[5000]]
    duck = api.service.duck
    assert duck is not None
    with duck.connection() as connection:
        functions = connection.execute("select distinct function_name from duckdb_functions()").fetchall()
        assert {("iceberg_scan",), ("read_avro",)} <= set(functions)
        with pytest.raises(duckdb.PermissionException):
            connection.execute("select * from 's3://other/x.parquet'").fetchall()


async def test_errors_of_sql_are_told(make: Make, duck_env: dict[str, str]) -> None:
    """Say what DuckDB says."""
    answer = await make(**duck_env).query("select nothing from orders")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "query_failed")
    assert "nothing" in answer.json()["error"]["what"]


LOCKED = [
    "select * from read_csv('{lake}/../secret.csv')",
    "select * from '{lake}/../secret.csv'",
    "select * from read_text('/etc/passwd')",
    "copy orders to '{lake}/../x.parquet'",
    "attach '{lake}/../x.db'",
    "install httpfs",
    "set memory_limit = '1TB'",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "set lock_configuration = false",
    "reset memory_limit",
    "select * from read_csv('https://example.org/x.csv')",
    "create persistent secret x (type s3)",
]


@pytest.mark.parametrize("sql", LOCKED)
async def test_the_database_is_locked_below_the_judge(make: Make, duck_env: dict[str, str], lake: Path, sql: str) -> None:
    """Refuse by configuration too what the judge refuses: two locks, not one."""
    duck = make(**duck_env).service.duck
    assert duck is not None
    with duck.connection() as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.format(lake=lake)).fetchall()


@pytest.mark.parametrize("sql", ["select 1; select 2", "create table x (a int)", "set threads = 1", "call pragma_version()"])
async def test_duckdbs_own_parser_is_asked_too(make: Make, duck_env: dict[str, str], sql: str) -> None:
    """Refuse what a judge that was wrong would let through."""
    api = make(**duck_env)
    runs = api.service.runs
    assert runs is not None
    run = await runs.start(Judged("duckdb", sql, "query"), [], 2e12, api.service.limits(None), 5)
    page, error = None, None
    try:
        page = await runs.page({"q": run, "n": 0}, 5)
    except Exception as caught:  # noqa: BLE001
        error = caught
    assert page is None
    assert getattr(error, "code", "") == "statement_refused"


async def test_tables_that_cannot_be_reached_are_told(make: Make, duck_env: dict[str, str]) -> None:
    """Be not ready, and say so to callers, until they can be."""
    tables = '{"gone":{"format":"parquet","path":"/nowhere/*.parquet"}}'
    api = make(**{**duck_env, "DUCKDB_TABLES": tables})
    answer = await api.query("select * from gone")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_unreachable")
    assert (await api.client.get("/health/ready")).status_code == 503


async def test_what_runs_when_the_service_ends_is_told(make: Make, duck_env: dict[str, str]) -> None:
    """Interrupt it: nobody can go on with it elsewhere."""
    api = make(**duck_env, WAIT_SECONDS="30")
    asking = asyncio.create_task(api.query(LONG))
    while not (api.service.runs and api.service.runs.runs):
        await asyncio.sleep(0.01)
    await api.service.close()
    assert (await asking).json()["error"]["code"] == "engine_stopped"
