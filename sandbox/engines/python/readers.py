"""Read tables without Spark and Trino, and print the rows as JSON.

`iceberg <REST address> <table> <SQL over t>`: PyIceberg reads metadata and files, DuckDB runs the query.
`chdb <SQL>`: the ClickHouse engine. `delta <address of the table> <SQL over t>`: delta-rs reads, DuckDB runs the query.
The object store and its user are in S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION.
"""

from __future__ import annotations

import json
import os
import sys

ENDPOINT = os.environ["S3_ENDPOINT"]
KEY, SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


def over(table: object, sql: str) -> list:
    """Run SQL over one Arrow table, named t."""
    import duckdb

    connection = duckdb.connect()
    connection.register("t", table)
    return connection.execute(sql).fetchall()


def iceberg(uri: str, table: str, sql: str) -> list:
    """Read an Iceberg table through the REST catalog."""
    from pyiceberg.catalog import load_catalog

    s3 = {"s3.endpoint": ENDPOINT, "s3.access-key-id": KEY, "s3.secret-access-key": SECRET, "s3.region": "us-east-1"}
    catalog = load_catalog("lakehouse", type="rest", uri=uri, **s3, **{"py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"})
    return over(catalog.load_table(table).scan().to_arrow(), sql)


def chdb(sql: str) -> list:
    """Run a query with ClickHouse's engine; `@endpoint` and `@key` stand for the object store and its credentials."""
    import chdb as engine

    named = sql.replace("@key", f"'{KEY}', '{SECRET}'").replace("@endpoint", ENDPOINT)
    return json.loads(engine.query(named, "JSONCompact").bytes())["data"]


def delta(uri: str, sql: str) -> list:
    """Read a Delta table by its log."""
    from deltalake import DeltaTable

    options = {"AWS_ENDPOINT_URL": ENDPOINT, "AWS_ALLOW_HTTP": "true"}
    return over(DeltaTable(uri, storage_options=options).to_pyarrow_table(), sql)


reader = {"iceberg": iceberg, "chdb": chdb, "delta": delta}[sys.argv[1]]
print(json.dumps(reader(*sys.argv[2:]), default=str))
