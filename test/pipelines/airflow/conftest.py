"""A real Airflow with an empty SQLite database; the DAG folder looks as a mounted ConfigMap does."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HOME = Path(tempfile.mkdtemp(prefix="lakehouse-airflow-"))
DAGS = HOME / "dags"
PIPELINES = Path(__file__).parents[3] / "pipelines" / "airflow"
SPECS = ("bronze-to-silver", "silver-to-gold", "table-maintenance")

# Airflow reads its settings at import, so they stand before any test module.
os.environ |= {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME}/airflow.db",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(HOME / "logs"),
}
sys.dont_write_bytecode = True

SPEC = """\
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: {name}
  namespace: somewhere-else
  labels: {{ app.kubernetes.io/part-of: lakehouse }}
spec:
  type: Python
  mode: cluster
  sparkVersion: 4.0.5
  suspend: true
  mainApplicationFile: local:///opt/lakehouse/jobs/{file}.py
  arguments: ["--catalog", "lakehouse"]
  sparkConf: {{ spark.metrics.namespace: "{{{{APP_ID}}}}" }}
  driver: {{ cores: 1, memory: 1g }}
  executor: {{ cores: 1, instances: 1, memory: 1g }}
"""


def deliver() -> None:
    """Lay the files out as the kubelet does: real files in a dated folder, `..data` pointing to it, links to that."""
    real = DAGS / "..2026_03_02_00_00_00.1"
    real.mkdir(parents=True)
    for name in SPECS:
        (real / f"{name}.yaml").write_text(SPEC.format(name=name, file=name.replace("-", "_")), encoding="utf-8")
    for file in PIPELINES.iterdir():
        if file.is_file():
            shutil.copy(file, real / file.name)
    (DAGS / "..data").symlink_to(real.name)
    for file in real.iterdir():
        (DAGS / file.name).symlink_to(f"..data/{file.name}")


def load() -> Any:
    """Parse the folder as the DAG processor does; the class moved between Airflow 3.1 and 3.2."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag
    return DagBag(str(DAGS), include_examples=False)


deliver()
