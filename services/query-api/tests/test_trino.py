"""Queries on Trino: what it is sent, pages, limits, cancelling, errors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import BOB, Make
from .fake_trino import FakeTrino, unquoted

pytestmark = pytest.mark.anyio


async def test_values_are_bound_and_the_caller_is_trinos_user(make: Make, fake: FakeTrino) -> None:
    """Send the statement as a text in quotes, and values as literals of their types."""
    api = make(MAX_SECONDS="77")
    answer = await api.query(
        "select * from t where a = ? and b = ? and c in (?, ?, ?, ?, ?) -- ?",
        ["it's; drop table x --", -5, None, True, 1.5, {"type": "date", "value": "2026-01-31"},
         {"type": "decimal", "value": "1.50"}],
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    sql, values = unquoted(fake.last.sql)
    assert sql.rstrip() == "select * from t where a = ? and b = ? and c in (?, ?, ?, ?, ?)"
    assert values == "'it''s; drop table x --', BIGINT '-5', NULL, TRUE, DOUBLE '1.5', DATE '2026-01-31', DECIMAL '1.50'"
    assert fake.last.user == "alice"
    assert fake.last.session in ("query_max_run_time=77s", "query_max_run_time=76s")


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ([], "params"), ([1, 2], "params"), ([[1]], "params[0]"), ([2**63], "params[0]"), ([{"type": "date"}], "params[0]"),
        ([{"type": "date", "value": "31.1.2026"}], "params[0]"), ([{"type": "decimal", "value": "1e5"}], "params[0]"),
        ([{"type": "sql", "value": "now()"}], "params[0]"), (["a\x00b"], "params[0]"),
    ],
)  # fmt: skip
async def test_values_of_another_form_are_refused(make: Make, fake: FakeTrino, params: list[Any], where: str) -> None:
    """Say which one it is; Trino hears nothing."""
    answer = await make().query("select ?", params)
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == where
    assert not fake.queries


async def test_pages_follow_each_other_and_none_is_read_ahead(make: Make, fake: FakeTrino) -> None:
    """Cut Trino's pages to the size of ours, and ask Trino for no page that nobody has asked for."""
    fake.results["t"] = [[[n] for n in range(5)], [[n] for n in range(5, 10)]]
    api = make(PAGE_ROWS="3")
    first = (await api.query("select * from t")).json()
    assert (first["rows"], first["state"], first["rowsSoFar"]) == ([[0], [1], [2]], "running", 3)
    assert max(fake.last.asked) == 1
    for _ in range(2):
        second = (await api.page(first)).json()
        assert (second["rows"], second["rowsSoFar"]) == ([[3], [4]], 5), "a page that got lost is asked for again"
    assert (await api.page(second)).json()["rows"] == [[5], [6], [7]]
    again = (await api.page(first)).json()
    assert again["error"]["code"] == "query_gone", "Trino has gone on: a page before the last is over"
    assert await api.rows("select * from t") == [[n] for n in range(10)]


async def test_another_replica_goes_on(make: Make, fake: FakeTrino) -> None:
    """Serve a page of a query that another process began, with the same key; with another key it is unknown."""
    fake.results["t"] = [[[n] for n in range(5)]]
    first = (await make(PAGE_ROWS="3").query("select * from t")).json()
    assert (await make(PAGE_ROWS="3").page(first)).json()["rows"] == [[3], [4]]
    other = await make(PAGE_ROWS="3", KEY="x" * 32).page(first)
    assert (other.status_code, other.json()["error"]["code"]) == (404, "query_unknown")


async def test_nobody_reads_or_ends_a_query_of_somebody_else(make: Make, fake: FakeTrino) -> None:
    """Know an id only with the name that it was made for; know no page that was not made here."""
    fake.results["t"] = [[[n] for n in range(5)]]
    api = make(PAGE_ROWS="3")
    first = (await api.query("select * from t")).json()
    assert (await api.page(first, BOB)).status_code == 404
    assert (await api.client.delete(f"/query/{first['id']}", headers=BOB)).status_code == 404
    for token in ("x", "e30.x", first["next"][:-1], "A" + first["next"], "é.é"):
        answer = await api.client.get(f"/query/{first['id']}", params={"page": token})
        assert answer.json()["error"]["code"] == "page_unknown"
    other = (await api.query("select * from t")).json()
    mixed = await api.client.get(f"/query/{other['id']}", params={"page": first["next"]})
    assert mixed.json()["error"]["code"] == "page_unknown"


