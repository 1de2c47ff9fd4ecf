"""A session of Spark Connect: runs the statements of a JSON list on standard input, and prints a line of JSON for each.

The address is in SPARK_REMOTE. A line has the statement's `rows`, or its `error`; a session that is refused is the one line `refused`.
"""

from __future__ import annotations

import json
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession


def answer(spark: SparkSession, statement: str) -> dict[str, object]:
    """Run one statement."""
    try:
        return {"rows": [list(row) for row in spark.sql(statement).collect()]}
    except PySparkException as error:
        return {"error": str(error)}


def main() -> None:
    """Open a session, and run all statements in it."""
    try:
        spark = SparkSession.builder.getOrCreate()
        spark.sql("select 1").collect()
    except Exception as error:  # noqa: BLE001  (gRPC's errors share no class with Spark's)
        print(json.dumps({"refused": str(error)}))
        return
    for statement in json.load(sys.stdin):
        print(json.dumps(answer(spark, statement), default=str))
    spark.stop()


main()
