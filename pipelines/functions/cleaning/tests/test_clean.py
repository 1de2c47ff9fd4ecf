"""What is a clean record."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaning.clean import Summary, clean_file
from cleaning.declared import DeclarationError, of, rules
from cleaning.formats import BadFile, reader
from cleaning.values import BadValue, snake, typed

TYPES = {"id": "integer", "price": "decimal(6,2)", "rate": "number", "paid": "boolean", "day": "date", "at": "timestamp"}
NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


def cleaned(tmp_path: Path, name: str, content: bytes | str, **of_rules: Any) -> tuple[list[dict[str, Any]], list[Any], Summary]:  # noqa: ANN401
    """Clean one file."""
    path = tmp_path / "raw"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    lines = reader(name)
    assert lines is not None
    good, bad = tmp_path / "good", tmp_path / "bad"
    summary = clean_file(lines, path, rules({"mostBad": 1, **of_rules}), good, bad)
    aside = [json.loads(line) for line in bad.read_text().splitlines()]
    return pq.read_table(good).to_pylist(), aside, summary


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Order ID", "order_id"),
        ("customerName", "customer_name"),
        ("HTTPStatus", "http_status"),
        (" Prix (€) ", "prix"),
        ("Größe", "gro_e"),
        ("2nd", "_2nd"),
        ("a--b__c", "a_b_c"),
        ("---", ""),
    ],
)
def test_names(name: str, expected: str) -> None:
    """Letters, digits and underscores."""
    assert snake(name) == expected


def test_csv_has_types(tmp_path: Path) -> None:
    """Texts are trimmed, nulls are none, times are of UTC, and what has no type is text."""
    content = (
        "\ufeffID, Price ,Rate,Paid,Day,At,Customer Name\n"
        "1, 9.90 ,1e3,yes,2026-12-01,2026-12-01T08:00:00+01:00, e\u0301va \n"
        "2,N/A,,0,-,2026-12-01 07:00:00,null\n"
    )
    rows, bad, summary = cleaned(tmp_path, "a.csv", content, columns=TYPES)
    full = {"id": 1, "price": Decimal("9.90"), "rate": 1000.0, "paid": True, "day": date(2026, 12, 1), "at": NOW}
    assert rows == [
        {**full, "customer_name": "\u00e9va"},
        {"id": 2, "price": None, "rate": None, "paid": False, "day": None, "at": NOW, "customer_name": None},
    ]
    assert (bad, summary) == ([], Summary(2, 0, 0))


def test_bad_records_are_put_aside_with_reasons(tmp_path: Path) -> None:
    """And the others are clean."""
    lines = [
        '{"id": 1, "price": 2}',
        '{"id": 2, "price": 1.999}',
        '{"id": null}',
        "{",
        "7",
        '{"id": 3, "a b": 1, "a_b": 2}',
        '{"id": NaN}',
        '{"id": 9223372036854775808}',
    ]
    rows, bad, summary = cleaned(tmp_path, "a.jsonl", "\n".join(lines), columns={"id": "integer", "price": "decimal(6,2)"}, required=["id"])
    assert [row["id"] for row in rows] == [1]
    assert summary == Summary(1, 7, 0)
    assert [(each["line"], each["reason"].split(":")[0]) for each in bad] == [
        (2, "price"),
        (3, "id"),
        (4, "no JSON"),
        (5, "a int"),
        (6, "the column 'a_b' has no name of its own after cleaning"),
        (7, "no JSON"),
        (8, "id"),
    ]
    assert bad[0]["record"] == lines[1]


def test_duplicates_are_dropped(tmp_path: Path) -> None:
    """By the key, or as a whole; the first one stays."""
    lines = '{"id":1,"v":"a"}\n{"v":"a","id":"1"}\n{"id":1,"v":"b"}\n'
    whole, _, summary = cleaned(tmp_path, "a.ndjson", lines, columns={"id": "integer"})
    assert ([row["v"] for row in whole], summary) == (["a", "b"], Summary(2, 0, 1))
    by_key, _, summary = cleaned(tmp_path, "a.ndjson", lines, columns={"id": "integer"}, key=["id"])
    assert ([row["v"] for row in by_key], summary) == (["a"], Summary(1, 0, 2))


def test_nested_values_are_json_and_others_can_be_dropped(tmp_path: Path) -> None:
    """With sorted keys, so that equal values are equal texts."""
    line = '{"id": 1, "Tags": {"b": [1, true], "a": "ü"}}'
    rows, _, _ = cleaned(tmp_path, "a.json", line, columns={"id": "integer"})
    assert rows == [{"id": 1, "tags": '{"a":"ü","b":[1,true]}'}]
    assert cleaned(tmp_path, "a.json", line, columns={"id": "integer"}, others="drop")[0] == [{"id": 1}]


def test_parquet_and_gzip(tmp_path: Path) -> None:
    """The same records, whatever the format."""
    table = pa.table({"ID": [1, 2], "At": [datetime(2026, 12, 1, 7, 0), None], "Name": [" a ", ""]})  # noqa: DTZ001
    pq.write_table(table, tmp_path / "given")
    expected = [{"id": 1, "at": NOW, "name": "a"}, {"id": 2, "at": None, "name": None}]
    columns = {"id": "integer", "at": "timestamp"}
    assert cleaned(tmp_path, "a.parquet", (tmp_path / "given").read_bytes(), columns=columns)[0] == expected
    content = gzip.compress(b"ID,At,Name\n1,2026-12-01T07:00:00Z, a \n2,,\n")
    assert cleaned(tmp_path, "a.csv.gz", content, columns=columns)[0] == expected


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """A second try writes what the first wrote."""
    contents = []
    for _ in range(2):
        cleaned(tmp_path, "a.csv", "a,b\n1,2\n3,4\n")
        contents.append((tmp_path / "good").read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"a,b\n\xff,1\n", "not UTF-8"),
        ("a.csv", "a,a\n1,2\n", "a column twice"),
        ("a.csv", 'a\n"x', "no CSV"),
        ("a.csv", "", "no column"),
        ("a.jsonl", "[1]", "a list"),
        ("a.jsonl", "x" * 1_000_001, "more than 1000000 characters"),
        ("a.jsonl.gz", b"no gzip", "not gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 9)[:-9], "not gzip"),
        ("a.jsonl.gz", gzip.compress((b" " * 99_999 + b"\n") * 700), "expands"),
        ("a.parquet", b"PAR1", "no Parquet"),
        ("a.jsonl", "{}\n".join(f'{{"c{n}": 1}}\n' for n in range(2001)), "2000 columns"),
    ],
)
def test_files_that_cannot_be_trusted(tmp_path: Path, name: str, content: bytes | str, reason: str) -> None:
    """Are bad as a whole."""
    with pytest.raises(BadFile, match=reason):
        cleaned(tmp_path, name, content)


def test_too_many_bad_records(tmp_path: Path) -> None:
    """Make a file bad: its columns are others than declared."""
    with pytest.raises(BadFile, match="3 bad records, a share of 0.75; allowed: 0.7"):
        cleaned(tmp_path, "a.csv", "id\n1\nx\ny\nz\n", columns={"id": "integer"}, mostBad=0.7)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("1.5", "integer"), (True, "integer"), ("1_000", "number"), ("inf", "number"), ("12345.67", "decimal(6,2)"), ([], "number"),
     ("perhaps", "boolean"), ("2026-13-01", "date"), (7, "timestamp"), ("1e9999", "number"), ({}, "boolean")],
)  # fmt: skip
def test_values_that_are_no(value: object, kind: str) -> None:
    """Nothing is rounded or guessed."""
    with pytest.raises(BadValue):
        typed(value, kind)


def test_a_declaration_with_mistakes() -> None:
    """A line for each."""
    place = {"bucket": "b", "prefix": "raw"}
    given = {"columns": {"Id": "int"}, "key": ["x"], "others": "some", "mostBad": 2, "delimiter": "::"}
    text = {"name": "n", "scratch": "/tmp", "store": {}, "source": place, "target": {**place, "prefix": "c/"}}  # noqa: S108
    with pytest.raises(DeclarationError) as error:
        of({**text, "quarantine": {"bucket": "b", "prefix": "q/"}, "rules": given, "maxBytes": 1, "spark": {}})
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "source", "rules.columns", "rules.columns.Id", "rules.key", "rules.others", "rules.mostBad", "rules.delimiter", "spark",
    ]  # fmt: skip
