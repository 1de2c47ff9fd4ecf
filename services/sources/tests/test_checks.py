"""A file that is not what its declaration says is found, whatever its form."""

from __future__ import annotations

import io
import json
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.checks import Unfit, rows_of
from sources.declared import Content

SCHEMA = {"type": "record", "name": "row", "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": "string"}]}
ROWS = [{"id": number, "name": f"n{number}"} for number in range(1000)]


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out, row_group_size=100)
    return out.getvalue()


def _avro() -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, SCHEMA, ROWS)
    return out.getvalue()


def _rows(tmp_path: Path, content: bytes, form: str, **more: object) -> int | None:
    path = tmp_path / "file"
    path.write_bytes(content)
    return rows_of(path, Content(form, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "content", "rows"),
    [
        ("csv", b'id,name\n1,a\n2,"b,\nc"\n', 2),
        ("csv", "\ufeffid,name\n1,ä\n".encode(), 1),
        ("csv", b"id,name\n", 0),
        ("json", b'{"id": 1}\n{"id": 2, "more": [1]}\n', 2),
        ("json", b' [{"id": 1}, {"id": 2}]', 2),
        ("parquet", _parquet(), 1000),
        ("avro", _avro(), 1000),
        ("raw", b"\x00", None),
    ],
)
def test_rows_are_counted(tmp_path: Path, form: str, content: bytes, rows: int | None) -> None:
    """Of each form."""
    assert _rows(tmp_path, content, form, columns=("id",)) == rows


@pytest.mark.parametrize(
    ("form", "content", "reason"),
    [
        ("csv", b"", "the file is empty: not even a header"),
        ("csv", b"name\n1\n", "columns are missing: id"),
        ("csv", b"id,name\n1\n", "line 2 has 1 fields, the header 2"),
        ("csv", b"id\n\xff\n", "not utf-8"),
        ("csv", b'id\n"1\n', "not CSV"),
        ("json", b"", "the file is empty"),
        ("json", b'{"id": 1}\n{"id":', "not JSON"),
        ("json", b'[{"id": 1}, 7]', "row 2 is no object"),
        ("json", b'{"name": 1}', "columns are missing: id"),
        ("json", b"<html>", "not JSON"),
        ("parquet", b"PAR1", "not Parquet"),
        ("parquet", _parquet()[:-20], "not Parquet"),
        ("avro", b"Obj\x01", "not Avro"),
        ("avro", _avro()[:-40], "not Avro"),
    ],
)
def test_another_form_is_refused(tmp_path: Path, form: str, content: bytes, reason: str) -> None:
    """With a reason of one line."""
    with pytest.raises(Unfit, match=f"^{reason}[^\n]*$"):
        _rows(tmp_path, content, form, columns=("id",))


def test_a_damaged_page_is_found_behind_a_whole_footer(tmp_path: Path) -> None:
    """The footer of Parquet alone says nothing of the pages."""
    content = bytearray(_parquet())
    content[200:260] = b"\xff" * 60
    with pytest.raises(Unfit, match="not Parquet, or damaged"):
        _rows(tmp_path, bytes(content), "parquet")


def test_reasons_hold_nothing_of_the_content(tmp_path: Path) -> None:
    """Reasons stand in logs and alerts."""
    for form, content in {"json": b'{"id": secret}', "csv": b'id\n"secret"x\n', "avro": b"secret"}.items():
        with pytest.raises(Unfit) as unfit:
            _rows(tmp_path, content, form)
        assert "secret" not in json.dumps(str(unfit.value))
