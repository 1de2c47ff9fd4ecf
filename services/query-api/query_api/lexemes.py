"""Words of a statement: the first of two checks.

A gateway and an engine that read one text in two ways are how statements are smuggled: a comment that ends earlier for one of
them, a quote that one of them escapes. So only words that every SQL reads alike get further, and the text that an engine is
given has nothing else between them: comments become blanks, line breaks stay, so that an engine's positions still hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from .dialects import DIALECTS, Engine
from .errors import refused, wrong

MAX_WORDS = 10_000
# A parser by recursion needs some of its stack for each.
MAX_DEPTH = 64

STRING = re.compile(r"'(?:[^'\x00]|'')*'")
IDENTIFIER = re.compile(r'"(?:[^"\x00]|"")+"')
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ \t\r\n]+[A-Za-z_][A-Za-z0-9_]*)*")
HEX = re.compile(r"[xX]'[0-9a-fA-F \t\r\n]*'")
SYMBOLS = {
    engine: frozenset(signs.split())
    for engine, signs in {
        "trino": "( ) [ ] , . ; ? + - * / % = < > <= >= <> != || -> => :",
        "duckdb": "( ) [ ] { } , . ; ? + - * / // % = == < > <= >= <> != || -> ->> => : := :: ^ ** & |",
    }.items()
}
QUOTED = {TokenType.STRING: STRING, TokenType.IDENTIFIER: IDENTIFIER, TokenType.NUMBER: NUMBER}
OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}


@dataclass(frozen=True)
class Lexed:
    """A statement's words, and its text without comments."""

    tokens: tuple[Token, ...]
    text: str

    def redacted(self, most: int = 2000) -> str:
        """Return the statement for logs: every value is `?`."""
        values = (TokenType.STRING, TokenType.NUMBER, TokenType.HEX_STRING)
        words = ["?" if t.token_type in values else self.text[t.start : t.end + 1] for t in self.tokens]
        return " ".join(" ".join(words).split())[:most]


def place(token: Token) -> str:
    """Return where a word stands."""
    return f"sql, line {token.line}, column {max(1, token.col - (token.end - token.start))}"


def lex(sql: str, engine: Engine) -> Lexed:
    """Split a statement. Raises ApiError for words that engines could read in more than one way."""
    if "\x00" in sql:
        raise wrong("sql", "it has a NUL character", "text")
    try:
        tokens = tuple(DIALECTS[engine].tokenize(sql))
    except (SqlglotError, RecursionError) as error:
        raise wrong("sql", f"it cannot be split into words: {first_line(error)}", "one SQL statement") from None
    if not tokens:
        raise wrong("sql", "it is empty", "one SQL statement")
    if len(tokens) > MAX_WORDS:
        raise wrong("sql", f"it has {len(tokens)} words", f"at most {MAX_WORDS}")
    depth = 0
    for token in tokens:
        check(token, sql[token.start : token.end + 1], engine)
        depth += (token.token_type in OPENING) - (token.token_type in CLOSING)
        # CASE nests without brackets; NOT and signs are counted by the parser's own limit.
        if depth > MAX_DEPTH:
            raise wrong(place(token), f"brackets are nested {depth} deep", f"at most {MAX_DEPTH}")
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens = tokens[:-1]
    if not tokens:
        raise wrong("sql", "it is empty", "one SQL statement")
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            raise refused(place(token), "there is more than one statement", "exactly one statement")
    return Lexed(tokens, rebuilt(sql, tokens))


def check(token: Token, raw: str, engine: Engine) -> None:
    """Refuse a word that is of no form that all SQL reads alike."""
    form = QUOTED.get(token.token_type)
    if form is not None:
        if form.fullmatch(raw):
            return
    elif token.token_type == TokenType.HEX_STRING:
        if engine == "trino" and HEX.fullmatch(raw):
            return
    elif WORDS.fullmatch(raw) or raw in SYMBOLS[engine]:
        return
    raise refused(
        place(token),
        "a word of a form that is not read here",
        "plain words, 'text' with '' for a quote, \"names\", decimal numbers, and the usual operators",
    )


def rebuilt(sql: str, tokens: tuple[Token, ...]) -> str:
    """Return the text with nothing but blanks and line breaks between its words."""
    parts: list[str] = []
    end = 0
    for token in tokens:
        between = sql[end : token.start]
        if between.strip() and not between.lstrip().startswith(("--", "/*")):
            raise refused(place(token), "something before it that is neither a word nor a comment", "`-- …` and `/* … */`")
        parts.append("".join(c if c == "\n" else " " for c in between))
        parts.append(sql[token.start : token.end + 1])
        end = token.end + 1
    return "".join(parts)


def first_line(error: Exception) -> str:
    """Return what a library says in one line, without the escapes that it paints with."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0][:200] if str(error).strip() else "unreadable"
