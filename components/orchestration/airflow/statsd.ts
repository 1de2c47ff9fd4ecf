import { stringify } from "yaml";

/**
 * How the exporter names what Airflow sends by StatsD: as upstream's chart does, so that alerts are the same for both. Metrics that are
 * not here keep their name, with `_` for each dot. Pure.
 */
const MAPPINGS: readonly (readonly [match: string, name: string, labels: Readonly<Record<string, string>>])[] = [
  ["airflow.dagrun.duration.success.*", "airflow_dagrun_duration", { dag_id: "$1" }],
  ["airflow.dagrun.duration.failed.*", "airflow_dagrun_failed", { dag_id: "$1" }],
  ["airflow.dagrun.schedule_delay.*", "airflow_dagrun_schedule_delay", { dag_id: "$1" }],
  ["airflow.dag.*.*.duration", "airflow_task_duration", { dag_id: "$1", task_id: "$2" }],
  ["airflow.dag.*.*.scheduled_duration", "airflow_task_scheduled_duration", { dag_id: "$1", task_id: "$2" }],
  ["airflow.dag.*.*.queued_duration", "airflow_task_queued_duration", { dag_id: "$1", task_id: "$2" }],
  ["airflow.pool.open_slots.*", "airflow_pool_open_slots", { pool: "$1" }],
  ["airflow.pool.queued_slots.*", "airflow_pool_queued_slots", { pool: "$1" }],
  ["airflow.pool.running_slots.*", "airflow_pool_running_slots", { pool: "$1" }],
  ["airflow.executor.queued_tasks.*", "airflow_executor_queued_tasks", { executor: "$1" }],
  ["airflow.executor.running_tasks.*", "airflow_executor_running_tasks", { executor: "$1" }],
];

export const statsdMapping = (): string =>
  stringify({ mappings: MAPPINGS.map(([match, name, labels]) => ({ match, name, labels })) });
