"""The tables of the medallion and how silver follows bronze's schema. Imported by the driver only."""

from __future__ import annotations

from lakehouse_job import JobError
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import StructField

EVENT = "event_id STRING, event_time TIMESTAMP, user_id STRING, event_type STRING"
# kind: columns, partitioning
TABLES = {
    # Raw and append-only: every column nullable, properties as the JSON text that came.
    "bronze": (f"{EVENT}, properties STRING, ingested_at TIMESTAMP", "days(event_time), event_type"),
    # previous_event_date: the UTC day that the event counted for before a later copy moved it.
    "silver": (
        f"{EVENT}, properties MAP<STRING, STRING>, ingested_at TIMESTAMP, previous_event_date DATE",
        "days(event_time)",
    ),
    # ingested_date: the UTC day of ingestion; record: the bronze row as JSON.
    "rejected": (
        "ingested_date DATE, event_id STRING, reason STRING, record STRING, ingested_at TIMESTAMP",
        "ingested_date",
    ),
    "daily_events": (
        "event_date DATE, event_type STRING, events BIGINT, users BIGINT, "
        "first_event_time TIMESTAMP, last_event_time TIMESTAMP",
        "event_date",
    ),
    "daily_users": ("event_date DATE, events BIGINT, users BIGINT, anonymous_events BIGINT", "event_date"),
}


DELTA_CATALOG = "spark_catalog"  # Delta works in Spark's own catalog alone


def format_of(spark: SparkSession, table: str) -> str:
    """Return the format that the stack chose for `namespace.table`: `iceberg 2`, `iceberg 3` or `delta`."""
    usual = spark.conf.get("spark.sql.catalog.lakehouse.table-default.format-version", "2")
    for name in (table, table.split(".", 1)[0]):
        chosen = spark.conf.get(f"spark.lakehouse.format.{name}", None)
        if chosen is not None:
            return chosen
    return f"iceberg {usual}"


def placed(spark: SparkSession, catalog: str, table: str) -> str:
    """Return the full name of `namespace.table`, whose catalog follows from its format."""
    return f"{DELTA_CATALOG if format_of(spark, table) == 'delta' else catalog}.{table}"


def ensure(spark: SparkSession, wanted: dict[str, str]) -> list[str]:
    """Create the absent ones among {full table name: kind}, with their namespaces; return the names created."""
    created = []
    for table, kind in wanted.items():
        if spark.catalog.tableExists(table):
            continue
        columns, partitioning = TABLES[kind]
        namespace = table.rsplit(".", 1)[0]
        # Each layer of the medallion has a bucket of its own; without the setting tables go to the warehouse.
        location = spark.conf.get(f"spark.lakehouse.location.{namespace.rsplit('.', 1)[-1]}", None)
        spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {namespace}" + (f" LOCATION '{location}'" if location else ""))
        chosen = format_of(spark, table.split(".", 1)[1])
        if chosen == "delta":
            spark.sql(f"CREATE TABLE IF NOT EXISTS {table} ({columns}) USING delta PARTITIONED BY ({partitioning})")
            created.append(table)
            continue
        properties = {"format-version": chosen.split(" ")[1], "write.parquet.compression-codec": "zstd"}
        if kind == "bronze":
            # Nobody may delete in bronze, not even its writer its old metadata files.
            properties["write.metadata.delete-after-commit.enabled"] = "false"
        listed = ", ".join(f"'{key}' = '{value}'" for key, value in properties.items())
        spark.sql(
            f"CREATE TABLE IF NOT EXISTS {table} ({columns}) USING iceberg PARTITIONED BY ({partitioning}) "
            f"TBLPROPERTIES ({listed})"
        )
        created.append(table)
    return created


def evolve(spark: SparkSession, table: str, extras: list[StructField]) -> None:
    """Give `table` the columns that bronze has gained, and the wider types; both are metadata only in Iceberg."""
    held = {field.name: field.dataType for field in spark.table(table).schema}
    for field in extras:
        name, kind = "`" + field.name.replace("`", "``") + "`", field.dataType.simpleString()
        if field.name not in held:
            spark.sql(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        elif held[field.name] != field.dataType:
            try:
                spark.sql(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind}")
            except Exception as error:
                was = held[field.name].simpleString()
                raise JobError(
                    f"column {field.name} of {table} is {was} and bronze has {kind}, which Iceberg cannot widen to; "
                    "rename the column in bronze"
                ) from error


def shaped(frame: DataFrame, like: DataFrame) -> list[Column]:
    """Return the columns of `like`, in its order, taken from `frame`; null where `frame` has lost one."""
    return [
        F.col(f"`{f.name}`") if f.name in frame.columns else F.lit(None).cast(f.dataType).alias(f.name)
        for f in like.schema
    ]
