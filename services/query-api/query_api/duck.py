"""DuckDB in this process, over Parquet and Iceberg, locked before the first statement of a caller."""

from __future__ import annotations

import threading
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from .errors import ApiError, refused
from .judge import Relations
from .parameters import quoted
from .settings import Settings

EXTENSIONS = ("httpfs", "avro", "iceberg")


class Duck:
    """One database in memory; each query has a connection of its own to it."""

    def __init__(self, settings: Settings) -> None:
        """Remember the settings. The database is made when it is asked first."""
        self.settings = settings
        self.lock = threading.Lock()
        self.database: duckdb.DuckDBPyConnection | None = None
        self.problem: str | None = None
        self.relations = Relations(
            frozenset(table.name.lower() for table in settings.duckdb_tables),
            frozenset(catalog.name.lower() for catalog in settings.duckdb_catalogs),
        )

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for one query. Raises ApiError when the tables cannot be reached."""
        with self.lock:
            if self.database is None:
                try:
                    self.database = self.made()
                    self.problem = None
                except duckdb.Error as error:
                    self.problem = type(error).__name__
                    raise ApiError(
                        503,
                        "engine_unreachable",
                        "duckdb",
                        f"the tables that the settings name cannot be reached: {self.problem}",
                        "the query again in a while",
                        {"Retry-After": "10"},
                    ) from None
            return self.database.cursor()

    def made(self) -> duckdb.DuckDBPyConnection:
        """Return a database with the tables of the settings, and nothing that could be changed."""
        s = self.settings
        s.duckdb_spill.mkdir(parents=True, exist_ok=True)
        database = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{s.duckdb_memory}B",
                "threads": s.duckdb_threads,
                "temp_directory": str(s.duckdb_spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                # Names of tables must not be names of Python's variables.
                "python_enable_replacements": False,
                "preserve_insertion_order": False,
            },
        )
        try:
            # Among the options of a new database it is shown, and not kept to.
            database.execute(f"SET max_temp_directory_size = '{s.duckdb_spill_bytes}B'")
            self.tables(database)
            allowed = ", ".join(quoted(each) for each in s.duckdb_directories)
            database.execute(f"SET allowed_directories = [{allowed}]")
            database.execute("SET enable_external_access = false")
            database.execute("SET lock_configuration = true")
        except BaseException:
            database.close()
            raise
        return database

    def tables(self, database: duckdb.DuckDBPyConnection) -> None:
        """Load what reads the formats, sign in, and name the tables."""
        s = self.settings
        if s.duckdb_extensions is not None:
            for name in EXTENSIONS:
                database.execute(f"LOAD {quoted(str(extension(s.duckdb_extensions, name)))}")
            database.execute("SET allow_persistent_secrets = false")
        if s.s3_endpoint is not None:
            address = urlsplit(s.s3_endpoint)
            database.execute(
                f"CREATE SECRET objects (TYPE s3, KEY_ID {quoted(s.s3_key or '')}, SECRET {quoted(s.s3_secret or '')}, "
                f"ENDPOINT {quoted(address.netloc)}, URL_STYLE 'path', REGION {quoted(s.s3_region)}, "
                f"USE_SSL {'true' if address.scheme == 'https' else 'false'})"
            )
        for catalog in s.duckdb_catalogs:
            database.execute(
                f'ATTACH {quoted(catalog.warehouse)} AS "{catalog.name}" '
                f"(TYPE iceberg, ENDPOINT {quoted(catalog.endpoint)}, AUTHORIZATION_TYPE 'none')"
            )
        for table in s.duckdb_tables:
            reader = "read_parquet" if table.format == "parquet" else "iceberg_scan"
            database.execute(f'CREATE VIEW "{table.name}" AS SELECT * FROM {reader}({quoted(table.path)})')

    def ready(self) -> bool:
        """Return whether queries can run."""
        try:
            self.connection().close()
        except ApiError:
            return False
        return True

    def close(self) -> None:
        """End it."""
        if self.database is not None:
            self.database.close()


def extension(folder: Path, name: str) -> Path:
    """Return the file of an extension, wherever it lies below the folder: packages put a version between."""
    found = sorted(folder.glob(f"**/{name}.duckdb_extension"))
    if not found:
        raise duckdb.IOException(f"{folder}: there is no {name}.duckdb_extension in it")
    return found[-1]


def checked(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """Ask DuckDB's own parser as well: one statement, and one that gives rows."""
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise failed(error) from None
    kinds = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if len(statements) != 1 or statements[0].type not in kinds:
        raise refused("sql", "DuckDB reads it as something else than one query", "one SELECT or EXPLAIN")


def failed(error: duckdb.Error) -> ApiError:
    """Return the answer for a query that DuckDB could not finish."""
    message = str(error).split("\n\nStack Trace")[0][:2000]
    if isinstance(error, duckdb.OutOfMemoryException):
        return ApiError(422, "query_too_large", "duckdb", message.splitlines()[0], "a query that reads less, or engine trino")
    if isinstance(error, (duckdb.HTTPException, duckdb.IOException)):
        return ApiError(502, "engine_failed", "duckdb", "files of a table cannot be read", "the query again in a while")
    if isinstance(error, (duckdb.InternalException, duckdb.FatalException)):
        return ApiError(502, "engine_failed", "duckdb", type(error).__name__, "the query again; its operators know more")
    return ApiError(400, "query_failed", "sql", message, "SQL of DuckDB on tables and columns that are there")
