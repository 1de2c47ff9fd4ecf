"""What the notebooks share: Trino as oneself, Iceberg tables by one's own keys, and a schema of one's own.

Addresses and keys are variables of the pod. Trino says where a table's metadata are; its files are read from the object
store with the rights of whoever runs the notebook, so a table in a bucket that one may not read is refused there.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd
import trino

if TYPE_CHECKING:
    import psycopg
    from pyiceberg.table import StaticTable


def user() -> str:
    """Return one's name, which Trino knows too."""
    return os.environ["JUPYTERHUB_USER"]


def schema() -> str:
    """Return the schema of one's own; `own_schema` makes it."""
    return os.environ["LAKEHOUSE_SCHEMA"]


def connect() -> trino.dbapi.Connection:
    """Connect to Trino as oneself."""
    at = urlsplit(os.environ["LAKEHOUSE_TRINO"])
    # Where Trino asks who one is, the notebook has a user that may do nothing but ask in one's name.
    user_, password = os.environ.get("LAKEHOUSE_TRINO_USER"), os.environ.get("LAKEHOUSE_TRINO_PASSWORD")
    return trino.dbapi.connect(
        host=at.hostname,
        port=at.port,
        http_scheme=at.scheme,
        user=user(),
        auth=trino.auth.BasicAuthentication(user_, password) if user_ and password else None,
        source="jupyterhub",
        catalog=os.environ["LAKEHOUSE_CATALOG"],
    )


def sql(statement: str) -> pd.DataFrame:
    """Run one statement in Trino."""
    cursor = connect().cursor()
    cursor.execute(statement)
    rows = cursor.fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in cursor.description or ()])


def own_schema() -> str:
    """Make the schema of one's own, below the only part of the object store that one may write."""
    sql(f"CREATE SCHEMA IF NOT EXISTS {schema()} WITH (location = '{os.environ['LAKEHOUSE_PLACE']}')")
    return schema()


def place(bucket: str) -> str:
    """Return where a bucket is, such as `s3://gold/` for `gold`; one's own place is below the warehouse."""
    return f"s3://{json.loads(os.environ['LAKEHOUSE_BUCKETS'])[bucket]}/"


def files() -> dict[str, str]:
    """Return the settings by which PyIceberg reaches the object store with one's own keys."""
    return {
        "s3.endpoint": os.environ["AWS_ENDPOINT_URL_S3"],
        "s3.region": os.environ["AWS_REGION"],
        "s3.access-key-id": os.environ["AWS_ACCESS_KEY_ID"],
        "s3.secret-access-key": os.environ["AWS_SECRET_ACCESS_KEY"],
    }


def vectors() -> psycopg.Connection:
    """Connect to the vectors of PostgreSQL with one's own role; a schema of one's own is the first that is searched."""
    import psycopg

    # User and password are variables that libpq reads.
    return psycopg.connect(os.environ["LAKEHOUSE_VECTORS"], autocommit=True, options=f"-c search_path={schema()},public")


def table(name: str) -> StaticTable:
    """Open an Iceberg table for reading without Trino, such as `gold.daily_events`, as it is now."""
    from pyiceberg.table import StaticTable

    within, _, own = name.rpartition(".")
    newest = sql(f'SELECT file FROM {within}."{own}$metadata_log_entries" ORDER BY "timestamp" DESC LIMIT 1')
    return StaticTable.from_metadata(newest["file"][0], files())
