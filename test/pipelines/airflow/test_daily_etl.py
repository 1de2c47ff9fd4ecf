"""The DAG as Airflow sees it: imports, order, schedule, retries, what each task would submit."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.timetables.base import TimeRestriction
from conftest import DAGS, SPECS, load
from pendulum import datetime as utc

NIGHT = datetime(2026, 3, 3, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def bag() -> Any:
    return load()


@pytest.fixture
def dag(bag: Any) -> DAG:
    return bag.dags["daily_etl"]


class Variables:
    """Stands in for the Variables of Airflow's database."""

    def __init__(self, **values: str) -> None:
        """Hold the values."""
        self.values = values

    def get(self, key: str, default: str) -> str:
        return self.values.get(key, default)


def rendered(dag: DAG, task_id: str, variables: Variables | None = None, **context: object) -> object:
    """Return the task with its templates rendered for the run that starts at NIGHT."""
    task = dag.get_task(task_id).prepare_for_execution()
    defaults = {"params": {"date": None, "days": 3}, "data_interval_start": NIGHT - timedelta(days=1)}
    value = type("Value", (), {"value": variables or Variables()})()
    macros = type("Macros", (), {"timedelta": timedelta})
    task.render_template_fields({**defaults, "var": value, "macros": macros, **context})
    return task


def test_the_folder_of_a_configmap_gives_each_dag_without_errors(bag: Any) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dag_ids) == ["daily_etl", "merge_changes"]
    assert sorted(Path(stat.file).name for stat in bag.dagbag_stats) == ["daily_etl.py", "merge_changes.py"]


def test_importing_reads_neither_specs_nor_network_nor_database(tmp_path: Path) -> None:
    (tmp_path / "daily_etl.py").write_bytes((DAGS / "daily_etl.py").read_bytes())
    guard = (
        "import sys\n"
        "def hook(name, args):\n"
        "    if name in ('socket.connect', 'sqlite3.connect') or (name == 'open' and str(args[0]).endswith('.yaml')\n"
        f"       and str(args[0]).startswith({str(tmp_path)!r})): raise SystemExit(f'{{name}} {{args}}')\n"
        "import airflow.sdk, airflow.providers.cncf.kubernetes.operators.spark_kubernetes\n"
        f"sys.addaudithook(hook); sys.path.insert(0, {str(tmp_path)!r}); import daily_etl\n"
    )
    done = subprocess.run([sys.executable, "-c", guard], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_steps_run_one_after_the_other(dag: DAG) -> None:
    order = ["ensure_bronze", "bronze_to_silver", "silver_to_gold", "table_maintenance"]
    assert [task.task_id for task in dag.topological_sort()] == order
    assert [sorted(dag.get_task(name).downstream_task_ids) for name in order] == [[name] for name in order[1:]] + [[]]


def test_each_task_retries_three_times_five_minutes_apart_and_ends_after_two_hours(dag: DAG) -> None:
    for task in dag.tasks:
        assert (task.retries, task.retry_delay) == (3, timedelta(minutes=5))
        assert task.execution_timeout == timedelta(hours=2)


def test_a_run_each_midnight_utc_for_the_day_that_ended(dag: DAG) -> None:
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    restriction = TimeRestriction(earliest=utc(2026, 3, 1), latest=None, catchup=True)
    info = dag.timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
    assert (info.run_after, info.data_interval.start) == (utc(2026, 3, 2), utc(2026, 3, 1))


@pytest.mark.parametrize("task_id", ["bronze_to_silver", "silver_to_gold"])
def test_the_day_of_the_run_is_passed(dag: DAG, task_id: str) -> None:
    assert rendered(dag, task_id).job_arguments == ["--date", "2026-03-02", "--days", "3"]


def test_a_day_given_by_hand_wins_and_a_run_without_interval_takes_the_day_before(dag: DAG) -> None:
    by_hand = rendered(dag, "bronze_to_silver", params={"date": "2026-01-05", "days": 30})
    assert by_hand.job_arguments == ["--date", "2026-01-05", "--days", "30"]
    run = type("Run", (), {"run_after": NIGHT})
    assert rendered(dag, "bronze_to_silver", data_interval_start=None, dag_run=run).job_arguments[1] == "2026-03-02"
    task = dag.get_task("bronze_to_silver").prepare_for_execution()
    value = type("Value", (), {"value": Variables()})()
    macros = type("Macros", (), {"timedelta": timedelta})
    context = {"params": {"date": None, "days": 1}, "var": value, "dag_run": run, "macros": macros}
    task.render_template_fields(context)
    assert task.job_arguments[1] == "2026-03-02"


def test_namespace_and_connection_have_defaults_and_can_be_set(dag: DAG) -> None:
    task = rendered(dag, "silver_to_gold")
    assert (task.namespace, task.kubernetes_conn_id) == ("lakehouse-compute", "lakehouse_kubernetes")
    variables = Variables(lakehouse_compute_namespace="data", lakehouse_kubernetes_conn_id="other")
    task = rendered(dag, "silver_to_gold", variables)
    assert (task.namespace, task.kubernetes_conn_id) == ("data", "other")


@pytest.mark.parametrize(
    ("task_id", "spec", "arguments"),
    [
        ("ensure_bronze", "bronze-to-silver", ["--ensure-only"]),
        ("bronze_to_silver", "bronze-to-silver", ["--date", "2026-03-02", "--days", "3"]),
        ("silver_to_gold", "silver-to-gold", ["--date", "2026-03-02", "--days", "3"]),
        ("table_maintenance", "table-maintenance", []),
    ],
)
def test_the_spec_is_submitted_unsuspended_under_a_name_of_its_own(
    dag: DAG, task_id: str, spec: str, arguments: list[str]
) -> None:
    task = rendered(dag, task_id)
    body = task.template_body["spark"]
    assert body["spec"]["suspend"] is False
    assert body["spec"]["arguments"] == ["--catalog", "lakehouse", *arguments]
    assert body["spec"]["mainApplicationFile"] == f"local:///opt/lakehouse/jobs/{spec.replace('-', '_')}.py"
    assert body["spec"]["sparkConf"] == {"spark.metrics.namespace": "{{APP_ID}}"}
    names = {task.create_job_name() for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith(f"{spec}-") and len(name) <= 63 for name in names)


@pytest.mark.parametrize(("queue", "seconds"), [(None, 600), ("batch", 7200)])
def test_a_job_of_a_queue_may_wait_as_long_as_its_task_may_take(dag: DAG, queue: str | None, seconds: int) -> None:
    task = rendered(dag, "silver_to_gold")
    file = DAGS / "silver-to-gold.yaml"
    text = file.read_text(encoding="utf-8")
    labels = "" if queue is None else f", kueue.x-k8s.io/queue-name: {queue}"
    file.write_text(text.replace("part-of: lakehouse }", f"part-of: lakehouse{labels} }}"), encoding="utf-8")
    try:
        body = task.template_body["spark"]
    finally:
        file.write_text(text, encoding="utf-8")
    assert body["metadata"]["labels"].get("kueue.x-k8s.io/queue-name") == queue
    assert task.startup_timeout_seconds == seconds


def test_a_spec_that_is_not_delivered_is_named(dag: DAG) -> None:
    task = rendered(dag, "table_maintenance")
    task.spec = "absent"
    with pytest.raises(FileNotFoundError, match="absent.yaml is not beside the DAG"):
        _ = task.template_body


def test_the_specs_of_the_tasks_are_the_files_delivered(dag: DAG) -> None:
    assert {task.spec for task in dag.tasks} == set(SPECS)
