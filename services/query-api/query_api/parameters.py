"""Values of a statement: bound, never spliced into its text by callers."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import wrong

ALLOWED = 'null, true, a number, a text, or {"type": "date|time|timestamp|decimal|bigint|double|varchar", "value": "…"}'
BIGINT = 2**63
Bound = bool | int | float | str | Decimal | date | time | datetime | None


def bind(params: list[Any], wanted: int) -> list[Bound]:
    """Return values that both engines take."""
    if len(params) != wanted:
        raise wrong("params", f"there are {len(params)} values for {wanted} parameters", "one for each `?`")
    return [value(given, f"params[{number}]") for number, given in enumerate(params)]


def value(given: Any, where: str) -> Bound:  # noqa: ANN401 (JSON)
    """Return one value."""
    if isinstance(given, dict):
        return typed(given, where)
    if isinstance(given, int) and not isinstance(given, bool) and not -BIGINT <= given < BIGINT:
        raise wrong(where, "a number of more than 64 bits", 'a text, or {"type": "decimal", "value": "…"}')
    if given is None or isinstance(given, (bool, int, float)):
        return given
    if isinstance(given, str):
        return text(given, where)
    raise wrong(where, f"a value of the type {type(given).__name__}", ALLOWED)


def text(given: str, where: str) -> str:
    """Return a text that both engines can hold."""
    if "\x00" in given or any(0xD800 <= ord(c) < 0xE000 for c in given):
        raise wrong(where, "a text with a NUL or half a character", "any other text")
    return given


def typed(given: dict[str, Any], where: str) -> Bound:
    """Return a value whose type is named."""
    kind, raw = given.get("type"), given.get("value")
    if set(given) != {"type", "value"} or not isinstance(raw, str):
        raise wrong(where, "an object of another form", ALLOWED)
    try:
        if kind == "varchar":
            return text(raw, where)
        if kind == "date":
            return date.fromisoformat(raw)
        if kind == "time":
            return time.fromisoformat(raw)
        if kind == "timestamp":
            return datetime.fromisoformat(raw)
        if kind == "bigint":
            return value(int(raw), where)
        if kind == "double":
            return float(raw)
        if kind == "decimal" and re.fullmatch(r"[+-]?\d{1,38}(\.\d{0,38})?", raw) and sum(c.isdigit() for c in raw) <= 38:
            return Decimal(raw)
    except (ValueError, InvalidOperation):
        pass
    raise wrong(where, f"it is no {kind}" if isinstance(kind, str) else "an object of another form", ALLOWED)


def literal(bound: Bound) -> str:  # noqa: PLR0911 (one for each type)
    """Return a value as Trino's SQL: what EXECUTE takes after USING."""
    if bound is None:
        return "NULL"
    if isinstance(bound, bool):
        return "TRUE" if bound else "FALSE"
    if isinstance(bound, int):
        return str(bound) if bound >= 0 else f"BIGINT '{bound}'"
    if isinstance(bound, float):
        return f"DOUBLE '{bound!r}'".replace("inf", "Infinity").replace("nan", "NaN")
    if isinstance(bound, Decimal):
        return f"DECIMAL '{bound:f}'"
    if isinstance(bound, datetime):
        zone = bound.strftime(" %z")
        offset = f"{zone[:4]}:{zone[4:6]}" if zone.strip() else ""
        return f"TIMESTAMP '{bound.replace(tzinfo=None).isoformat(' ')}{offset}'"
    if isinstance(bound, date):
        return f"DATE '{bound.isoformat()}'"
    if isinstance(bound, time):
        return f"TIME '{bound.replace(tzinfo=None).isoformat()}'"
    return quoted(bound)


def quoted(given: str) -> str:
    """Return a text as SQL: a quote is two, and nothing else has a meaning."""
    return "'" + given.replace("'", "''") + "'"
