"""What the jobs share. Imported by the driver only: nothing here runs on an executor."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any, NoReturn

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F  # noqa: N812  (the name every Spark program uses)

EPOCH = 1970  # events before it come from broken clocks
NAME = r"[A-Za-z_][A-Za-z0-9_]*"


class JobError(Exception):
    """A wrong input: reported as one line on stderr, exit code 2."""


class Parser(argparse.ArgumentParser):
    """Argument parser whose errors are one line, like every other wrong input."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise JobError(f"{message} (--help lists the arguments)")


def iso_day(text: str) -> date:
    """Parse `YYYY-MM-DD`, nothing looser."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or not EPOCH <= day.year < 9999:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day from {EPOCH} on; give YYYY-MM-DD, as 2026-01-31")
    return day


def whole(minimum: int, maximum: int = 9999) -> Callable[[str], int]:
    """Return a parser of whole numbers from `minimum` to `maximum`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not minimum <= int(text) <= maximum:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {minimum} to {maximum}")
        return int(text)

    return parse


def identifier(parts: int) -> Callable[[str], str]:
    """Return a parser of plain dotted identifiers with that many parts: safe to put into SQL unquoted."""

    def parse(text: str) -> str:
        if not re.fullmatch(r"\.".join([NAME] * parts), text):
            example = ".".join(("namespace", "table")[2 - parts :]) if parts < 3 else "catalog.namespace.table"
            raise argparse.ArgumentTypeError(f"{text!r} is not a name like {example} (letters, digits, underscores)")
        return text

    return parse


def parser(description: str) -> Parser:
    """Return a parser that already knows `--catalog`."""
    made = Parser(description=description, allow_abbrev=False)
    made.add_argument("--catalog", type=identifier(1), default="lakehouse", help="Iceberg catalog (default lakehouse)")
    return made


def add_window(made: Parser) -> None:
    """Add `--date` and `--days`, the window of UTC days that a job processes."""
    yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
    made.add_argument("--date", type=iso_day, default=yesterday, help="last UTC day processed (default yesterday)")
    made.add_argument("--days", type=whole(1), default=1, help="number of days processed, ending at --date (default 1)")


def window(args: argparse.Namespace) -> tuple[date, date]:
    """Return the first day processed and the day after the last."""
    return args.date - timedelta(days=args.days - 1), args.date + timedelta(days=1)


def within(column: str, first: date, end: date) -> Column:
    """Condition: the UTC timestamp lies in [first, end)."""
    return (F.col(column) >= midnight(first)) & (F.col(column) < midnight(end))


def midnight(day: date) -> Column:
    """Return the first instant of a UTC day."""
    return F.lit(day).cast("timestamp")


def session(catalog: str) -> SparkSession:
    """Return the session as the platform configured it; days are UTC days whatever the pod's time zone."""
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # The token of the catalog that gives keys with its tables: a pod has it as a variable, so that no configuration does.
    if token := os.environ.get("LAKEHOUSE_VENDED_TOKEN"):
        spark.conf.set("spark.sql.catalog.vended.token", token)
    if spark.conf.get(f"spark.sql.catalog.{catalog}", None) is None:
        raise JobError(f"catalog {catalog} is not configured; set spark.sql.catalog.{catalog} in sparkConf")
    return spark


def require_table(spark: SparkSession, table: str, fix: str) -> None:
    """Fail with a readable line when the source is missing."""
    if not spark.catalog.tableExists(table):
        raise JobError(f"table {table} does not exist; {fix}")


def report(**fields: Any) -> None:  # noqa: ANN401  (whatever JSON can say)
    """Print one JSON line to stdout: what the logs, the alerts and the tests read."""
    print(json.dumps(fields, default=str), flush=True)


def run(main: Callable[[Sequence[str] | None], None]) -> NoReturn:
    """Run a job: exit 0 when done, 2 with one line on stderr for a wrong input, 1 with a traceback otherwise."""
    try:
        main(None)
    except JobError as error:
        print(f"{sys.argv[0].rsplit('/', 1)[-1]}: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
        sys.exit(2)
    finally:
        # Threads of the Kubernetes client keep a driver pod alive after main() unless the session is stopped.
        active = SparkSession.getActiveSession()
        if active is not None:
            active.stop()
    sys.exit(0)
