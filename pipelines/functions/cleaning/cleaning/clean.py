"""One file becomes a clean one: the same input and the same rules give the same bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .declared import Rules
from .formats import BadFile, Line, Reader
from .values import BadValue, arrow, plain, snake, typed

_ROWS = 20_000
_MOST_COLUMNS = 2_000
#: Characters of a bad record that are kept.
_KEPT = 64_000


@dataclass
class Summary:
    """What became of the records."""

    clean: int = 0
    bad: int = 0
    duplicates: int = 0


class _Bad(Exception):
    """Why a record is bad."""


class Cleaner:
    """Cleans the records of one file."""

    def __init__(self, rules: Rules, others: list[str]) -> None:
        """Take the names of columns that have no type: texts, after those that have one."""
        self.rules = rules
        self.types = {**rules.columns, **dict.fromkeys(others, "text")}
        self.seen: set[bytes] = set()
        self.schema = pa.schema([pa.field(name, arrow(kind)) for name, kind in self.types.items()])

    def record(self, raw: dict[str, Any]) -> dict[str, Any] | None:
        """Give a clean record; none if the file has it already. Raises `_Bad`."""
        values = named(raw)
        clean: dict[str, Any] = {}
        for name, kind in self.types.items():
            value = plain(values.get(name), self.rules)
            if value is None:
                if name in self.rules.required:
                    raise _Bad(f"{name}: no value")
                clean[name] = None
                continue
            try:
                clean[name] = typed(value, kind)
            except BadValue as error:
                raise _Bad(f"{name}: {str(value)[:100]!r} is no {kind}") from error
        identity = [clean[name] for name in self.rules.key] if self.rules.key else list(clean.values())
        digest = hashlib.blake2b(repr(identity).encode(), digest_size=16).digest()
        if digest in self.seen:
            return None
        self.seen.add(digest)
        return clean


def named(raw: dict[str, Any]) -> dict[str, Any]:
    """Give a record by the names of its columns. Raises `_Bad`."""
    values: dict[str, Any] = {}
    for name, value in raw.items():
        column = snake(str(name))
        if column == "" or column in values:
            raise _Bad(f"the column {str(name)[:100]!r} has no name of its own after cleaning")
        values[column] = value
    return values


def undeclared(lines: Reader, path: Path, rules: Rules) -> list[str]:
    """Give the names of columns that have no type, in the order in which they first appear."""
    if rules.others == "drop":
        return []
    found: dict[str, None] = {}
    for line in lines(path, rules):
        if line.record is None:
            continue
        for name in line.record:
            column = snake(str(name))
            if column and column not in rules.columns:
                found[column] = None
        if len(found) > _MOST_COLUMNS:
            raise BadFile(f"more than {_MOST_COLUMNS} columns")
    return list(found)


def clean_file(lines: Reader, path: Path, rules: Rules, good: Path, bad: Path) -> Summary:
    """Write the clean records of a file, and the bad ones with their reasons. Raises `BadFile`."""
    cleaner = Cleaner(rules, undeclared(lines, path, rules))
    if len(cleaner.schema) == 0:
        raise BadFile("it has no column")
    summary = Summary()
    with pq.ParquetWriter(good, cleaner.schema, compression="zstd") as writer, bad.open("w", encoding="utf-8") as aside:
        rows: list[dict[str, Any]] = []
        for line in lines(path, rules):
            try:
                if line.record is None:
                    raise _Bad(line.reason or "unreadable")
                row = cleaner.record(line.record)
            except _Bad as reason:
                summary.bad += 1
                aside.write(_kept(line, str(reason)))
                continue
            if row is None:
                summary.duplicates += 1
                continue
            summary.clean += 1
            rows.append(row)
            if len(rows) == _ROWS:
                writer.write_table(pa.Table.from_pylist(rows, schema=cleaner.schema))
                rows.clear()
        writer.write_table(pa.Table.from_pylist(rows, schema=cleaner.schema))
    share = summary.bad / max(1, summary.bad + summary.clean + summary.duplicates)
    if share > rules.most_bad:
        raise BadFile(f"{summary.bad} bad records, a share of {share:.2f}; allowed: {rules.most_bad}")
    return summary


def _kept(line: Line, reason: str) -> str:
    text = line.text if line.text is not None else json.dumps(line.record, ensure_ascii=False, default=str)
    kept = {"line": line.number, "reason": reason, "record": text[:_KEPT]}
    return json.dumps(kept, ensure_ascii=False) + "\n"
