"""How each engine's SQL is parsed, for a judge: nothing is guessed, nothing is translated.

Every call of a function stays a call by the name that was written, so that names can be judged. Only syntax that no call is
written in has its own node: CAST, EXTRACT, TRIM and the like. SHOW and EXPLAIN are words as all others are.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.trino import Trino

Engine = Literal["trino", "duckdb"]

# Calls with words in them instead of commas.
SYNTAX = {"CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "LISTAGG", "JSON_VALUE", "JSON_QUERY", "STRING_AGG"}


# Steps of a parser over one statement. It tries some forms twice at each level, so that nesting could double its work again and
# again; a statement takes about as many as it has words.
MAX_STEPS = 30_000


class TooManyStepsError(Exception):
    """Nothing that the parser itself would catch, and go on."""


class Bounded:
    """A parser whose work has an end."""

    _steps = 0

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooManyStepsError
        super()._advance(times)  # type: ignore[misc]


class JudgedTrino(Trino):
    """Trino's SQL."""

    class Tokenizer(Trino.Tokenizer):
        """Words of Trino."""

        COMMANDS: set = set()

    class Parser(Bounded, Trino.Parser):
        """Grammar of Trino."""

        FUNCTIONS: dict = {}
        FUNCTION_PARSERS = {k: v for k, v in Trino.Parser.FUNCTION_PARSERS.items() if k in SYNTAX}


class JudgedDuckDB(DuckDB):
    """DuckDB's SQL."""

    class Tokenizer(DuckDB.Tokenizer):
        """Words of DuckDB."""

        COMMANDS: set = set()

    class Parser(Bounded, DuckDB.Parser):
        """Grammar of DuckDB."""

        FUNCTIONS: dict = {}
        FUNCTION_PARSERS = {k: v for k, v in DuckDB.Parser.FUNCTION_PARSERS.items() if k in SYNTAX}


DIALECTS: dict[Engine, Dialect] = {"trino": JudgedTrino(), "duckdb": JudgedDuckDB()}


def listed(engine: Engine) -> frozenset[str]:
    """Return the functions that a statement may call."""
    text = (files(__package__) / "functions" / f"{engine}.txt").read_text()
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


FUNCTIONS: dict[Engine, frozenset[str]] = {"trino": listed("trino"), "duckdb": listed("duckdb")}
# Functions that stand where a table does.
TABLE_FUNCTIONS: dict[Engine, frozenset[str]] = {
    "trino": frozenset(),
    "duckdb": frozenset({"range", "generate_series", "unnest"}),
}
