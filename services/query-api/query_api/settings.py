"""Settings, from the environment. Every number has its unit in its name or its text; all mistakes are told at once."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "QUERY_API_"
UNITS = {"B": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SettingsError(Exception):
    """Every mistake in the environment, a line each."""


@dataclass(frozen=True)
class Table:
    """A table that DuckDB has as a view."""

    name: str
    format: str
    path: str


@dataclass(frozen=True)
class Catalog:
    """An Iceberg REST catalog that DuckDB attaches."""

    name: str
    endpoint: str
    warehouse: str


@dataclass(frozen=True)
class Settings:
    """What the service is told."""

    host: str
    port: int
    caller_header: str | None
    caller_tokens: Path | None
    key: bytes
    trino_url: str | None
    trino_catalog: str | None
    trino_schema: str | None
    trino_user: str | None
    trino_password: str | None
    trino_ca: str | None
    cache_url: str | None
    cache_user: str | None
    cache_password: str | None
    cache_prefix: str
    cache_seconds: int
    rate_per_minute: int
    max_rows: int
    default_rows: int
    page_rows: int
    page_bytes: int
    max_bytes: int
    max_seconds: int
    wait_seconds: int
    max_sql_bytes: int
    drain_seconds: int
    duckdb: bool
    duckdb_memory: int
    duckdb_threads: int
    duckdb_slots: int
    duckdb_spill: Path
    duckdb_spill_bytes: int
    duckdb_extensions: Path | None
    duckdb_directories: tuple[str, ...]
    duckdb_tables: tuple[Table, ...]
    duckdb_catalogs: tuple[Catalog, ...]
    s3_endpoint: str | None
    s3_region: str
    s3_key: str | None
    s3_secret: str | None
    process_memory: int | None

    @property
    def engines(self) -> tuple[str, ...]:
        """Return the engines that are on, the default first."""
        return (*(("trino",) if self.trino_url else ()), *(("duckdb",) if self.duckdb else ()))


class Reader:
    """Reads variables, and remembers what is wrong."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Take the environment."""
        self.env = env
        self.mistakes: list[str] = []

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a variable, or what is in the file that `<name>_FILE` names."""
        file = self.env.get(f"{PREFIX}{name}_FILE")
        if file:
            try:
                return Path(file).read_text().strip()
            except OSError as error:
                self.mistakes.append(f"{PREFIX}{name}_FILE: {error.strerror}: {file}; allowed: a file that can be read")
                return default
        return self.env.get(PREFIX + name) or default

    def parsed(self, name: str, default: str, parse: Callable[[str], Any], allowed: str) -> Any:  # noqa: ANN401
        """Return a variable as a value."""
        given = self.text(name, default) or default
        try:
            return parse(given)
        except (ValueError, KeyError, TypeError):
            self.mistakes.append(f"{PREFIX}{name}: given {given!r}; allowed: {allowed}")
            return parse(default)

    def count(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number."""

        def parse(text: str) -> int:
            number = int(text)
            if not least <= number <= most:
                raise ValueError(text)
            return number

        return self.parsed(name, str(default), parse, f"a whole number from {least} to {most}")

    def size(self, name: str, default: str) -> int:
        """Return a number of bytes."""
        return self.parsed(name, default, size, "a size such as 512Mi or 8Gi")

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        """Return an address without a path behind it."""
        given = self.text(name)
        if given is None:
            return None
        found = urlsplit(given)
        if found.scheme not in schemes or not found.hostname or found.username or found.query:
            self.mistakes.append(f"{PREFIX}{name}: given {given!r}; allowed: {' or '.join(schemes)}://host:port")
        return given.rstrip("/")


def size(text: str) -> int:
    """Return bytes."""
    match = re.fullmatch(r"(\d+)(B|Ki|Mi|Gi)", text)
    if match is None or int(match[1]) == 0:
        raise ValueError(text)
    return int(match[1]) * UNITS[match[2]]


def tables(text: str) -> tuple[Table, ...]:
    """Return `{"orders": {"format": "parquet", "path": "s3://gold/orders/*.parquet"}}` as tables."""
    found = tuple(Table(name, str(each["format"]), str(each["path"])) for name, each in json.loads(text).items())
    for table in found:
        if not NAME.fullmatch(table.name) or table.format not in ("parquet", "iceberg") or not plain(table.path):
            raise ValueError(table.name)
    return found


def catalogs(text: str) -> tuple[Catalog, ...]:
    """Return `{"lakehouse": {"endpoint": "http://…/iceberg", "warehouse": "warehouse"}}` as catalogs."""
    found = tuple(Catalog(name, str(each["endpoint"]), str(each["warehouse"])) for name, each in json.loads(text).items())
    for catalog in found:
        if not NAME.fullmatch(catalog.name) or not plain(catalog.endpoint) or not plain(catalog.warehouse):
            raise ValueError(catalog.name)
    return found


def directories(text: str) -> tuple[str, ...]:
    """Return `["s3://gold/"]` as what may be read. Each ends in `/`: a beginning of a name would be more than one folder."""
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(each, str) and each.endswith("/") and plain(each) for each in found):
        raise ValueError(text)
    return tuple(found)


