"""What a function is declared to be: one JSON file, and secrets in variables. Mistakes are told together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TYPES = ("text", "integer", "number", "boolean", "date", "timestamp")
_DECIMAL = re.compile(r"decimal\((\d{1,2}),(\d{1,2})\)")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")
DEFAULT_NULLS = ("", "null", "none", "na", "n/a", "nan", "-")


class DeclarationError(Exception):
    """Mistakes of a declaration, a line each."""


@dataclass(frozen=True)
class Place:
    """A part of a bucket; the prefix ends in `/`."""

    bucket: str
    prefix: str


@dataclass(frozen=True)
class Rules:
    """What a clean record is. Names of columns are those after cleaning."""

    #: Types by column; others are text.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Columns that a record cannot be without.
    required: tuple[str, ...] = ()
    #: Columns that tell records apart; without any, only equal records are duplicates.
    key: tuple[str, ...] = ()
    #: Texts that mean no value, in lower case.
    nulls: frozenset[str] = frozenset(DEFAULT_NULLS)
    #: `keep` or `drop`: what becomes of columns without a type.
    others: str = "keep"
    #: Share of bad records above which a whole object is bad.
    most_bad: float = 0.1
    delimiter: str = ","


@dataclass(frozen=True)
class Spark:
    """Where large objects are cleaned: by an application like another one, with a program and arguments of its own."""

    above: int
    namespace: str
    #: Of the API server.
    api: str
    #: Name of the application that is the model: a definition, which is suspended.
    model: str
    #: The program of the driver.
    program: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Declared:
    """One function. Sizes in bytes."""

    name: str
    endpoint: str
    region: str
    source: Place
    target: Place
    quarantine: Place
    rules: Rules
    #: The rules as they are declared, for a job that applies the same ones.
    rules_text: str
    #: Of one object; a larger one is put into quarantine, unless Spark takes it.
    most: int
    scratch: Path
    spark: Spark | None = None


#: Of rules.
_DEFAULTS: Mapping[str, Any] = {
    "columns": {},
    "required": [],
    "key": [],
    "nulls": DEFAULT_NULLS,
    "others": "keep",
    "mostBad": 0.1,
    "delimiter": ",",
}
_OF_SPARK = ("above", "api", "labels", "model", "namespace", "program")


def declared(path: Path) -> Declared:
    """Read a declaration."""
    try:
        text = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DeclarationError(f"{path}: {error}") from error
    return of(text)


def of(text: Mapping[str, Any]) -> Declared:
    """Give what a declaration says."""
    lines = list(_mistakes(text))
    if lines:
        raise DeclarationError("\n".join(lines))
    spark = text.get("spark")
    return Declared(
        name=text["name"],
        endpoint=text["store"]["endpoint"],
        region=text["store"]["region"],
        source=Place(**text["source"]),
        target=Place(**text["target"]),
        quarantine=Place(**text["quarantine"]),
        rules=rules(text["rules"]),
        rules_text=json.dumps({**_DEFAULTS, **text["rules"]}, sort_keys=True),
        most=text["maxBytes"],
        scratch=Path(text["scratch"]),
        spark=None if spark is None else Spark(**spark),
    )


def rules(given: Mapping[str, Any]) -> Rules:
    """Give rules."""
    text = {**_DEFAULTS, **given}
    return Rules(
        columns=dict(text["columns"]),
        required=tuple(text["required"]),
        key=tuple(text["key"]),
        nulls=frozenset(each.lower() for each in text["nulls"]),
        others=text["others"],
        most_bad=text["mostBad"],
        delimiter=text["delimiter"],
    )


def is_type(name: object) -> bool:
    """Say whether it is a type of a column."""
    if not isinstance(name, str):
        return False
    found = _DECIMAL.fullmatch(name)
    return name in TYPES if found is None else int(found[2]) <= int(found[1]) <= 38 and int(found[1]) > 0


def digits(name: str) -> tuple[int, int] | None:
    """Give precision and scale of a decimal type."""
    found = _DECIMAL.fullmatch(name)
    return None if found is None else (int(found[1]), int(found[2]))


def _mistakes(text: Mapping[str, Any]) -> Iterator[str]:
    wanted = {
        **dict.fromkeys(("name", "scratch"), str),
        **dict.fromkeys(("store", "source", "target", "quarantine", "rules"), dict),
        "maxBytes": int,
    }
    wrong = [
        f"{name}: given {text.get(name)!r}; allowed: {kind.__name__}"
        for name, kind in wanted.items()
        if not isinstance(text.get(name), kind)
    ]
    yield from wrong
    if wrong:
        return
    for place in ("source", "target", "quarantine"):
        given = text[place]
        if set(given) != {"bucket", "prefix"} or not str(given["prefix"]).endswith("/"):
            yield f"{place}: given {given!r}; allowed: bucket, and a prefix that ends in /"
    yield from _of_rules(text["rules"])
    spark = text.get("spark")
    if spark is not None and set(spark) != set(_OF_SPARK):
        yield f"spark: given the keys {sorted(spark)}; allowed: {', '.join(_OF_SPARK)}"


def _of_rules(given: Mapping[str, Any]) -> Iterator[str]:
    for name, kind in given.get("columns", {}).items():
        if not _NAME.fullmatch(name):
            yield f"rules.columns: given {name!r}; allowed: a name as it is after cleaning, such as order_id"
        if not is_type(kind):
            yield f"rules.columns.{name}: given {kind!r}; allowed: {', '.join(TYPES)}, decimal(18,2)"
    for key in ("required", "key"):
        for name in given.get(key, ()):
            if name not in given.get("columns", {}):
                yield f"rules.{key}: given {name!r}; allowed: one of rules.columns"
    if given.get("others", "keep") not in ("keep", "drop"):
        yield f"rules.others: given {given['others']!r}; allowed: keep, drop"
    if not 0 <= given.get("mostBad", 0) <= 1:
        yield f"rules.mostBad: given {given['mostBad']!r}; allowed: 0 to 1"
    if len(given.get("delimiter", ",")) != 1:
        yield f"rules.delimiter: given {given['delimiter']!r}; allowed: one character"
