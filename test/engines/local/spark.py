"""What Spark, set up as 'lakehouse local connect spark' prints it, sees of what Trino has made, and a view of its own: a JSON line."""

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


spark.sql(f"create or replace view {schema}.tripled as select 21 as n")
print(
    json.dumps(
        {
            "table": rows(f"select count(*) from {schema}.numbers"),
            "views": sorted(row[1] for row in rows(f"show views in {schema}")),
            "both": rows(f"select n from {schema}.doubled"),
            "trino": failure(f"select n from {schema}.of_json"),
        }
    )
)
