"""A page of a result, as every engine gives it and as callers get it."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass
class Page:
    """Rows as JSON texts: they are written once, and counted as they are sent."""

    engine: str
    columns: list[dict[str, str]] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    # running: there may be more. finished: this is the last page.
    state: str = "running"
    truncated: str | None = None
    id: str = ""
    next: str | None = None
    cached: bool = False
    total_rows: int = 0
    total_bytes: int = 0

    def body(self) -> bytes:
        """Return the JSON that a caller gets."""
        head = {
            "id": self.id,
            "engine": self.engine,
            "state": self.state,
            "columns": self.columns,
            "next": self.next,
            "truncated": self.truncated,
            "cached": self.cached,
            "rowsSoFar": self.total_rows,
        }
        return json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "rows": [' + b",\n".join(self.rows) + b"]}"


@dataclass(frozen=True)
class Limits:
    """What one page, and what one query may be."""

    page_rows: int
    page_bytes: int
    rows: int
    bytes: int


class Filling:
    """Fills a page until a limit says that it is enough."""

    def __init__(self, page: Page, limits: Limits) -> None:
        """Take the page, with what the pages before had in its totals."""
        self.page = page
        self.limits = limits
        self.used = 0

    @property
    def full(self) -> bool:
        """Return whether the page has enough."""
        return len(self.page.rows) >= self.limits.page_rows or self.used >= self.limits.page_bytes

    def take(self, rows: Iterable[Any]) -> int:
        """Add rows until the page is full or the query may have no more; return how many."""
        taken = 0
        for row in rows:
            if self.page.total_rows >= self.limits.rows:
                self.page.truncated = "rows"
                break
            if self.full:
                break
            text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=jsonable, allow_nan=False).encode()
            if self.page.total_bytes + len(text) > self.limits.bytes:
                self.page.truncated = "bytes"
                break
            self.page.rows.append(text)
            self.page.total_rows += 1
            self.page.total_bytes += len(text)
            self.used += len(text)
            taken += 1
        return taken


def cell(value: Any) -> Any:  # noqa: ANN401 (of a database)
    """Return a value of DuckDB without what JSON has no form for: numbers that are none are texts, as Trino has them."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {str(key): cell(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [cell(each) for each in value]
    return value


def jsonable(value: Any) -> Any:  # noqa: ANN401 (of a database)
    """Return a text for what JSON does not have."""
    if isinstance(value, (Decimal, UUID, timedelta)):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return str(value)
