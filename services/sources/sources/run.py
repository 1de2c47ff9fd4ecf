"""One run of a source: what it does, and how it ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from . import database, drop, objects, web
from .declared import DeclarationError, Source, declared, secret
from .landing import Landing, Superseded
from .logs import log
from .store import Store, client

#: How a run ends. The CronJob's policy and the alerts know 3: files are in quarantine, and another try would not help.
DONE, FAILED, MISTAKE, QUARANTINED = 0, 1, 2, 3

_KINDS: dict[str, Callable[[Source, Landing], None]] = {
    "http": web.run,
    "s3": objects.run,
    "jdbc": database.run,
    "files": drop.run,
}


def main(arguments: Sequence[str]) -> int:
    """Run the source of a declaration once."""
    try:
        source = declared(Path(arguments[0] if arguments else "/etc/sources/source.json"))
    except DeclarationError as error:
        for line in str(error).splitlines():
            log("settings", level="error", message=line)
        return _end(MISTAKE, str(error))
    try:
        return _run(source)
    except (web.Again, web.Refused, Superseded, database.Unreadable) as error:
        return _end(FAILED, str(error))
    except (httpx.HTTPError, BotoCoreError, ClientError, OSError) as error:
        return _end(FAILED, f"{type(error).__name__}: {error}")
    except SQLAlchemyError as error:
        # Its text has the statement; the driver's own error says what is wrong.
        cause = getattr(error, "orig", None)
        return _end(FAILED, f"{type(error).__name__}: {str(cause).splitlines()[0] if cause else ''}")


def _run(source: Source) -> int:
    lake = source.lake
    s3 = client(lake.endpoint, lake.region, secret("S3_KEY"), secret("S3_SECRET"), source.attempts)
    source.scratch.mkdir(parents=True, exist_ok=True)
    landing = Landing(source, Store(s3, lake.bucket))
    _KINDS[source.kind](source, landing)
    counts = landing.counts
    log("done", **counts)
    if counts["quarantined"] > 0:
        return _end(QUARANTINED, f"{counts['quarantined']} in quarantine: s3://{lake.bucket}/{lake.quarantine}")
    late = _late(source, landing)
    return _end(DONE, f"{counts['landed']} landed") if late is None else _end(FAILED, late)


def _late(source: Source, landing: Landing) -> str | None:
    """Say that a source which answers has given nothing new for too long."""
    if source.fresh_seconds == 0:
        return None
    newest = landing.newest
    if newest is None or datetime.now(UTC) - newest <= timedelta(seconds=source.fresh_seconds):
        return None
    return f"nothing new since {newest.isoformat(timespec='minutes')}, longer than {source.fresh_seconds} seconds"


def _end(code: int, message: str) -> int:
    """Say in one line how it ends: in the log, and where `kubectl describe pod` shows it."""
    line = " ".join(message.split())[:1000]
    log("end", level="info" if code == DONE else "error", code=code, message=line)
    # There is none outside of Kubernetes.
    with contextlib.suppress(OSError):
        Path(os.environ.get("SOURCE_TERMINATION", "/dev/termination-log")).write_text(line, "utf-8")
    return code
