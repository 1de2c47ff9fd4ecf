"""What files hold: records one after the other, none of which is trusted."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from .declared import Rules

#: Characters of one record.
_LONGEST = 1_000_000
#: How much larger than itself a compressed file may be.
_EXPANDS = 50
_LEAST_EXPANDED = 64 * 2**20


class BadFile(Exception):  # noqa: N818
    """Nothing in the file can be trusted."""


@dataclass(frozen=True)
class Line:
    """One record as it was read, or why it could not be."""

    number: int
    record: dict[str, Any] | None
    reason: str | None = None
    text: str | None = None


Reader = Callable[[Path, Rules], Iterator[Line]]


def reader(key: str) -> Reader | None:
    """Give what reads an object of this key; none for an unknown format."""
    name = key.lower()
    packed = name.endswith(".gz")
    suffix = name.removesuffix(".gz").rsplit("/", 1)[-1].rpartition(".")[2]
    if suffix in ("jsonl", "ndjson", "json"):
        return lambda path, rules: _json_lines(_text(path, packed), rules)
    if suffix in ("csv", "tsv"):
        return lambda path, rules: _csv(_text(path, packed), "\t" if suffix == "tsv" else rules.delimiter)
    return _parquet if suffix == "parquet" and not packed else None


class _Bounded(io.RawIOBase):
    """A stream that ends in an error where a small file would become a large one."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self.stream, self.left = stream, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        part = self.stream.read(len(buffer))
        self.left -= len(part)
        if self.left < 0:
            raise BadFile("it expands to more than is allowed")
        buffer[: len(part)] = part
        return len(part)


def _text(path: Path, packed: bool) -> io.TextIOWrapper:
    if not packed:
        return path.open(encoding="utf-8-sig", errors="strict", newline="")
    most = max(_LEAST_EXPANDED, path.stat().st_size * _EXPANDS)
    raw = _Bounded(gzip.open(path, "rb"), most)  # type: ignore[arg-type]  # noqa: SIM115
    return io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8-sig", errors="strict", newline="")


def _reading(lines: Iterator[Line]) -> Iterator[Line]:
    try:
        yield from lines
    except UnicodeDecodeError as error:
        raise BadFile(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise BadFile(f"not gzip: {error}") from error


def _json_lines(file: io.TextIOWrapper, rules: Rules) -> Iterator[Line]:
    del rules
    return _reading(_objects(file))


def _objects(file: io.TextIOWrapper) -> Iterator[Line]:
    with file:
        number = 0
        while line := file.readline(_LONGEST + 1):
            number += 1
            if len(line) > _LONGEST:
                raise BadFile(f"line {number} has more than {_LONGEST} characters")
            text = line.strip()
            if number == 1 and text.startswith("["):
                raise BadFile("a list: allowed are objects, one a line")
            if text:
                yield _object(number, text)


def _object(number: int, text: str) -> Line:
    try:
        record = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Line(number, None, f"no JSON: {error}", text)
    if not isinstance(record, dict):
        return Line(number, None, f"a {type(record).__name__}: allowed are objects", text)
    return Line(number, record, None, text)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _csv(file: io.TextIOWrapper, delimiter: str) -> Iterator[Line]:
    return _reading(_rows(file, delimiter))


def _rows(file: io.TextIOWrapper, delimiter: str) -> Iterator[Line]:
    csv.field_size_limit(_LONGEST)
    with file:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            header = next(rows, None)
            if header is None:
                return
            if len(set(header)) != len(header) or not all(each.strip() for each in header):
                raise BadFile("its header has a column twice, or one without a name")
            for row in rows:
                if not row:
                    continue
                text = delimiter.join(row)
                if len(row) != len(header):
                    yield Line(rows.line_num, None, f"{len(row)} fields, of which the header has {len(header)}", text)
                else:
                    yield Line(rows.line_num, dict(zip(header, row, strict=True)), None, text)
        except csv.Error as error:
            raise BadFile(f"no CSV: line {rows.line_num}: {error}") from error


def _parquet(path: Path, rules: Rules) -> Iterator[Line]:
    del rules
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=5_000):
                for record in batch.to_pylist():
                    number += 1
                    yield Line(number, record)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(f"no Parquet: {str(error).splitlines()[0][:200]}") from error
