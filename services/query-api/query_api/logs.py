"""Logs: a JSON object a line on standard output. No value of a statement or of a parameter, no token, no password."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any


def log(event: str, level: str = "info", **fields: Any) -> None:  # noqa: ANN401
    """Write one line. Fields without a value are left out."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event}
    line.update({name: value for name, value in fields.items() if value is not None})
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class JsonHandler(logging.Handler):
    """What libraries log, as lines of the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. Of an error its kind and place: its text may hold values."""
        fields: dict[str, Any] = {"logger": record.name, "message": record.getMessage()[:500]}
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-3:]
            fields["error"] = record.exc_info[0].__name__
            fields["at"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
        log("library", level=record.levelname.lower(), **fields)


def configure() -> None:
    """Let everything go through here."""
    root = logging.getLogger()
    root.handlers = [JsonHandler()]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn").handlers = []
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