def plain(text: str) -> bool:
    """Return whether a text can stand in the SQL of the service's own."""
    return bool(text) and not any(c in "'\"\\;\x00\n" for c in text)


def seconds(reader: Reader, name: str, default: int, least: int = 1) -> int:
    """Return a number of seconds, a day at most."""
    return reader.count(name, default, least, 86_400)


def settings(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings. Raises SettingsError that names every mistake."""
    r = Reader(os.environ if env is None else env)
    tokens = r.text("CALLER_TOKENS")
    key = r.text("KEY")
    result = Settings(
        host=r.text("HOST", "0.0.0.0") or "",  # noqa: S104 (a pod)
        port=r.count("PORT", 8080, 1, 65_535),
        caller_header=(r.text("CALLER_HEADER") or "").lower() or None,
        caller_tokens=Path(tokens) if tokens else None,
        key=key.encode() if key else secrets.token_bytes(32),
        trino_url=r.url("TRINO_URL", ("http", "https")),
        trino_catalog=r.text("TRINO_CATALOG"),
        trino_schema=r.text("TRINO_SCHEMA"),
        trino_user=r.text("TRINO_USER"),
        trino_password=r.text("TRINO_PASSWORD"),
        trino_ca=r.text("TRINO_CA"),
        cache_url=r.url("CACHE_URL", ("redis", "rediss")),
        cache_user=r.text("CACHE_USER"),
        cache_password=r.text("CACHE_PASSWORD"),
        cache_prefix=r.text("CACHE_PREFIX", "query-api:") or "",
        cache_seconds=seconds(r, "CACHE_SECONDS", 60, 0),
        rate_per_minute=r.count("RATE_PER_MINUTE", 120, 0, 1_000_000),
        max_rows=r.count("MAX_ROWS", 100_000, 1, 100_000_000),
        default_rows=r.count("DEFAULT_ROWS", 10_000, 1, 100_000_000),
        page_rows=r.count("PAGE_ROWS", 1_000, 1, 100_000),
        page_bytes=r.size("PAGE_BYTES", "4Mi"),
        max_bytes=r.size("MAX_BYTES", "64Mi"),
        max_seconds=seconds(r, "MAX_SECONDS", 300),
        wait_seconds=seconds(r, "WAIT_SECONDS", 10),
        max_sql_bytes=r.size("MAX_SQL_BYTES", "64Ki"),
        drain_seconds=seconds(r, "DRAIN_SECONDS", 5, 0),
        duckdb=r.parsed("DUCKDB", "off", {"on": True, "off": False}.__getitem__, "on or off"),
        duckdb_memory=r.size("DUCKDB_MEMORY", "512Mi"),
        duckdb_threads=r.count("DUCKDB_THREADS", 2, 1, 256),
        duckdb_slots=r.count("DUCKDB_SLOTS", 2, 1, 64),
        duckdb_spill=Path(r.text("DUCKDB_SPILL", "/tmp/duckdb") or ""),  # noqa: S108 (a mount)
        duckdb_spill_bytes=r.size("DUCKDB_SPILL_BYTES", "1Gi"),
        duckdb_extensions=Path(text) if (text := r.text("DUCKDB_EXTENSIONS")) else None,
        duckdb_directories=r.parsed("DUCKDB_DIRECTORIES", "[]", directories, 'a JSON list such as ["s3://gold/"]'),
        duckdb_tables=r.parsed("DUCKDB_TABLES", "{}", tables, '{"<name>": {"format": "parquet|iceberg", "path": "s3://…"}}'),
        duckdb_catalogs=r.parsed(
            "DUCKDB_CATALOGS", "{}", catalogs, '{"<name>": {"endpoint": "http://host:9001/iceberg", "warehouse": "…"}}'
        ),
        s3_endpoint=r.url("S3_ENDPOINT", ("http", "https")),
        s3_region=r.text("S3_REGION", "us-east-1") or "",
        s3_key=r.text("S3_KEY"),
        s3_secret=r.text("S3_SECRET"),
        process_memory=r.size("PROCESS_MEMORY", "1Gi") if r.text("PROCESS_MEMORY") else None,
    )
    if not result.engines:
        r.mistakes.append(f"{PREFIX}TRINO_URL: not given, and {PREFIX}DUCKDB is off; allowed: one of them at least")
    if result.caller_header is None and result.caller_tokens is None:
        r.mistakes.append(f"{PREFIX}CALLER_HEADER, {PREFIX}CALLER_TOKENS: neither is given; allowed: one of them at least")
    if result.default_rows > result.max_rows:
        r.mistakes.append(f"{PREFIX}DEFAULT_ROWS: {result.default_rows}; allowed: at most {PREFIX}MAX_ROWS, {result.max_rows}")
    if key is not None and len(key) < 32:
        r.mistakes.append(f"{PREFIX}KEY: given {len(key)} characters; allowed: 32 at least")
    if r.mistakes:
        raise SettingsError("\n".join(r.mistakes))
    return result
