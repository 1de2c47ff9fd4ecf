"""The jobs as the platform starts them: spark-submit of one file, its exit code, stdout and stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest
from conftest import JOBS, spark_conf


def submit(warehouse: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    conf = [f"--conf={k}={v}" for k, v in spark_conf(warehouse).items()]
    command = str(Path(pyspark.__file__).parent / "bin" / "spark-submit")
    env = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [command, *conf, str(JOBS / script), *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("script", "arguments", "line"),
    [
        ("bronze_to_silver.py", ["--date", "2026-02-30"], "argument --date: '2026-02-30' is not a day from 1970 on"),
        ("bronze_to_silver.py", [], "table lakehouse.bronze.events does not exist; create it with"),
        ("silver_to_gold.py", ["--source", "silver.a; DROP TABLE x"], "is not a name like namespace.table"),
        ("silver_to_gold.py", [], "table lakehouse.silver.events does not exist; run bronze_to_silver.py first"),
        ("silver_to_gold.py", ["--catalog", "nope"], "catalog nope is not configured; set spark.sql.catalog.nope"),
        ("table_maintenance.py", ["--orphan-days", "2"], "'2' is not a whole number from 3"),
        ("table_maintenance.py", [], "namespace bronze, silver, gold does not exist in catalog lakehouse"),
    ],
)
def test_a_wrong_input_is_one_line_and_exit_code_2(
    tmp_path: Path, script: str, arguments: list[str], line: str
) -> None:
    done = submit(tmp_path, script, *arguments)
    # spark-submit joins the Python driver's stderr to stdout, so that is where a pod's log has the line.
    shown = [text for text in (done.stderr + done.stdout).splitlines() if text.startswith(f"{script}: ")]
    assert done.returncode == 2, done.stderr
    assert len(shown) == 1
    assert line in shown[0]
    assert "Traceback" not in done.stderr + done.stdout


def test_the_pipeline_runs_from_nothing(tmp_path: Path) -> None:
    steps = [
        ("bronze_to_silver.py", "--ensure-only"),
        ("bronze_to_silver.py", "--date", "2026-03-02", "--days", "3"),
        ("silver_to_gold.py", "--date", "2026-03-02", "--days", "3"),
        ("table_maintenance.py",),
    ]
    lines = []
    for step in steps:
        done = submit(tmp_path, *step)
        assert done.returncode == 0, done.stderr
        lines.append([json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")])
    ensured, silver, gold, maintained = lines
    assert ensured[0]["ensured"] == [
        "lakehouse.bronze.events", "lakehouse.silver.events", "lakehouse.silver.events_rejected",
    ]  # fmt: skip
    assert (silver[0]["read"], silver[0]["written"], silver[0]["rejected"]) == (0, 0, 0)
    assert (gold[0]["read"], gold[0]["written"]) == (0, 0)
    assert [line["table"] for line in maintained] == [
        "bronze.events", "gold.daily_events", "gold.daily_users", "silver.events", "silver.events_rejected",
    ]  # fmt: skip
