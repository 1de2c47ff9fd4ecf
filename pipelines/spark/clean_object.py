"""Clean one object that is too large for the function that was told of it: the same rules, on executors.

The function submits it once for each content of an object (`pipelines/functions/cleaning`). What it writes is a folder:
clean records at the target, bad ones with their reasons beside it, and nothing at the target where too many are bad.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import lakehouse_job as job
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812

TRUE, FALSE = ["true", "t", "yes", "y", "1"], ["false", "f", "no", "n", "0"]
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$"
CORRUPT = "__corrupt"
DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


def snake(name: str) -> str:
    """Give the name of a column, as the function does."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()[:128]
    return f"_{text}" if text[:1].isdigit() else text


def read(spark: SparkSession, source: str, delimiter: str) -> DataFrame:
    """Read an object by the end of its name, every value as text where the format has no types."""
    name = source.lower().removesuffix(".gz")
    reader = spark.read.option("columnNameOfCorruptRecord", CORRUPT)
    if name.endswith((".csv", ".tsv")):
        separator = "\t" if name.endswith(".tsv") else delimiter
        header = spark.read.option("header", True).option("sep", separator).csv(source).schema
        schema = header.add(CORRUPT, "string")
        return reader.option("header", True).option("sep", separator).option("escape", '"').schema(schema).csv(source)
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return reader.option("primitivesAsString", True).json(source)
    if name.endswith(".parquet"):
        return spark.read.parquet(source)
    raise job.JobError(f"{source}: unknown format")


def typed(value: Column, kind: str) -> Column:
    """Give a value as its column must be; null where it is not."""
    text = value.cast("string")
    decimal = DECIMAL.fullmatch(kind)
    if decimal is not None:
        exact = F.when(text.rlike(NUMBER), text.try_cast("decimal(38,18)"))
        made = exact.try_cast(kind)
        # What would be rounded is not what was sent.
        return F.when(made == exact, made)
    if kind == "integer":
        return F.when(text.rlike(r"^[+-]?\d{1,19}(\.0+)?$"), F.regexp_replace(text, r"\.0+$", "").try_cast("bigint"))
    if kind == "number":
        number = F.when(text.rlike(NUMBER), text.try_cast("double"))
        return F.when(F.abs(number) < F.lit(float("inf")), number)
    if kind == "boolean":
        return F.when(F.lower(text).isin(TRUE), F.lit(True)).when(F.lower(text).isin(FALSE), F.lit(False))
    if kind == "date":
        return F.when(text.rlike(r"^\d{4}-\d{2}-\d{2}$"), text.try_cast("date"))
    if kind == "timestamp":
        return text.try_cast("timestamp")
    return text


def plain(frame: DataFrame, name: str, nulls: Sequence[str]) -> Column:
    """Give a column as text without what means no value; nested values are JSON."""
    column = F.col(f"`{name}`")
    kind = frame.schema[name].dataType.typeName()
    if kind in ("struct", "array", "map"):
        return F.to_json(column)
    if kind != "string":
        return column
    trimmed = F.trim(column)
    return F.when(~F.lower(trimmed).isin(list(nulls)), trimmed)


def cleaned(frame: DataFrame, rules: dict[str, Any]) -> DataFrame:
    """Give the records with `__reason`, null where a record is clean, and `__record`, as it came."""
    names = {snake(name): name for name in frame.columns if name != CORRUPT}
    if "" in names or len(names) != len([name for name in frame.columns if name != CORRUPT]):
        raise job.JobError("a column has no name of its own after cleaning")
    types = dict(rules["columns"])
    if rules.get("others", "keep") == "keep":
        types.update({name: "text" for name in names if name not in types})
    values: list[Column] = []
    reasons: list[Column] = []
    if CORRUPT in frame.columns:
        reasons.append(F.when(F.col(CORRUPT).isNotNull(), F.lit("unreadable")))
    for name, kind in types.items():
        given = plain(frame, names[name], rules["nulls"]) if name in names else F.lit(None).cast("string")
        value = typed(given, kind)
        values.append(value.alias(name))
        reasons.append(F.when(given.isNotNull() & value.isNull(), F.lit(f"{name}: is no {kind}")))
        if name in rules["required"]:
            reasons.append(F.when(given.isNull(), F.lit(f"{name}: no value")))
    record = F.to_json(F.struct(*[F.col(f"`{name}`") for name in frame.columns]))
    return frame.select(*values, F.nullif(F.concat_ws("; ", *reasons), F.lit("")).alias("__reason"), record.alias("__record"))


def is_current(spark: SparkSession, source: str, etag: str) -> bool:
    """Say whether the object is still the one that was told of; a file system without ETags knows no other."""
    jvm: Any = spark.sparkContext._jvm  # noqa: SLF001
    path = jvm.org.apache.hadoop.fs.Path(source)
    status = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).getFileStatus(path)  # noqa: SLF001
    found = status.getEtag() if hasattr(status, "getEtag") and source.startswith("s3a:") else etag
    return str(found).strip('"') == etag


def main(arguments: Sequence[str] | None) -> None:
    """Run the job."""
    made = job.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    for name in ("source", "etag", "target", "bad", "rules"):
        made.add_argument(f"--{name}", required=True)
    args = made.parse_args(arguments)
    rules = json.loads(args.rules)
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    if not is_current(spark, args.source, args.etag):
        job.report(job="clean_object", source=args.source, outcome="newer")
        return
    # Spark keeps what it has read: columns that are corrupt alone cannot be counted from the file.
    all_records = cleaned(read(spark, args.source, rules["delimiter"]), rules).cache()
    total = all_records.count()
    bad = all_records.where("__reason is not null")
    count = bad.count()
    if count > 0:
        bad.select("__reason", "__record").write.mode("overwrite").json(args.bad)
    if count > rules["mostBad"] * total:
        job.report(job="clean_object", source=args.source, outcome="quarantine", bad=count, records=total)
        raise job.JobError(f"{args.source}: {count} of {total} records are bad; allowed: a share of {rules['mostBad']}")
    good = all_records.where("__reason is null").drop("__reason", "__record").dropDuplicates(rules["key"] or None)
    good.write.mode("overwrite").option("compression", "zstd").parquet(args.target)
    job.report(job="clean_object", source=args.source, outcome="clean", bad=count, records=total)


if __name__ == "__main__":
    job.run(main)
