"""What happens to one object that has arrived."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from .clean import Summary, clean_file
from .declared import Declared
from .events import Arrival
from .formats import BadFile, Reader, reader
from .logs import log
from .spark import Cluster, application
from .store import Away, Changed, Found, Store

#: An object that is replaced while it is cleaned is cleaned again; one that never rests comes with its next event.
_TRIES = 5


class Function:
    """Cleans objects of one part of a bucket."""

    def __init__(self, declared: Declared, store: Store, cluster: Callable[[], Cluster]) -> None:
        """Take a store, and a way to the cluster that is asked for when it is needed."""
        self.declared, self.store, self.cluster = declared, store, cluster
        #: Of the rules: with other rules an object is cleaned again.
        self.rules = hashlib.sha256(declared.rules_text.encode()).hexdigest()[:16]
        self.records = Summary()

    def arrived(self, arrival: Arrival) -> str:
        """Clean an object. Gives what became of it; raises `Away` where it has to be tried again."""
        source = self.declared.source
        if arrival.bucket != source.bucket or not arrival.key.startswith(source.prefix) or arrival.key.endswith("/"):
            return "other"
        for _ in range(_TRIES):
            found = self.store.head(arrival.bucket, arrival.key)
            if found is None:
                return "vanished"
            try:
                return self._one(arrival, found)
            except Changed:
                continue
        raise Away(f"{arrival.key} changes all the time")

    def _one(self, arrival: Arrival, found: Found) -> str:
        """Clean what was found, whatever the event says: a newer content has an event of its own, which finds it done."""
        declared = self.declared
        rest = arrival.key.removeprefix(declared.source.prefix)
        lines = reader(arrival.key)
        if lines is None:
            return self._aside(rest, found, "unknown format: allowed are .jsonl, .ndjson, .json, .csv, .tsv (also .gz), .parquet")
        target = f"{declared.target.prefix}{rest}.parquet"
        if declared.spark is not None and found.size > declared.spark.above:
            # Spark writes a folder: what it makes of an object is below the object's name.
            cluster = self.cluster()
            made = application(declared, arrival, found.etag, target, cluster.model(declared))
            return "submitted" if cluster.submit(declared, made) else "submitted already"
        if found.size > declared.most:
            return self._aside(rest, found, f"{found.size} bytes; allowed: {declared.most}")
        there = self.store.head(declared.target.bucket, target)
        if there is not None and self._is_of(there, found):
            return "clean already"
        return self._clean(arrival, found, lines, rest, (target, there))

    def _is_of(self, there: Found, found: Found) -> bool:
        return (there.metadata.get("source-etag"), there.metadata.get("rules")) == (found.etag, self.rules)

    def _clean(
        self, arrival: Arrival, found: Found, lines: Reader, rest: str, to: tuple[str, Found | None]
    ) -> str:
        declared = self.declared
        target, there = to
        declared.scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=declared.scratch))
        try:
            raw, good, bad = folder / "raw", folder / "good", folder / "bad"
            self.store.download(arrival.bucket, arrival.key, found.etag, raw)
            try:
                summary = clean_file(lines, raw, declared.rules, good, bad)
            except BadFile as reason:
                # What an earlier content left stays: it was good, and its reader is not told otherwise.
                return self._aside(rest, found, str(reason), bad if bad.exists() and bad.stat().st_size > 0 else None)
            # First the bad ones: whoever finds a clean object finds what is missing in it too.
            if summary.bad > 0:
                self._put_aside(f"{rest}.{found.etag}.bad.jsonl", bad, found)
            self.store.upload(declared.target.bucket, target, good, self._metadata(found), there)
            self._count(summary)
            log("clean", key=arrival.key, **vars(summary))
            return "clean"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _metadata(self, found: Found) -> dict[str, str]:
        return {"source-etag": found.etag, "rules": self.rules}

    def _count(self, summary: Summary) -> None:
        for name, count in vars(summary).items():
            setattr(self.records, name, getattr(self.records, name) + count)

    def _aside(self, rest: str, found: Found, reason: str, bad: Path | None = None) -> str:
        """Put the reason into quarantine, and bad records with it; the object itself stays where it is."""
        declared = self.declared
        declared.scratch.mkdir(parents=True, exist_ok=True)
        if bad is not None:
            self._put_aside(f"{rest}.{found.etag}.bad.jsonl", bad, found)
        with tempfile.NamedTemporaryFile("w", dir=declared.scratch, encoding="utf-8") as file:
            told = {"key": declared.source.prefix + rest, "etag": found.etag, "bytes": found.size, "reason": reason}
            file.write(json.dumps(told, ensure_ascii=False))
            file.flush()
            self._put_aside(f"{rest}.{found.etag}.reason.json", Path(file.name), found)
        log("quarantine", level="warning", key=declared.source.prefix + rest, reason=reason)
        return "quarantine"

    def _put_aside(self, name: str, path: Path, found: Found) -> None:
        """Of the same content and the same rules there is one: a second try replaces nothing."""
        place = self.declared.quarantine
        key = place.prefix + name
        there = self.store.head(place.bucket, key)
        if there is None or not self._is_of(there, found):
            try:
                self.store.upload(place.bucket, key, path, self._metadata(found), there)
            except Changed:
                # Another try of the same event was faster.
                log("quarantined meanwhile", key=key)
