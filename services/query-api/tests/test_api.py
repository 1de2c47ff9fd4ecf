"""The HTTP side: callers, errors, rate, cache, health, figures, logs."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from query_api.settings import SettingsError, settings

from .conftest import BOB, Make
from .fake_trino import FakeTrino

pytestmark = pytest.mark.anyio
KEYS = {"code", "where", "what", "allowed", "request"}


async def test_every_error_has_the_same_form(make: Make) -> None:
    """Say where, what and what is allowed, whatever is wrong."""
    client = make(MAX_SQL_BYTES="1Ki").client
    for answer, status in [
        (await client.get("/nothing"), 404),
        (await client.put("/query"), 405),
        (await client.post("/query", content=b"{"), 400),
        (await client.post("/query", json={"sql": 1}), 400),
        (await client.post("/query", json={"sql": "select 1", "evil": 1}), 400),
        (await client.post("/query", json={"sql": "select 1", "limit": 0}), 400),
        (await client.post("/query", json={"sql": "select 1", "limit": True}), 400),
        (await client.post("/query", json={"sql": "select 1", "engine": "mysql"}), 400),
        (await client.post("/query", json={"sql": "select 1", "engine": "duckdb"}), 400),
        (await client.post("/query", json={"sql": "select " + "1" * 2000}), 400),
        (await client.post("/query", json={"sql": "x" * 100_000}), 413),
        (await client.post("/query", json={"sql": "drop table x"}), 403),
        (await client.get("/query/x", params={"page": "x"}), 404),
        (await client.get("/query/x"), 400),
        (await client.post("/query", json={"sql": "select 1"}, headers={"X-Forwarded-User": ""}), 401),
        (await client.post("/query", json={"sql": "select 1"}, headers={"X-Forwarded-User": "a b"}), 401),
    ]:
        assert answer.status_code == status, answer.text
        error = answer.json()["error"]
        assert set(error) == KEYS
        assert all(error.values()), error
        assert error["request"] == answer.headers["X-Request-Id"]


async def test_callers_by_token(make: Make, fake: FakeTrino, tmp_path: Path) -> None:
    """Know a token by its hash alone, and a new one without a restart."""
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps({hashlib.sha256(b"t0ken").hexdigest(): "carol"}))
    api = make(CALLER_HEADER="", CALLER_TOKENS=str(file))
    assert (await api.query("select 1")).status_code == 401, "a header is nothing here"
    assert (await api.query("select 1", headers={"Authorization": "Bearer wrong"})).status_code == 401
    assert (await api.query("select 1", headers={"Authorization": "Basic t0ken"})).status_code == 401
    assert (await api.query("select 1", headers={"Authorization": "Bearer t0ken"})).status_code == 200
    assert fake.last.user == "carol"
    file.write_text(json.dumps({hashlib.sha256(b"newer").hexdigest(): "dave-by-token"}))
    assert (await api.query("select 1", headers={"Authorization": "Bearer newer"})).status_code == 200
    assert fake.last.user == "dave-by-token"
    assert (await api.query("select 1", headers={"Authorization": "Bearer t0ken"})).status_code == 401
    file.write_text("no JSON")
    assert (await api.query("select 1", headers={"Authorization": "Bearer newer"})).status_code == 200, "the last good one"


async def test_each_caller_has_so_many_queries_a_minute(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse more with the time to wait; others are not concerned."""
    monkeypatch.setattr("query_api.service.time.time", lambda: 1_800_000_010.0)
    api = make(RATE_PER_MINUTE="3")
    answers = [(await api.query("select 1")).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert (await api.query("select 1")).headers["Retry-After"] == "50"
    assert (await api.query("select 1", headers=BOB)).status_code == 200
    monkeypatch.setattr("query_api.service.time.time", lambda: 1_800_000_070.0)
    assert (await api.query("select 1")).status_code == 200


async def test_small_results_are_kept_for_their_caller(make: Make, fake: FakeTrino) -> None:
    """Ask Trino once for the same; for other values, callers, limits and on demand again."""
    api = make()
    fake.results["t"] = [[[1, "a\nb"]]]
    first, second = [(await api.query("select * from t where a = ?", [1])).json() for _ in range(2)]
    assert (first["cached"], second["cached"], len(fake.queries)) == (False, True, 1)
    assert {**second, "cached": False} == first
    await api.query("select * from t where a = ?", [2])
    await api.query("select * from t where a = ?", ["1"])
    await api.query("select * from t where a = ?", [1], headers=BOB)
    await api.query("select * from t where a = ?", [1], limit=5)
    await api.query("select * from t where a = ?", [1], headers={"Cache-Control": "no-cache"})
    assert len(fake.queries) == 6
    for _ in range(2):
        await api.query("select now()")
    assert len(fake.queries) == 8
    none = make(CACHE_SECONDS="0")
    for _ in range(2):
        assert (await none.query("select * from t where a = ?", [1])).json()["cached"] is False


async def test_health_and_figures(make: Make, fake: FakeTrino) -> None:
    """Stay ready without Trino, since callers are told; say who answers."""
    api = make()
    assert (await api.client.get("/health/live")).status_code == 200
    assert (await api.client.get("/health/ready")).json() == {"status": "ok", "answers": {"trino": True}}
    fake.starting = True
    assert (await api.client.get("/health/ready")).json() == {"status": "ok", "answers": {"trino": False}}
    await api.query("select 1")
    await api.query("drop table x")
    await api.client.get("/some/path/of/a/stranger")
    figures = (await api.client.get("/metrics")).text
    for line in [
        'query_api_requests_total{route="/query",status="200"} 1.0',
        'query_api_requests_total{route="/query",status="403"} 1.0',
        'query_api_requests_total{route="other",status="404"} 1.0',
        'query_api_errors_total{code="statement_refused"} 1.0',
        'query_api_queries_total{engine="trino"} 1.0',
        'query_api_rows_total{engine="trino"} 1.0',
        'query_api_engine_up{engine="trino"} 0.0',
        'query_api_cache_total{result="miss"} 1.0',
    ]:
        assert line in figures
    api.service.draining = True
    assert (await api.client.get("/health/ready")).status_code == 503
    assert (await api.query("select 1")).json()["error"]["code"] == "stopping"


async def test_logs_have_no_values(make: Make, fake: FakeTrino, capsys: pytest.CaptureFixture[str]) -> None:
    """Write a JSON object a line; no value of a statement or of a parameter stands in it."""
    fake.errors["broken"] = {"errorName": "X", "errorType": "INTERNAL_ERROR", "message": "hush-1"}
    api = make()
    await api.query("select 'hush-2', 424242 from t where a = ? /* hush-3 */", ["hush-4"])
    await api.query("select 'hush-5' from broken")
    await api.query("select hush-6(")
    await api.query("select ?", [{"type": "date", "value": "hush-7"}])
    api.service.trino = None  # whatever breaks inside
    await api.query("select 'hush-8'", headers={"Cache-Control": "no-cache", "Authorization": "Bearer hush-9"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in lines} >= {"query", "request"}
    assert all({"time", "level", "event"} <= set(line) for line in lines)
    assert "hush" not in json.dumps(lines)
    assert "424242" not in json.dumps(lines)


async def test_openapi_describes_what_is_there(make: Make) -> None:
    """Give clients the forms of requests, results and errors."""
    document = (await make().client.get("/openapi.json")).json()
    assert set(document["paths"]) == {"/query", "/query/{id}", "/health/live", "/health/ready"}
    assert set(document["components"]["schemas"]) >= {"QueryRequest", "QueryResult", "ErrorAnswer"}
    assert (await make().client.get("/docs")).status_code == 404


async def test_requests_at_the_same_time(make: Make, fake: FakeTrino) -> None:
    """Keep results apart."""
    api = make(CACHE_SECONDS="0")
    for number in range(40):
        fake.results[f"t_{number}_"] = [[[number]]]
    found = await asyncio.gather(*(api.rows(f"select * from t_{number}_") for number in range(40)))
    assert found == [[[number]] for number in range(40)]


def test_all_mistakes_of_settings_are_told_at_once() -> None:
    """Name each with what is allowed."""
    with pytest.raises(SettingsError) as error:
        settings(
            {
                "QUERY_API_TRINO_URL": "trino:8080",
                "QUERY_API_MAX_ROWS": "many",
                "QUERY_API_PAGE_BYTES": "4MB",
                "QUERY_API_DUCKDB": "yes",
                "QUERY_API_DUCKDB_TABLES": '{"a b": {"format": "csv", "path": "x"}}',
                "QUERY_API_DUCKDB_DIRECTORIES": '["s3://gold"]',
                "QUERY_API_KEY": "short",
                "QUERY_API_CACHE_PASSWORD_FILE": "/nowhere",
            }
        )
    lines = str(error.value).splitlines()
    wanted = [
        "TRINO_URL",
        "MAX_ROWS",
        "PAGE_BYTES",
        "DUCKDB:",
        "TABLES",
        "DIRECTORIES",
        "KEY",
        "PASSWORD_FILE",
        "CALLER_HEADER",
    ]
    for name in wanted:
        assert any(name in line and "allowed" in line for line in lines), name
