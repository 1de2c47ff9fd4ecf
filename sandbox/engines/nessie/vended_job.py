"""A job on the catalog that gives keys, as one of the stack's is: prints one JSON object."""

import json

import lakehouse_job

spark = lakehouse_job.session("vended")
# Names without a catalog would ask the metastore's, which is not here.
spark.conf.set("spark.sql.defaultCatalog", "vended")
seen: dict[str, object] = {"read": list(spark.sql("SELECT count(*), sum(id) FROM vended.sales.kept").first())}
spark.sql("CREATE NAMESPACE vended.plans")
spark.sql("CREATE TABLE vended.plans.steps (id BIGINT, name STRING) USING iceberg")
spark.sql("INSERT INTO vended.plans.steps VALUES (1, 'a'), (2, 'b'), (3, 'c')")
spark.sql("MERGE INTO vended.plans.steps t USING (SELECT 1L id, 'z' name) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *")
seen["written"] = [row.name for row in spark.sql("SELECT name FROM vended.plans.steps ORDER BY id").collect()]


def refusal(statement: str) -> str:
    try:
        spark.sql(statement).collect()
    except Exception as error:  # noqa: BLE001  (whatever Iceberg makes of the answer)
        return str(error)
    return ""


# By the store or by the catalog, whoever is asked first.
seen["write where it reads"] = refusal("INSERT INTO vended.sales.kept VALUES (9, 'x')") == ""
seen["rows after it"] = spark.table("vended.sales.kept").count()
seen["read elsewhere"] = "not allowed" in refusal("SELECT * FROM vended.secret.plans")
print(json.dumps(seen))
spark.stop()
