"""What Spark, set up as 'lakehouse local connect spark' prints it, sees of a table and of a view that Trino has made: a JSON line."""

import json
import sys

from pyspark.sql import SparkSession

schema = sys.argv[1]
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()


def rows(sql):
    return [list(row) for row in spark.sql(sql).collect()]


def failure(sql):
    try:
        return f"no failure: {rows(sql)}"
    except Exception as error:
        return str(error)


print(
    json.dumps(
        {
            "table": rows(f"select count(*) from {schema}.numbers"),
            "views": [row[1] for row in rows(f"show views in {schema}")],
            "view": failure(f"select * from {schema}.doubled"),
        }
    )
)
