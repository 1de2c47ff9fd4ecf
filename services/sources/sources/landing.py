"""
How a batch lands exactly once.

A batch is one object with a name of its own: the source's own name of it (a key with its ETag, a file with its sum), or its
place in the order of batches. Three writes, none of which replaces anything:

1. `_pending/<id>-<sum>.json`: the manifest of what is about to land;
2. `date=<day>/<id>-<sum>.<suffix>`: the batch, in one request, so whole or not at all;
3. `_landed/<id>.json`: the manifest again. The batch has landed.

Killed after the first there is nothing; after the second there is the whole batch, and the next run writes the third from the
first before it asks the source for anything. Readers of `date=…` and readers of `_landed/` see the same batches.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .checks import Unfit, rows_of
from .declared import Source
from .logs import log
from .store import Store

_DATA = re.compile(r"date=\d{4}-\d\d-\d\d/(?P<id>[0-9a-f]+)-(?P<sum>[0-9a-f]{16})(\.\w+)?$")


class Superseded(Exception):  # noqa: N818
    """Another run has landed something else in this one's place."""


def identity(*parts: object) -> str:
    """Give the name of what a source calls by these words."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Batch:
    """A file on this machine that is to land."""

    id: str
    path: Path
    sha256: str
    #: Of the data where the source says it, else of the run: `2026-01-31`.
    day: str
    suffix: str
    #: Where it comes from, for people: no secrets.
    origin: dict[str, Any]
    #: What its sum was compared with.
    checked: str
    #: Where the next batch begins.
    position: dict[str, Any] = field(default_factory=dict)
    #: Known where the job itself has written the file.
    rows: int | None = None


class Landing:
    """The part of the lake that belongs to one source."""

    def __init__(self, source: Source, store: Store) -> None:
        """Complete what a run before has left, and learn what has landed."""
        self.source, self.store = source, store
        self.prefix = source.lake.prefix
        self.landed: set[str] = set()
        self.quarantined: set[str] = set()
        self.counts = {"landed": 0, "completed": 0, "quarantined": 0, "rows": 0, "bytes": 0}
        self._newest = ""
        #: When the newest batch has landed, by the store's clock.
        self.newest: datetime | None = None
        self._complete()

    def _complete(self) -> None:
        data: dict[str, str] = {}
        for each in self.store.list(self.prefix):
            name = each.key.removeprefix(self.prefix)
            if name.startswith("_landed/"):
                self._has_landed(name.removeprefix("_landed/").removesuffix(".json"), each.time)
            elif found := _DATA.fullmatch(name):
                if found["id"] in data:
                    log("stray", level="warning", batch=found["id"], message="two objects: read the manifest's")
                data[found["id"]] = found["sum"]
        for each in self.store.list(self.source.lake.quarantine):
            if each.key.endswith(".reason.json"):
                self.quarantined.add(each.key.removeprefix(self.source.lake.quarantine).removesuffix(".reason.json"))
        for batch, checksum in sorted(data.items()):
            if batch not in self.landed:
                manifest = self.store.read(f"{self.prefix}_pending/{batch}-{checksum}.json")
                self._commit(batch, manifest)
                self.counts["completed"] += 1
                log("completed", batch=batch, object=manifest["object"])

    def _has_landed(self, batch: str, time: datetime) -> None:
        self.landed.add(batch)
        self.newest = max(self.newest or time, time)
        self._newest = max(self._newest, batch)

    def last(self) -> dict[str, Any] | None:
        """Give the manifest of the last batch of a source whose batches have an order."""
        return self.store.read(f"{self.prefix}_landed/{self._newest}.json") if self._newest else None

    def next(self) -> str:
        """Give the place after the last batch."""
        return f"{int(self._newest or '0') + 1:010d}"

    def land(self, batch: Batch) -> bool:
        """Land a batch, or put it aside when it is not what was declared. Says whether it has landed."""
        try:
            rows = batch.rows if batch.rows is not None else rows_of(batch.path, self.source.content)
        except Unfit as unfit:
            self.put_aside(self.name_aside(batch), str(unfit), batch.origin, batch)
            return False
        name = f"{batch.id}-{batch.sha256[:16]}"
        size = batch.path.stat().st_size
        manifest = {
            "source": self.source.name,
            "kind": self.source.kind,
            "id": batch.id,
            "object": f"{self.prefix}date={batch.day}/{name}{batch.suffix}",
            "sha256": batch.sha256,
            "checked": batch.checked,
            "bytes": size,
            "rows": rows,
            "format": self.source.content.format,
            "from": batch.origin,
            "position": batch.position,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self.store.write(f"{self.prefix}_pending/{name}.json", manifest)
        self.store.upload(manifest["object"], batch.path, batch.sha256)
        self._commit(batch.id, manifest)
        self.counts["landed"] += 1
        self.counts["rows"] += rows or 0
        self.counts["bytes"] += size
        log("landed", batch=batch.id, object=manifest["object"], rows=rows, bytes=size)
        return True

    def _commit(self, batch: str, manifest: dict[str, Any]) -> None:
        key = f"{self.prefix}_landed/{batch}.json"
        if not self.store.write(key, manifest):
            other = self.store.read(key)
            if other["sha256"] != manifest["sha256"]:
                raise Superseded(f"another run has landed {other['object']} in the place of {manifest['object']}")
        self._has_landed(batch, datetime.now(UTC))

    def name_aside(self, batch: Batch) -> str:
        """Name a batch in the quarantine: those with a place in the order by their sum, as the place is still free."""
        return batch.id if self.source.kind in ("s3", "files") else batch.sha256[:32]

    def put_aside(self, name: str, reason: str, origin: dict[str, Any], batch: Batch | None = None) -> None:
        """Put a file into the quarantine, then the reason beside it. What is too large has the reason alone."""
        base = f"{self.source.lake.quarantine}{name}"
        facts: dict[str, Any] = {"source": self.source.name, "reason": reason, "from": origin}
        if batch is not None:
            facts |= {"object": f"{base}{batch.suffix}", "sha256": batch.sha256, "bytes": batch.path.stat().st_size}
            self.store.upload(f"{base}{batch.suffix}", batch.path, batch.sha256)
        facts["time"] = datetime.now(UTC).isoformat(timespec="seconds")
        self.store.write(f"{base}.reason.json", facts)
        self.quarantined.add(name)
        self.counts["quarantined"] += 1
        log("quarantined", level="error", reason=reason, object=f"{base}{batch.suffix if batch else ''}", **{"from": origin})
