"""A file drop: a folder that others write to. A file is taken when it is complete, and goes only after it has landed."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from .declared import Source
from .landing import Batch, Landing, identity
from .logs import log
from .web import Mismatch, compare, sidecar, suffix

#: Files that others are still writing, or that say something of others.
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart")
_BESIDE = (".done", ".sha256")


def run(source: Source, landing: Landing) -> None:
    """Land every complete file that has not landed."""
    root = Path(source.of["path"])
    for path in sorted(_files(root)):
        name = path.relative_to(root).as_posix()
        if fnmatch(name, source.of.get("pattern", "*")) and _complete(source, path):
            _one(source, landing, path, name)


def _files(root: Path) -> Iterator[Path]:
    """Find regular files; links may lead anywhere."""
    for folder, _, names in os.walk(root, followlinks=False):
        for name in names:
            path = Path(folder) / name
            if name.startswith(".") or path.suffix in (*_UNFINISHED, *_BESIDE):
                continue
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _complete(source: Source, path: Path) -> bool:
    """Say whether nobody writes to a file any more, by the rule of the declaration."""
    rule = source.of["complete"]
    if rule == "done":
        return path.with_name(path.name + ".done").exists()
    return rule == "rename" or time.time() - path.stat().st_mtime >= source.of["ageSeconds"]


def _one(source: Source, landing: Landing, path: Path, name: str) -> None:
    before = path.lstat()
    origin = {"file": name, "bytes": before.st_size}
    if before.st_size > source.max_bytes:
        large = identity(name, before.st_size, before.st_mtime_ns)
        if large not in landing.quarantined:
            landing.put_aside(large, f"{before.st_size} bytes, of which {source.max_bytes} are allowed", origin)
        return
    copy = source.scratch / "file"
    sha256 = hashlib.sha256()
    # A copy, so that what is checked is what lands.
    with _opened(source, path) as file, copy.open("wb") as own:
        while part := file.read(2**20):
            sha256.update(part)
            own.write(part)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or copy.stat().st_size != after.st_size:
        log("changed", file=name, message="somebody still writes to it")
        return
    batch = Batch(
        id=identity(name, sha256.hexdigest()),
        path=copy,
        sha256=sha256.hexdigest(),
        day=datetime.fromtimestamp(after.st_mtime, UTC).strftime("%Y-%m-%d"),
        suffix=suffix(name),
        origin=origin,
        checked="length",
    )
    if batch.id in landing.quarantined:
        return
    if batch.id not in landing.landed:
        try:
            checked = _check(source, path, batch.sha256)
        except Mismatch as mismatch:
            landing.put_aside(batch.id, str(mismatch), origin, batch)
            return
        if checked is None or not landing.land(Batch(**{**vars(batch), "checked": checked})):
            return
    if source.of.get("after") == "delete":
        # The file goes last: what says that it is complete must not be there for the next one of its name.
        for ending in _BESIDE:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        path.unlink()


def _opened(source: Source, path: Path) -> BinaryIO:
    """Open a file of the drop, and no other: who writes there could put a link in its place meanwhile."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
    if not Path(os.readlink(f"/proc/self/fd/{file.fileno()}")).is_relative_to(Path(source.of["path"]).resolve()):
        file.close()
        raise OSError(f"{path.name} leads out of the drop")
    return file


def _check(source: Source, path: Path, sha256: str) -> str | None:
    beside = path.with_name(path.name + ".sha256")
    if beside.exists():
        compare(sidecar(beside.read_text("utf-8", "replace")), sha256, "sidecar")
        return "sidecar"
    if source.checksum == "sidecar":
        log("waits", file=path.name, message="there is no file with its checksum yet")
        return None
    return "length"
