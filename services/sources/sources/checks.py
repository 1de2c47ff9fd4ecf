"""Whether a file is what its declaration says. Files are read in parts: none needs to fit in memory."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import fastavro
import ijson
import pyarrow as pa
import pyarrow.parquet as pq

from .declared import Content


class Unfit(Exception):  # noqa: N818
    """A file is not what was declared. The text is the reason, in one line."""


def rows_of(path: Path, content: Content) -> int | None:
    """
    Count the rows of a file of the declared form.

    :raises Unfit: it has another form
    """
    check = _CHECKS.get(content.format)
    return None if check is None else check(path, content)


def _missing(content: Content, found: set[str] | frozenset[str]) -> None:
    missing = [name for name in content.columns if name not in found]
    if missing:
        raise Unfit(f"columns are missing: {', '.join(missing)}")


def _csv(path: Path, content: Content) -> int:
    csv.field_size_limit(16 * 2**20)
    rows = 0
    try:
        with path.open(encoding=content.encoding, newline="") as text:
            lines = csv.reader(text, delimiter=content.delimiter, strict=True)
            head = next(lines, None)
            if head is None:
                raise Unfit("the file is empty: not even a header")
            head[0] = head[0].removeprefix("\ufeff")
            _missing(content, set(head))
            for row in lines:
                if len(row) != len(head):
                    raise Unfit(f"line {lines.line_num} has {len(row)} fields, the header {len(head)}")
                rows += 1
    except UnicodeError as error:
        raise Unfit(f"not {content.encoding}: {error.reason}") from error
    except csv.Error as error:
        raise Unfit(f"not CSV: {error}") from error
    return rows


def _json(path: Path, content: Content) -> int:
    """Objects one after the other (JSON Lines), or a list of them."""
    rows = 0
    try:
        with path.open("rb") as text:
            first = b" "
            while first.isspace():
                first = text.read(1)
            text.seek(0)
            listed = first == b"["
            for item in ijson.items(text, "item" if listed else "", multiple_values=not listed):
                if not isinstance(item, dict):
                    raise Unfit(f"row {rows + 1} is no object")
                _missing(content, frozenset(item))
                rows += 1
    except (ijson.JSONError, UnicodeError) as error:
        if first == b"":
            raise Unfit("the file is empty") from error
        raise Unfit("not JSON: neither objects one after the other nor a list of them") from error
    return rows


def _parquet(path: Path, content: Content) -> int:
    try:
        with pq.ParquetFile(path) as file:
            _missing(content, set(file.schema_arrow.names))
            # Reading is what finds a damaged page: the footer alone may be whole.
            return sum(batch.num_rows for batch in file.iter_batches(batch_size=8192))
    except (pa.ArrowException, OSError) as error:
        raise Unfit(f"not Parquet, or damaged: {type(error).__name__}") from error


def _avro(path: Path, content: Content) -> int:
    rows = 0
    try:
        with path.open("rb") as file:
            reader = fastavro.reader(file)
            schema = reader.writer_schema
            fields = schema.get("fields", ()) if isinstance(schema, dict) else ()
            _missing(content, {each["name"] for each in fields})
            for _ in reader:
                rows += 1
    except Unfit:
        raise
    except Exception as error:  # fastavro raises what its decoders raise, of many kinds
        raise Unfit(f"not Avro: {type(error).__name__} after {rows} rows") from error
    return rows


_CHECKS: dict[str, Callable[[Path, Content], int]] = {"csv": _csv, "json": _json, "parquet": _parquet, "avro": _avro}
