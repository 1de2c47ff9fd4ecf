"""The daily pipeline: bronze to silver to gold, then maintenance, each step a SparkApplication.

The specs are rendered by the Pulumi program into this file's folder, suspended; each task submits a copy under a name
of its own. Importing this file reads no spec, no Airflow database and no network. Settings are looked up when a task
runs: the Variables `lakehouse_compute_namespace` and `lakehouse_kubernetes_conn_id` (also as AIRFLOW_VAR_...).
"""

from __future__ import annotations

import base64
import json
import logging
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk import DAG, Connection, Param
from airflow.timetables.interval import CronDataIntervalTimetable

SPECS = Path(__file__).parent
ALERTMANAGER = "lakehouse_alertmanager"
QUEUE = "kueue.x-k8s.io/queue-name"
NAMESPACE = "{{ var.value.get('lakehouse_compute_namespace', 'lakehouse-compute') }}"
CONNECTION = "{{ var.value.get('lakehouse_kubernetes_conn_id', 'lakehouse_kubernetes') }}"
# A run triggered through the API may have no data interval; it then takes the day before it was asked for.
INTERVAL_START = "(data_interval_start | default(none) or dag_run.run_after - macros.timedelta(days=1))"
DAY = "{{ params.date or (" + INTERVAL_START + " | ds) }}"
WINDOW = ["--date", DAY, "--days", "{{ params.days }}"]

log = logging.getLogger(__name__)


class SparkJob(SparkKubernetesOperator):
    """Submit `<spec>.yaml` of this folder: unsuspended, uniquely named, with `job_arguments` after the spec's own.

    Where Airflow tells its lineage, the task is the parent of what Spark tells of the job. Only the arguments are
    templates. The spec is not: Spark has placeholders of its own ({{APP_ID}}).
    """

    template_fields = (*SparkKubernetesOperator.template_fields, "job_arguments")

    def __init__(self, *, spec: str, job_arguments: list[str], **kwargs: Any) -> None:  # noqa: ANN401, D107
        super().__init__(
            name=spec,
            namespace=NAMESPACE,
            kubernetes_conn_id=CONNECTION,
            random_name_suffix=True,
            reattach_on_restart=True,
            delete_on_termination=True,
            get_logs=True,
            **kwargs,
        )
        self.spec = spec
        self.job_arguments = job_arguments
        self.parent_job: dict[str, str] = {}

    def execute(self, context: dict[str, Any]) -> None:
        """Submit the job and wait for its end."""
        self.parent_job = parent_job(context)
        super().execute(context)

    def manage_template_specs(self) -> dict[str, Any]:
        """Return the application to submit; called by the operator when the task runs."""
        file = SPECS / f"{self.spec}.yaml"
        if not file.is_file():
            raise FileNotFoundError(f"{file.name} is not beside the DAG; deliver both in one folder")
        application = yaml.safe_load(file.read_text(encoding="utf-8"))
        if QUEUE in application["metadata"].get("labels", {}) and self.execution_timeout is not None:
            # It may wait in its queue for as long as the task may take.
            self.startup_timeout_seconds = int(self.execution_timeout.total_seconds())
        application["spec"]["suspend"] = False
        application["spec"]["arguments"] = [*(application["spec"].get("arguments") or []), *self.job_arguments]
        application["spec"]["sparkConf"] = {**(application["spec"].get("sparkConf") or {}), **self.parent_job}
        return {"spark": application}


def parent_job(context: dict[str, Any]) -> dict[str, str]:
    """Return Spark's properties that name the task as the parent of its job; none where Airflow tells no lineage."""
    try:
        from airflow.providers.openlineage.conf import is_disabled
        from airflow.providers.openlineage.utils.spark import inject_parent_job_information_into_spark_properties
    except ImportError:
        return {}
    try:
        return {} if is_disabled() else inject_parent_job_information_into_spark_properties({}, context)
    except Exception:
        log.exception("what Spark tells of the job will not name this task")
        return {}


def alert(context: dict[str, Any]) -> None:
    """Tell Alertmanager that a task has failed for good; log an error when that is not possible. Never raises."""
    task = context["task_instance"]
    what = f"task {task.task_id} of DAG {task.dag_id}, run {task.run_id}, failed"
    try:
        connection = Connection.get(ALERTMANAGER)
    except Exception:  # noqa: BLE001  (what is raised differs between the task and the DAG processor)
        log.error("%s; no connection %s, so nobody was alerted", what, ALERTMANAGER)  # noqa: TRY400
        return
    try:
        _post(connection, what, task.dag_id, task.task_id, str(getattr(task, "log_url", "") or ""))
        log.info("%s; Alertmanager was told", what)
    except Exception:
        log.exception("%s; Alertmanager could not be told", what)


def _post(connection: Connection, summary: str, dag_id: str, task_id: str, link: str) -> None:
    """POST one alert to Alertmanager's v2 API; it resolves after a day, when the next run is due."""
    now = datetime.now(timezone.utc)
    labels = {"alertname": "LakehousePipelineFailed", "severity": "critical", "dag_id": dag_id, "task_id": task_id}
    body = {
        "labels": labels,
        "annotations": {"summary": summary},
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(days=1)).isoformat(),
        **({"generatorURL": link} if link else {}),
    }
    scheme = connection.schema if connection.schema in ("http", "https") else "http"
    url = f"{scheme}://{connection.host}:{connection.port or 9093}/api/v2/alerts"
    request = urllib.request.Request(url, json.dumps([body]).encode(), {"Content-Type": "application/json"})  # noqa: S310
    if connection.login:
        basic = base64.b64encode(f"{connection.login}:{connection.password or ''}".encode()).decode()
        request.add_header("Authorization", f"Basic {basic}")
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310  (the scheme is one of two)


with DAG(
    dag_id="daily_etl",
    description="bronze to silver to gold, then table maintenance",
    # With a data interval the run just after midnight processes the day that ended, not the one that begins:
    # a plain "@daily" means the latter since Airflow 3.
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "lakehouse",
        "depends_on_past": False,
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": alert,
    },
    params={
        "date": Param(None, type=["null", "string"], format="date", description="last UTC day; empty: the run's own"),
        "days": Param(3, type="integer", minimum=1, maximum=366, description="days processed again, ending there"),
    },
    tags=["lakehouse"],
    doc_md=__doc__,
) as dag:
    ensure_bronze = SparkJob(task_id="ensure_bronze", spec="bronze-to-silver", job_arguments=["--ensure-only"])
    bronze_to_silver = SparkJob(task_id="bronze_to_silver", spec="bronze-to-silver", job_arguments=WINDOW)
    silver_to_gold = SparkJob(task_id="silver_to_gold", spec="silver-to-gold", job_arguments=WINDOW)
    table_maintenance = SparkJob(task_id="table_maintenance", spec="table-maintenance", job_arguments=[])

    ensure_bronze >> bronze_to_silver >> silver_to_gold >> table_maintenance
