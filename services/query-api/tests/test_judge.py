"""Which statements run."""

from __future__ import annotations

import contextlib
import time

import pytest
from sqlglot import exp

from query_api import dialects
from query_api.allowed import NODES
from query_api.errors import ApiError
from query_api.judge import Relations, judge

from .conftest import statements

RELATIONS = Relations(frozenset({"orders", "customers"}), frozenset({"lake"}))
HOSTILE = [
    *((engine, sql) for engine in ("trino", "duckdb") for sql in statements("hostile.both")),
    *(("trino", sql) for sql in statements("hostile.trino")),
    *(("duckdb", sql) for sql in statements("hostile.duckdb")),
]
ANALYSTS = [(engine, sql) for engine in ("trino", "duckdb") for sql in statements(f"analysts.{engine}")]


def test_the_corpus_is_as_large_as_promised() -> None:
    """Count statements that differ."""
    assert len({sql for _, sql in HOSTILE}) >= 350
    assert len({sql for _, sql in ANALYSTS}) >= 120


@pytest.mark.parametrize(("engine", "sql"), HOSTILE)
def test_a_hostile_statement_is_refused(engine: dialects.Engine, sql: str) -> None:
    """Refuse it with an error that says where, what and what is allowed."""
    with pytest.raises(ApiError) as refused:
        judge(sql, engine, RELATIONS)
    assert refused.value.status in (400, 403)
    assert refused.value.where.startswith("sql")
    assert refused.value.what
    assert refused.value.allowed


@pytest.mark.parametrize(("engine", "sql"), ANALYSTS)
def test_a_statement_of_an_analyst_is_accepted(engine: dialects.Engine, sql: str) -> None:
    """Accept it, with its words as they were and nothing else."""
    judged = judge(sql, engine, RELATIONS)
    assert judged.lexed is not None
    again = judge(judged.text, engine, RELATIONS)
    assert again.text == judged.text
    for token in judged.lexed.tokens:
        assert judged.text[token.start : token.end + 1] == sql[token.start : token.end + 1]


def test_comments_become_blanks_and_lines_stay() -> None:
    """Leave nothing that engines could read as the end of a comment or as the beginning of one."""
    judged = judge("select 1 -- a ' b\n  /* ; \n */ , 2", "trino")
    assert judged.text == "select 1         \n       \n    , 2"


def test_a_node_that_a_later_parser_brings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed: what is not in the list is no part of a statement."""
    monkeypatch.setitem(NODES, "trino", NODES["trino"] - {exp.Between})
    with pytest.raises(ApiError, match="Between"):
        judge("select 1 where 1 between 0 and 2", "trino")


def test_a_function_that_an_engine_brings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed: names of functions are a list too."""
    judge("select upper('x')", "duckdb", RELATIONS)
    monkeypatch.setitem(dialects.FUNCTIONS, "duckdb", dialects.FUNCTIONS["duckdb"] - {"upper"})
    with pytest.raises(ApiError, match="upper"):
        judge("select upper('x')", "duckdb", RELATIONS)


@pytest.mark.parametrize("engine", ["trino", "duckdb"])
@pytest.mark.parametrize(
    ("before", "within", "after", "times"),
    [
        ("select ", "(", ")", 60), ("select ", "array[", "]", 60), ("select ", "decimal(", ")", 60),
        ("select ", "struct(", ")", 60), ("select * from ", "(select * from ", ")", 60), ("select ", "not ", "", 9000),
        ("select ", "case when ", " then 1 end", 900), ("select ", "- ", "", 9000), ("select ", "1 + ", "", 4900),
        ("select ", "(", ")", 5000), ("select 1 ", "union select ", "", 4000),
    ],
)  # fmt: skip
def test_a_statement_that_is_hard_to_parse_takes_no_long_time(
    engine: dialects.Engine, before: str, within: str, after: str, times: int
) -> None:
    """Give an answer, whichever, before a parser has doubled its work again and again."""
    began = time.process_time()
    with contextlib.suppress(ApiError):
        judge(before + within * times + "1" + after * times, engine, RELATIONS)
    assert time.process_time() - began < 10


def test_logs_have_a_statement_without_its_values() -> None:
    """Show what was asked, not for whom."""
    judged = judge("select * from t where name = 'Ada' and age > 36 -- Ada", "trino")
    assert judged.lexed is not None
    assert judged.lexed.redacted() == "select * from t where name = ? and age > ?"


def test_what_changes_by_itself_is_not_cached() -> None:
    """Tell apart what gives the same each time."""
    assert judge("select * from t", "trino").cacheable
    for sql in ("select now()", "select current_date", "select random()", "show tables", "explain select 1"):
        assert not judge(sql, "trino").cacheable
