"""Run one statement with the locked DuckDB of the query API, and print a line of JSON for its columns, each batch of rows, and an error.

Settings are the query API's variables, of which QUERY_API_MAX_ROWS and QUERY_API_MAX_SECONDS are limits of the statement. Its text is
JSON in the first line of standard input, which the parent keeps open: its end ends this process.

A cell is null, true, false, a text, or an object with its kind: `{"number": "1.5"}`, `{"bytes": "61"}`, `{"list": […cells]}`,
`{"map": […[key, value]]}`. Texts of numbers, dates and times are those of Trino's client.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
import threading
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any

import duckdb
from query_api.duck import Duck, checked, failed
from query_api.errors import ApiError
from query_api.settings import settings

BATCH_ROWS = 1000
# Between two interrupts: one between two steps of DuckDB is lost.
AGAIN_SECONDS = 0.2
# After the limit: what does not take an interrupt is ended.
GRACE_SECONDS = 10
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
TEXT_NUMBERS = ("FLOAT", "DOUBLE", "DECIMAL")

written = threading.Lock()


def say(line: dict[str, Any]) -> None:
    """Write a line for the parent."""
    with written:
        sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        sys.stdout.flush()


class Watch:
    """Interrupts a statement at its limit of time."""

    def __init__(self, seconds: int) -> None:
        """Take the limit; it begins now."""
        self.seconds = seconds
        self.connection: duckdb.DuckDBPyConnection | None = None
        self.over = False
        self.ended = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self) -> None:
        """Wait for the end or the limit."""
        if self.ended.wait(self.seconds):
            return
        self.over = True
        for _ in range(int(GRACE_SECONDS / AGAIN_SECONDS)):
            if self.connection is not None:
                self.connection.interrupt()
            if self.ended.wait(AGAIN_SECONDS):
                return
        say(self.error())
        os._exit(1)

    def error(self) -> dict[str, Any]:
        """Return the line for a statement over its time."""
        return error(f"it took longer than {self.seconds} s", "a statement that reads less, or a larger --max-seconds")


def error(what: str, allowed: str) -> dict[str, Any]:
    """Return the line for a statement that failed."""
    return {"error": {"what": what, "allowed": allowed}}


def problem(caught: Exception) -> dict[str, Any]:
    """Return the line for what was raised. Files are named in it, unlike in the query API's answers: they are the caller's own."""
    if isinstance(caught, MemoryError):
        return error("the process has no memory left", "a statement that reads less, or a larger --max-memory")
    if isinstance(caught, (duckdb.HTTPException, duckdb.IOException)):
        return error(one_line(str(caught)), "tables and objects that are there")
    found = caught if isinstance(caught, ApiError) else failed(caught)
    if found.code == "query_too_large":
        return error(one_line(found.what), "a statement that reads less, or a larger --max-memory")
    return error(one_line(found.what), one_line(found.allowed))


def ends_with_parent() -> None:
    """End when the parent has ended."""
    sys.stdin.read()
    os._exit(1)


def cell(value: Any, kind: str = "") -> Any:  # noqa: ANN401, PLR0911 (one for each type)
    """Return a value for the parent."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"number": str(value)}
    if isinstance(value, float):
        return number(value, single=kind == "FLOAT")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        zone = value.tzinfo is not None
        return (value.astimezone(timezone.utc) if zone else value).strftime("%Y-%m-%d %H:%M:%S.%f") + " UTC" * zone
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.%f")
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": value.hex()}
    if isinstance(value, (list, tuple)):
        return {"list": [cell(each) for each in value]}
    if isinstance(value, dict):
        return {"map": [[cell(key), cell(each)] for key, each in value.items()]}
    return str(value)


def number(value: float, *, single: bool) -> Any:  # noqa: ANN401
    """Return a floating-point number as Java writes it."""
    if value != value or abs(value) == float("inf"):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if single:
        texts = (f"{value:.{digits}g}" for digits in range(1, 10))
        text = next(each for each in texts if struct.pack("f", float(each)) == struct.pack("f", value))
    exact = Decimal(text)
    if exact != 0 and not Decimal("1e-3") <= abs(exact) < 10**7:
        sign, digits, _ = exact.normalize().as_tuple()
        rest = "".join(str(each) for each in digits[1:]) or "0"
        return {"number": f"{'-' * sign}{digits[0]}.{rest}E{exact.adjusted()}"}
    plain = f"{exact:f}"
    return {"number": plain if "." in plain else f"{plain}.0"}


def one_line(text: str) -> str:
    """Return a message without the lines that point into the statement."""
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and line.strip("^ ") and not line.startswith("LINE "))


def run(sql: str, connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Execute, and write what comes."""
    checked(connection, sql)
    connection.execute(sql)
    described = connection.description or []
    kinds = [str(each[1]).split("(")[0] for each in described]
    numeric = [kind in (*NUMBERS, *TEXT_NUMBERS) for kind in kinds]
    say({"columns": [{"name": each[0], "numeric": numeric[at]} for at, each in enumerate(described)]})
    while batch := connection.fetchmany(BATCH_ROWS):
        say({"rows": [[cell(value, kinds[at]) for at, value in enumerate(row)] for row in batch[:rows]]})
        rows -= len(batch)
        if rows < 0:
            say({"truncated": True})
            return


def main() -> int:
    """Return the exit code."""
    # Ctrl-C reaches the parent too, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    known = settings()
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=ends_with_parent, daemon=True).start()
    if known.process_memory is not None:
        # What DuckDB's own limit does not count fails here as an error.
        resource.setrlimit(resource.RLIMIT_DATA, (known.process_memory, known.process_memory))
    watch = Watch(known.max_seconds)
    try:
        duck = Duck(known)
        watch.connection = duck.connection()
        run(asked["sql"], watch.connection, known.max_rows)
    except (ApiError, duckdb.Error, MemoryError) as caught:
        say(watch.error() if watch.over else problem(caught))
        return 1
    finally:
        watch.ended.set()
    return 0


# At once: threads that still wait for something must not run into the end of the interpreter and of DuckDB.
os._exit(main())
