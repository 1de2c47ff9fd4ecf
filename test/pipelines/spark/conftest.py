"""A real Spark with a real Iceberg catalog in a temporary folder; nothing is mocked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

JOBS = Path(__file__).parents[3] / "pipelines" / "spark"
ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.10.1"
sys.path.insert(0, str(JOBS))

Row = tuple[str | None, str | None, str | None, str | None, str | None, str | None]
Job = Callable[..., list[dict]]
Append = Callable[[list[Row]], None]


def event(number: int, **changed: str | None) -> Row:
    """Return a valid event of 2026-03-02, ingested a minute later."""
    row = {
        "id": f"e{number}",
        "time": f"2026-03-02 10:{number:02}:00Z",
        "user": f"u{number % 3}",
        "type": "click",
        "properties": '{"page":"/"}',
        "ingested": f"2026-03-02 10:{number:02}:30Z",
    }
    return tuple({**row, **changed}.values())


def spark_conf(warehouse: Path) -> dict[str, str]:
    """Return the settings that on the platform come from the SparkApplication."""
    jar = os.environ.get("ICEBERG_JAR")
    return {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.lakehouse": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lakehouse.type": "hadoop",
        "spark.sql.catalog.lakehouse.warehouse": f"file://{warehouse}",
        # A day of New York is not a UTC day: the jobs must not depend on where they run.
        "spark.sql.session.timeZone": "America/New_York",
        **({"spark.jars": jar} if jar else {"spark.jars.packages": ICEBERG}),
    }


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="session")
def session(warehouse: Path) -> Iterator[SparkSession]:
    builder = SparkSession.builder
    for key, value in spark_conf(warehouse).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


@pytest.fixture
def spark(session: SparkSession) -> SparkSession:
    """Return the session with an empty catalog."""
    for namespace in session.sql("SHOW NAMESPACES IN lakehouse").collect():
        for table in session.sql(f"SHOW TABLES IN lakehouse.{namespace.namespace}").collect():
            session.sql(f"DROP TABLE lakehouse.{namespace.namespace}.`{table.tableName}`")
        session.sql(f"DROP NAMESPACE lakehouse.{namespace.namespace}")
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    return session


@pytest.fixture
def run(spark: SparkSession, capsys: pytest.CaptureFixture[str]) -> Job:
    """Run a job's main() in this process; return its JSON lines."""

    def call(module: str, *arguments: str) -> list[dict]:
        capsys.readouterr()
        __import__(module)
        sys.modules[module].main(arguments)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    return call


@pytest.fixture
def bronze(spark: SparkSession, run: Job) -> Append:
    """Create the bronze table; return a function that appends (id, time, user, type, properties, ingested_at)."""
    run("bronze_to_silver", "--ensure-only")
    columns = "event_id string, event_time string, user_id string, event_type string, properties string, at string"

    def append(rows: list[Row]) -> None:
        frame = spark.createDataFrame(rows, columns).selectExpr(
            "event_id",
            "CAST(event_time AS timestamp) AS event_time",
            "user_id",
            "event_type",
            "properties",
            "CAST(at AS timestamp) AS ingested_at",
        )
        frame.writeTo("lakehouse.bronze.events").append()

    return append
