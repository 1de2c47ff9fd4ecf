"""Logs: a JSON object a line on standard output. No secret, and nothing of what lands."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any


def log(event: str, level: str = "info", **fields: Any) -> None:  # noqa: ANN401
    """Write one line. Fields without a value are left out."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event}
    line.update({name: value for name, value in fields.items() if value is not None})
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
