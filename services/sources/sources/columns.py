"""Types of a database's columns in Parquet, by what the driver says of a result: the same in each batch, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

_TIME = pa.timestamp("us")
_ZONED = pa.timestamp("us", tz="UTC")

#: OIDs of PostgreSQL (pg_type.dat). What is not here is text.
_POSTGRES = {
    16: pa.bool_(),
    17: pa.binary(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    26: pa.int64(),
    700: pa.float32(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: _TIME,
    1184: _ZONED,
}
_POSTGRES_NUMERIC = 1700

#: Types of MySQL's protocol (field_types.h). TIMESTAMP is a time of a zone, which the session sets to UTC.
_MARIADB = {
    1: pa.int16(),
    2: pa.int32(),
    3: pa.int64(),
    4: pa.float32(),
    5: pa.float64(),
    7: _ZONED,
    8: pa.int64(),
    9: pa.int32(),
    10: pa.date32(),
    12: _TIME,
    13: pa.int16(),
}
_MARIADB_DECIMALS = (0, 246)
_MARIADB_BYTES = (16, 249, 250, 251, 252, 253, 254, 255)
#: Digits of a decimal in Parquet that every engine reads.
_DIGITS = 38


class Column:
    """One column of a result."""

    def __init__(self, name: str, kind: pa.DataType | None) -> None:
        """Take a type; none for text or bytes, whichever the first value is."""
        self.name, self.kind = name, kind

    def array(self, values: Sequence[Any]) -> pa.Array:
        """Give values as an array of the column's type."""
        kind = self.kind
        if kind is None:
            kind = pa.binary() if any(isinstance(each, bytes) for each in values) else pa.string()
            self.kind = kind if any(each is not None for each in values) else None
        convert = _CONVERSIONS.get(kind)
        given = values if convert is None else [None if each is None else convert(each) for each in values]
        try:
            return pa.array(given, kind)
        except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
            raise ValueError(f"column {self.name}: a value does not fit {kind}; cast it in a query") from error


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else str(value)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


_CONVERSIONS: dict[pa.DataType, Callable[[Any], Any]] = {pa.string(): _text, _ZONED: _utc}


def columns(dialect: str, description: Sequence[Any]) -> list[Column]:
    """Give the columns of a cursor's description."""
    of = _postgres if dialect == "postgresql" else _mariadb
    return [Column(each[0], of(each)) for each in description]


def _postgres(column: Any) -> pa.DataType | None:  # noqa: ANN401
    _, code, _, _, precision, scale, *_ = column
    if code == _POSTGRES_NUMERIC:
        return _decimal(precision, scale)
    return _POSTGRES.get(code, pa.string())


def _mariadb(column: Any) -> pa.DataType | None:  # noqa: ANN401
    _, code, _, _, length, scale, *_ = column
    if code in _MARIADB_DECIMALS:
        # The driver gives the length in print: a sign, and a point where there are decimals.
        return _decimal(length - 1 - (1 if scale else 0), scale)
    return None if code in _MARIADB_BYTES else _MARIADB.get(code, pa.string())


def _decimal(precision: int | None, scale: int | None) -> pa.DataType:
    """Give an exact type: text where the digits are unknown, or too many."""
    if precision is None or scale is None or not 0 <= scale <= precision <= _DIGITS:
        return pa.string()
    return pa.decimal128(_DIGITS, scale)


def position(value: Any) -> dict[str, str]:  # noqa: ANN401
    """Write a high-water mark into a manifest: its kind beside it, so that the next run compares the same."""
    if isinstance(value, bool) or not isinstance(value, int | datetime | date | Decimal):
        raise ValueError(f"the high-water column must be a number, a date or a time, not {type(value).__name__}")
    kind = type(value).__name__
    return {"type": kind, "value": value.isoformat() if isinstance(value, date) else str(value)}


def mark(written: dict[str, str]) -> Any:  # noqa: ANN401
    """Read a high-water mark."""
    readers: dict[str, Callable[[str], Any]] = {
        "int": int,
        "Decimal": Decimal,
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
    }
    return readers[written["type"]](written["value"])
