"""A table or query of a database: rows beyond the last high-water mark, as Parquet, from one snapshot."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import URL, Connection, Engine, bindparam, create_engine, text
from sqlalchemy.pool import NullPool

from .columns import Column, columns, mark, position
from .declared import Source, secret
from .landing import Batch, Landing
from .store import LARGEST

#: Rows that are held at the same time.
_CHUNK = 5000


class Unreadable(Exception):  # noqa: N818
    """What a database gives that cannot land."""


def run(source: Source, landing: Landing) -> None:
    """Land the rows beyond the last mark, in batches that end between two marks."""
    last = landing.last()
    low = mark(last["position"]["highWater"]) if last else None
    engine = _engine(source)
    try:
        with engine.connect() as connection:
            _snapshot(source, connection)
            _refuse_nothing(source, connection)
            for batch in _batches(source, landing, connection, low):
                if not landing.land(batch):
                    return
    except ValueError as error:
        raise Unreadable(str(error)) from error
    finally:
        engine.dispose()


def _engine(source: Source) -> Engine:
    of = source.of
    postgres = of["dialect"] == "postgresql"
    url = URL.create(
        "postgresql+psycopg" if postgres else "mariadb+pymysql",
        secret("USER"),
        secret("PASSWORD"),
        of["host"],
        of["port"],
        of["database"],
    )
    verified = of.get("tls") == "verify"
    ca = ssl.get_default_verify_paths().cafile
    options: dict[str, Any]
    if postgres:
        limit = f"-c statement_timeout={1000 * source.seconds} -c timezone=UTC"
        options = {"connect_timeout": 10, "options": limit, "application_name": f"lakehouse-{source.name}"}
        options |= (
            {"sslmode": "verify-full", "sslrootcert": ca or "/etc/ssl/certs/ca-certificates.crt"}
            if verified
            else {"sslmode": "prefer"}
        )
    else:
        options = {"connect_timeout": 10, "read_timeout": source.seconds, "init_command": "SET time_zone = '+00:00'"}
        options |= {"charset": "utf8mb4"}
        if verified:
            options["ssl"] = ssl.create_default_context()
    return create_engine(url, connect_args=options, poolclass=NullPool, isolation_level="REPEATABLE READ", hide_parameters=True)


def _snapshot(source: Source, connection: Connection) -> None:
    """Let all statements of the connection read one state, and none change it."""
    if source.of["dialect"] == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
    else:
        connection.execute(text("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))


def _relation(source: Source, connection: Connection) -> tuple[str, str]:
    """Give what is read, and the column of the mark, both as SQL."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    of = source.of
    named = of.get("table")
    relation = f"({of['query']}) AS batch" if named is None else ".".join(quote(part) for part in named.split("."))
    # A colon begins the name of a value, unless a backslash is before it.
    return relation.replace(":", "\\:"), quote(of["highWater"])


def _refuse_nothing(source: Source, connection: Connection) -> None:
    """Rows without a mark would never land, and nobody would notice."""
    relation, column = _relation(source, connection)
    if connection.execute(text(f"SELECT 1 FROM {relation} WHERE {column} IS NULL LIMIT 1")).first() is not None:
        raise Unreadable(f"{source.of['highWater']} is null in some rows, which would never land")


def _bounds(source: Source, connection: Connection, low: Any) -> dict[str, Any] | None:  # noqa: ANN401
    """Give the values of the statement; none where there is nothing new."""
    relation, column = _relation(source, connection)
    high = connection.execute(text(f"SELECT max({column}) FROM {relation}")).scalar()
    if high is None:
        return None
    position(high)
    settled = _settled(source, high)
    return {"high": settled, **({} if low is None else {"low": low})}


def _settled(source: Source, high: Any) -> Any:  # noqa: ANN401
    """Leave out times of the last moments: a transaction that has taken its time may not be committed yet."""
    if not isinstance(high, datetime):
        return high
    now = datetime.now(UTC) - timedelta(seconds=source.of.get("settleSeconds", 0))
    return min(high, now if high.tzinfo else now.replace(tzinfo=None))


def _batches(source: Source, landing: Landing, connection: Connection, low: Any) -> Iterator[Batch]:  # noqa: ANN401
    bounds = _bounds(source, connection, low)
    if bounds is None:
        return
    relation, column = _relation(source, connection)
    beyond = "" if low is None else f"{column} > :low AND "
    statement = text(f"SELECT * FROM {relation} WHERE {beyond}{column} <= :high ORDER BY {column}").bindparams(
        *(bindparam(name) for name in bounds)
    )
    streamed = connection.execution_options(stream_results=True, max_row_buffer=_CHUNK)
    with streamed.execute(statement, bounds) as result:
        described = columns(source.of["dialect"], result.cursor.description)  # type: ignore[union-attr]
        names = [each.name for each in described]
        if source.of["highWater"] not in names:
            raise Unreadable(f"the query has no column {source.of['highWater']}")
        place = names.index(source.of["highWater"])
        writer: _Writer | None = None
        for rows in result.partitions(_CHUNK):
            at = 0
            while at < len(rows):
                if writer is None:
                    writer = _Writer(source, described, place)
                taken = writer.room(rows[at:])
                if taken == 0:
                    yield writer.batch(landing)
                    writer = None
                    continue
                writer.add(rows[at : at + taken])
                at += taken
        if writer is not None:
            yield writer.batch(landing)


class _Writer:
    """One batch that is being written. It is full at its number of rows, and ends only where the mark changes."""

    def __init__(self, source: Source, described: list[Column], place: int) -> None:
        self.source, self.described, self.place = source, described, place
        self.path: Path = source.scratch / "batch.parquet"
        self.rows = 0
        self.first: Any = None
        self.mark: Any = None
        self.file: pq.ParquetWriter | None = None

    def room(self, rows: list[Any]) -> int:
        """Say how many of the next rows belong to this batch."""
        most = self.source.of["rows"] - self.rows
        if len(rows) <= most:
            return len(rows)
        taken = max(most, 0)
        before = rows[taken - 1][self.place] if taken > 0 else self.mark
        while taken < len(rows) and rows[taken][self.place] == before:
            taken += 1
        return taken

    def add(self, rows: list[Any]) -> None:
        arrays = [column.array([row[at] for row in rows]) for at, column in enumerate(self.described)]
        if self.file is None:
            fields = [pa.field(each.name, each.kind or pa.string()) for each in self.described]
            self.file = pq.ParquetWriter(self.path, pa.schema(fields), compression="zstd")
            self.first = rows[0][self.place]
        # A column whose first rows are all null is text from then on.
        kinds = self.file.schema.types
        given = [each if each.type == kind else each.cast(kind) for each, kind in zip(arrays, kinds, strict=True)]
        self.file.write_table(pa.Table.from_arrays(given, schema=self.file.schema))
        self.rows += len(rows)
        self.mark = rows[-1][self.place]
        if self.path.stat().st_size > min(self.source.max_bytes, LARGEST):
            raise Unreadable(f"a batch is larger than {self.source.max_bytes} bytes; allowed: fewer rows in a batch")

    def batch(self, landing: Landing) -> Batch:
        assert self.file is not None  # noqa: S101
        self.file.close()
        with self.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        of = self.source.of
        return Batch(
            id=landing.next(),
            path=self.path,
            sha256=sha256,
            day=datetime.now(UTC).strftime("%Y-%m-%d"),
            suffix=".parquet",
            origin={"host": of["host"], "database": of["database"], "table": of.get("table", "a query")},
            checked="rows",
            position={"first": position(self.first), "highWater": position(self.mark)},
            rows=self.rows,
        )
