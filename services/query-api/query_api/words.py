"""Statements that are no queries, word by word: SHOW, the head of EXPLAIN, names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot.tokens import Token, TokenType

from .dialects import Engine
from .errors import ApiError, refused
from .lexemes import WORDS, place

SHOWS = (
    "SHOW CATALOGS, SCHEMAS, TABLES, COLUMNS FROM, FUNCTIONS, STATS FOR, CREATE TABLE, CREATE VIEW, CREATE SCHEMA, "
    "each with FROM and LIKE as Trino has them; of DuckDB: SHOW TABLES, SHOW ALL TABLES"
)
Relation = Callable[[list[str]], None]


class Words:
    """A place in a statement, that moves on."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """Begin at the first word. Keywords of two words are two."""
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        """Return the next word in capitals; of names in quotes and texts nothing."""
        if self.at >= len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return "" if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) else " ".join(token.text.upper().split())

    def take(self, word: str) -> bool:
        """Move on if this is the next word."""
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def rest(self) -> list[Token]:
        """Return what is left."""
        return list(self.tokens[self.at :])

    def unexpected(self, allowed: str) -> ApiError:
        """Return the error for the next word."""
        if self.at >= len(self.tokens):
            return refused("sql", "the statement ends too early", allowed)
        token = self.tokens[self.at]
        return refused(place(token), f"{token.text[:40]!r} is not expected here", allowed)

    def end(self, allowed: str = "the end of the statement") -> None:
        """Require that nothing is left."""
        if self.at < len(self.tokens):
            raise self.unexpected(allowed)

    def name(self) -> list[str]:
        """Read `a.b.c`."""
        parts = [self.part()]
        while self.take("."):
            parts.append(self.part())
        return parts

    def part(self) -> str:
        """Read one name."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            word = token.token_type != TokenType.STRING and WORDS.fullmatch(token.text)
            if word or token.token_type == TokenType.IDENTIFIER:
                self.at += 1
                return token.text
        raise self.unexpected("a name")

    def pattern(self) -> None:
        """Read `LIKE 'x' ESCAPE '!'` if it is there."""
        if self.take("LIKE"):
            self.string()
            if self.take("ESCAPE"):
                self.string()

    def string(self) -> None:
        """Read a text."""
        if self.at >= len(self.tokens) or self.tokens[self.at].token_type != TokenType.STRING:
            raise self.unexpected("a text, such as 'a%'")
        self.at += 1

    def explain_options(self) -> None:
        """Read `ANALYZE VERBOSE (TYPE IO, FORMAT JSON)`."""
        if self.take("ANALYZE"):
            self.take("VERBOSE")
        # A query may begin with a bracket too.
        following = self.tokens[self.at + 1].text.upper() if self.at + 1 < len(self.tokens) else ""
        if self.peek() == "(" and following in ("TYPE", "FORMAT"):
            self.at += 1
            while True:
                if not (self.take("TYPE") or self.take("FORMAT")):
                    raise self.unexpected("TYPE or FORMAT")
                if self.part().upper() not in ("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO", "TEXT", "GRAPHVIZ", "JSON"):
                    raise refused("sql", "an option of EXPLAIN", "LOGICAL, DISTRIBUTED, VALIDATE, IO, TEXT, GRAPHVIZ, JSON")
                if self.take(")"):
                    return
                if not self.take(","):
                    raise self.unexpected("`,` or `)`")

    def show(self, engine: Engine, relation: Relation) -> None:
        """Read what is after SHOW."""
        if engine == "duckdb":
            if not (self.take("TABLES") or (self.take("ALL") and self.take("TABLES")) or self.take("ALL TABLES")):
                raise self.unexpected(SHOWS)
        elif self.take("CATALOGS"):
            self.pattern()
        elif self.take("SCHEMAS") or self.take("TABLES") or self.take("FUNCTIONS"):
            if self.take("FROM") or self.take("IN"):
                relation(self.name())
            self.pattern()
        elif self.take("COLUMNS") and (self.take("FROM") or self.take("IN")):
            relation(self.name())
            self.pattern()
        elif (self.take("STATS") and self.take("FOR")) or (
            self.take("CREATE") and (self.take("TABLE") or self.take("VIEW") or self.take("SCHEMA"))
        ):
            relation(self.name())
        else:
            raise self.unexpected(SHOWS)
        self.end()
