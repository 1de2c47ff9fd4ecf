"""Changes of a database's table, merged into an Iceberg table by Trino: the statements of `merge_changes.sql` beside this file.

What was merged before changes nothing, so a run that failed is run again. Trino is asked over HTTP, as upstream's image of
Airflow has no client of it; the connection `lakehouse_trino` (also as AIRFLOW_CONN_...) says where it is.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Connection, task
from airflow.timetables.trigger import CronTriggerTimetable

STATEMENTS = Path(__file__).parent / "merge_changes.sql"
SCHEDULE = os.environ.get("LAKEHOUSE_MERGE_SCHEDULE", "*/15 * * * *")
BUSY = (429, 502, 503, 504)
ATTEMPTS = 20

log = logging.getLogger(__name__)


def statements(text: str) -> list[str]:
    """Return the statements of a file, each of which ends in `;` at the end of a line."""
    parts = (part.strip() for part in re.split(r";[ \t]*(?:\n|$)", text))
    return [part for part in parts if re.sub(r"--[^\n]*", "", part).strip()]


def ask(method: str, url: str, headers: dict[str, str], body: str | None = None) -> dict[str, Any]:
    """Ask Trino once; wait while it is busy or starts."""
    for attempt in range(ATTEMPTS):
        data = None if body is None else body.encode()
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  (the scheme is one of two)
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            if error.code not in BUSY or attempt == ATTEMPTS - 1:
                raise
        time.sleep(min(0.1 * 2**attempt, 10))
    raise AssertionError


def run(connection: Connection, statement: str) -> int:
    """Run one statement to its end. Return the number of rows that it has changed; end it where the task ends."""
    extra = connection.extra_dejson
    scheme = extra.get("protocol") if extra.get("protocol") in ("http", "https") else "http"
    headers = {
        "X-Trino-User": connection.login or "airflow",
        "X-Trino-Source": extra.get("source", "airflow"),
        "X-Trino-Catalog": extra.get("catalog", "lakehouse"),
        "Content-Type": "text/plain; charset=utf-8",
    }
    url = f"{scheme}://{connection.host}:{connection.port or 8080}/v1/statement"
    answer = ask("POST", url, headers, statement)
    rest: str | None = answer.get("nextUri")
    try:
        while rest is not None:
            answer = ask("GET", rest, headers)
            rest = answer.get("nextUri")
    finally:
        if rest is not None:
            ask("DELETE", rest, headers)
    if "error" in answer:
        raise RuntimeError(f"Trino refuses a statement: {answer['error'].get('message')}")
    return int(answer.get("updateCount") or 0)


with DAG(
    dag_id="merge_changes",
    description="changes of a database's table, merged into an Iceberg table",
    schedule=CronTriggerTimetable(SCHEDULE, timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "lakehouse",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(hours=1),
    },
    tags=["lakehouse"],
    doc_md=__doc__,
) as dag:

    @task
    def merge() -> int:
        """Run all statements, one after the other. Return the number of rows that changed."""
        connection = Connection.get("lakehouse_trino")
        changed = 0
        for statement in statements(STATEMENTS.read_text(encoding="utf-8")):
            changed += run(connection, statement)
        log.info("%d rows changed", changed)
        return changed

    merge()
