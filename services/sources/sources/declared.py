"""What a source is declared to be: one JSON file, and secrets in variables. Mistakes are told together."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("http", "s3", "jdbc", "files")
FORMATS = ("csv", "json", "parquet", "avro", "raw")


class DeclarationError(Exception):
    """Mistakes of a declaration, a line each."""


@dataclass(frozen=True)
class Lake:
    """Where batches land: a bucket, and two prefixes of it that end in `/`."""

    endpoint: str
    region: str
    bucket: str
    prefix: str
    quarantine: str


@dataclass(frozen=True)
class Content:
    """What a file must be."""

    format: str
    columns: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class Source:
    """One source. Times in seconds, sizes in bytes."""

    name: str
    kind: str
    lake: Lake
    content: Content
    max_bytes: int
    #: Of one request or of one file; the whole run has the Job's deadline.
    seconds: int
    attempts: int
    #: The source must give something new within this time; 0 for no promise.
    fresh_seconds: int
    scratch: Path
    #: `stated`: what the source says of its sums by itself is checked; `sidecar`: there must be a `<name>.sha256` beside.
    checksum: str
    #: What only sources of this kind have.
    of: Mapping[str, Any] = field(default_factory=dict)


def declared(path: Path) -> Source:
    """Read a declaration."""
    try:
        text = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DeclarationError(f"{path}: {error}") from error
    lines = list(_mistakes(text))
    if lines:
        raise DeclarationError("\n".join(lines))
    content = text["content"]
    return Source(
        name=text["name"],
        kind=text["kind"],
        lake=Lake(**text["lake"]),
        content=Content(**{**content, "columns": tuple(content.get("columns", ()))}),
        max_bytes=text["maxBytes"],
        seconds=text["seconds"],
        attempts=text["attempts"],
        fresh_seconds=text["freshSeconds"],
        scratch=Path(text["scratch"]),
        checksum=text.get("checksum", "stated"),
        of=text["of"],
    )


def _mistakes(text: Mapping[str, Any]) -> list[str]:
    wanted = {
        **dict.fromkeys(("name", "kind", "scratch"), str),
        **dict.fromkeys(("lake", "content", "of"), dict),
        **dict.fromkeys(("maxBytes", "seconds", "attempts", "freshSeconds"), int),
    }
    wrong = [
        f"{name}: given {text.get(name)!r}; allowed: {kind.__name__}"
        for name, kind in wanted.items()
        if not isinstance(text.get(name), kind)
    ]
    if wrong:
        return wrong
    if text["kind"] not in KINDS:
        wrong.append(f"kind: given {text['kind']!r}; allowed: {', '.join(KINDS)}")
    if text["content"].get("format") not in FORMATS:
        wrong.append(f"content.format: given {text['content'].get('format')!r}; allowed: {', '.join(FORMATS)}")
    return wrong


def secret(name: str) -> str | None:
    """Give a secret: `SOURCE_<name>`."""
    return os.environ.get(f"SOURCE_{name}") or None
