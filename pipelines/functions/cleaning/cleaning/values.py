"""Values of columns: names, nulls and types."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite
from typing import Any

import pyarrow as pa

from .declared import Rules, digits

_TRUE = frozenset(("true", "t", "yes", "y", "1"))
_FALSE = frozenset(("false", "f", "no", "n", "0"))
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")


class BadValue(Exception):  # noqa: N818
    """A value that is not what its column must be."""


@lru_cache(maxsize=10_000)
def snake(name: str) -> str:
    """Give the name of a column: `Order ID` is `order_id`, `customerName` is `customer_name`."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()[:128]
    return f"_{text}" if text[:1].isdigit() else text


def arrow(kind: str) -> pa.DataType:
    """Give the type of a column in Parquet."""
    decimal = digits(kind)
    if decimal is not None:
        return pa.decimal128(*decimal)
    return {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }[kind]


def plain(value: Any, rules: Rules) -> Any:  # noqa: ANN401
    """Give a value without what means none: texts are trimmed, in one form of Unicode."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).strip()
    return None if text.lower() in rules.nulls else text


def typed(value: Any, kind: str) -> Any:  # noqa: ANN401
    """Give a value as its column must be. Raises `BadValue`."""
    decimal = digits(kind)
    return _decimal(value, *decimal) if decimal is not None else _OF[kind](value)


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _integer(value: Any) -> int:  # noqa: ANN401
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float | Decimal) and isfinite(value) and value == int(value):
        number = int(value)
    elif isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
    if number is None or not -(2**63) <= number < 2**63:
        raise BadValue
    return number


def _number(value: Any) -> float:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadValue
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise BadValue
    try:
        number = float(value)
    except OverflowError as error:
        raise BadValue from error
    if not isfinite(number):
        raise BadValue
    return number


def _decimal(value: Any, precision: int, scale: int) -> Decimal:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadValue
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise BadValue
    try:
        exact = Decimal(str(value))
        number = exact.quantize(Decimal(1).scaleb(-scale))
    except InvalidOperation as error:
        raise BadValue from error
    # What would be rounded is not what was sent.
    if number != exact or len(number.as_tuple().digits) > precision:
        raise BadValue
    return number


def _boolean(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, bool):
        return value
    text = str(value).lower() if isinstance(value, str | int) else ""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadValue


def _date(value: Any) -> date:  # noqa: ANN401
    if isinstance(value, datetime):
        raise BadValue
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadValue from error


def _timestamp(value: Any) -> datetime:  # noqa: ANN401
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        # A time without a zone is one of UTC.
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadValue from error


_OF: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}