async def test_rows_and_bytes_have_a_limit(make: Make, fake: FakeTrino) -> None:
    """Cut the result off, say so, and let Trino stop."""
    fake.results["t"] = [[["x" * 50] for _ in range(5)] for _ in range(100)]
    api = make(PAGE_ROWS="10", DEFAULT_ROWS="20", MAX_ROWS="30")
    rows = (await api.query("select * from t", limit=7)).json()
    assert (len(rows["rows"]), rows["truncated"], rows["state"], rows["next"]) == (7, "rows", "finished", None)
    assert fake.last.cancelled
    assert len(await api.rows("select * from t")) == 20
    assert (await api.query("select * from t", limit=31)).json()["error"]["where"] == "limit"
    small = make(MAX_BYTES="1Ki", DEFAULT_ROWS="1000")
    cut = (await small.query("select * from t")).json()
    assert (cut["truncated"], len(cut["rows"])) == ("bytes", 1024 // 54)
    assert fake.last.cancelled
    pages = make(PAGE_BYTES="1Ki", DEFAULT_ROWS="1000")
    assert len((await pages.query("select * from t")).json()["rows"]) == 1024 // 54 + 1


async def test_a_result_of_exactly_the_limit_is_whole(make: Make, fake: FakeTrino) -> None:
    """Say that something was cut off only when something was."""
    fake.results["t"] = [[[1], [2], [3]]]
    whole = (await make().query("select * from t", limit=3)).json()
    assert (whole["truncated"], whole["state"], len(whole["rows"])) == (None, "finished", 3)


async def test_a_long_query_answers_without_rows_and_can_be_cancelled(make: Make, fake: FakeTrino) -> None:
    """Return an id before there are rows, go on with it, and end it at Trino."""
    fake.endless = True
    api = make(WAIT_SECONDS="1")
    waiting = (await api.query("select * from t")).json()
    assert (waiting["rows"], waiting["state"]) == ([], "running")
    assert (await api.client.delete(f"/query/{waiting['id']}")).status_code == 204
    assert fake.last.cancelled
    after = await api.page(waiting)
    assert (after.status_code, after.json()["error"]["code"]) == (409, "query_cancelled")


async def test_a_query_over_its_time_is_ended(make: Make, fake: FakeTrino) -> None:
    """Tell the caller, and let Trino stop."""
    fake.endless = True
    api = make(WAIT_SECONDS="5", MAX_SECONDS="1")
    answer = await api.query("select * from t")
    body = answer.json()
    if answer.status_code == 200:
        answer = await api.page(body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "query_too_long")
    assert fake.last.cancelled


async def test_a_caller_that_goes_ends_the_query(make: Make, fake: FakeTrino) -> None:
    """Cancel at Trino what nobody waits for."""
    fake.endless = True
    api = make(WAIT_SECONDS="30")
    asking = asyncio.create_task(api.service.start("alice", asked("select * from t")))
    while not fake.queries or not fake.last.asked:
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert fake.last.cancelled


@pytest.mark.parametrize(
    ("name", "kind", "status", "code"),
    [
        ("TABLE_NOT_FOUND", "USER_ERROR", 400, "query_failed"), ("PERMISSION_DENIED", "USER_ERROR", 403, "forbidden"),
        ("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", 504, "query_too_long"),
        ("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", 503, "engine_busy"),
        ("EXCEEDED_LOCAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", 422, "query_too_large"),
        ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", 502, "engine_failed"),
        ("ADMINISTRATIVELY_KILLED", "USER_ERROR", 409, "query_cancelled"),
    ],
)  # fmt: skip
async def test_an_error_of_trino_is_told(make: Make, fake: FakeTrino, name: str, kind: str, status: int, code: str) -> None:
    """Use a status that says whose mistake it is."""
    location = {"lineNumber": 1, "columnNumber": 15}
    fake.errors["t"] = {"errorName": name, "errorType": kind, "message": "it is so", "errorLocation": location}
    answer = await make().query("select * from t")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    if code == "query_failed":
        assert answer.json()["error"]["where"] == "sql, line 1, column 15"


async def test_an_overloaded_trino_is_asked_again_and_one_that_is_away_is_told(make: Make, fake: FakeTrino) -> None:
    """Follow the protocol; then say that Trino does not answer."""
    fake.busy = 2
    api = make()
    assert (await api.query("select 1")).status_code == 200
    fake.busy = 100
    answer = await api.query("select 1", headers={"Cache-Control": "no-cache"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_unreachable")
    assert answer.headers["Retry-After"] == "10"


async def test_nobody_leads_the_service_elsewhere(make: Make, fake: FakeTrino, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use of the next page's address its path alone, and only one of the protocol."""
    api = make()
    for given in ("http://evil/v1/info", "http://evil/v1/statement/../../x", "http://evil/"):
        monkeypatch.setattr(FakeTrino, "answer", lambda self, request, held, token, rows, to=given: {"id": "q", "nextUri": to})
        assert (await api.query("select 1")).json()["error"]["code"] == "engine_unreachable"


def asked(sql: str) -> Any:  # noqa: ANN401
    """Return a request."""
    from query_api.service import Asked  # noqa: PLC0415

    return Asked(sql, [], None, None)
