import { deepEqual, equal, match, ok } from "node:assert/strict";

import { until } from "../../../sandbox/core/until";
import { MissingTool } from "../../../sandbox/control-plane/obtain";
import { Airflow, cannotMount } from "../../../sandbox/engines/airflow/airflow";
import {
  type AirflowCluster,
  obtainAirflowCluster,
  startAirflowCluster,
} from "../../../sandbox/engines/airflow/cluster";
import { Alertmanager, Statsd } from "../../../sandbox/engines/airflow/listeners";
import { Rendered } from "../../../sandbox/engines/rendered";
import { devWithAirflow } from "../existing-airflow";
import { dailyEvents, type Event, events, insert } from "../events";
import { stage } from "./stage";

const STEPS = ["ensure_bronze", "bronze_to_silver", "silver_to_gold", "table_maintenance"];

/** The day for which the scheduler creates a run. */
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** An event in another month than those of other tests, ingested yesterday. */
const moved = (event: Event): Event => ({
  ...event,
  time: event.time.replace("2026-03", "2026-02"),
  ingested: `${YESTERDAY} ${event.ingested.slice(11)}`,
});

const FOLDER = "manifests/airflow/configmap-lakehouse-dags.yaml";

describe("the daily DAG, on Airflow, the Spark operator and Spark", function () {
  const { raw, valid } = events(20260209, 400);
  let rendered: Rendered;
  let cluster: AirflowCluster;
  let airflow: Airflow;
  let alertmanager: Alertmanager;
  let statsd: Statsd;
  let run: string;
  /** Functions that end what has started, even if a later start fails. */
  const ends: (() => unknown)[] = [];

  /** The gold table, read by engines that share no code with its writer. */
  const gold = () =>
    stage().readers.iceberg(
      "gold.daily_events",
      "select cast(event_date as varchar), event_type, events, users from t where event_date < date '2026-03-01' order by 1, 2",
    );
  /** Numbers of rows and of snapshots of the silver table. */
  const silver = () =>
    stage().spark.rows(
      "SELECT (SELECT count(*) FROM lakehouse.silver.events), (SELECT count(*) FROM lakehouse.silver.events.snapshots)",
    );

  before(async function () {
    const reason = (await missing()) ?? (await cannotMount());
    if (reason !== undefined) {
      console.warn(`    SKIPPED: ${reason}`);
      this.skip();
    }
    const config = devWithAirflow();
    const { ground, postgres, spark } = stage();
    rendered = await Rendered.of("dev", undefined, config);
    [alertmanager, statsd] = await Promise.all([Alertmanager.start(ground), Statsd.start()]);
    const starting = startAirflowCluster(ground, rendered, config);
    ends.push(
      () => alertmanager.end(),
      () => {
        statsd.close();
      },
      async () => (await starting).end(),
    );
    const data = spark
      .job("bronze_to_silver.py", "--ensure-only")
      .then(() => spark.rows(insert("lakehouse.bronze.events", raw.map(moved))));
    [cluster, airflow] = await Promise.all([
      starting,
      Airflow.start(ground, {
        // The file of a job does not exist.
        rendered: rendered.with(FOLDER, "/silver_to_gold.py", "/silver_to_golf.py"),
        cluster: starting,
        bin: postgres.bin,
        statsd: statsd.port,
        alertmanager: alertmanager.port,
      }),
      data,
    ]);
    ends.push(() => airflow.end());
  });

  after(async () => {
    await Promise.allSettled(ends.map((end) => end()));
  });

  it("is parsed without errors, with its schedule, retries and callback", async () => {
    const { client } = airflow;
    await until("the DAG is known", async () => (await client.dags()).length > 0);
    deepEqual(await client.dags(), ["daily_etl"]);
    deepEqual((await client.importErrors()).import_errors, []);
    const details = await client.details();
    const { timetable_summary: schedule, timezone, catchup, max_active_runs: atOnce, tags } = details;
    deepEqual([schedule, timezone, catchup, atOnce], ["0 0 * * *", "UTC", false, 1]);
    deepEqual(
      (tags as { name: string }[]).map(({ name }) => name),
      ["lakehouse"],
    );
    deepEqual(details.default_args, {
      owner: "lakehouse",
      depends_on_past: false,
      retries: 3,
      retry_delay: "PT1S",
      execution_timeout: "PT2H",
      has_on_failure_callback: true,
    });
    const order = new Map((await client.tasks()).map((task) => [task.task_id, task.downstream_task_ids]));
    deepEqual(order, new Map(STEPS.map((name, at) => [name, STEPS.slice(at + 1, at + 2)])));
  });

  it("retries a failing job three times, then sends an alert to Alertmanager", async () => {
    const { client } = airflow;
    await client.unpause();
    await until("the scheduler makes a run by itself", async () => (await client.runs()).length > 0);
    const [first] = await client.runs();
    ok(first !== undefined);
    run = first.dag_run_id;
    deepEqual([first.run_type, first.data_interval_start.slice(0, 10)], ["scheduled", YESTERDAY]);
    await until("a try has failed", async () => (await client.tries(run, "silver_to_gold")) > 1, {
      explain: async () => JSON.stringify(await client.states(run)),
    });
    // Later tries fail earlier, because the job's DAG file is not delivered.
    airflow.deliver(rendered.with(FOLDER, "silver-to-gold.yaml", "silver-to-golf.yaml"));
    equal(await client.ended(run), "failed");
    deepEqual(await client.states(run), {
      ensure_bronze: "success",
      bronze_to_silver: "success",
      silver_to_gold: "failed",
      table_maintenance: "upstream_failed",
    });
    equal(await client.tries(run, "silver_to_gold"), 4);
    match(await client.log(run, "silver_to_gold", 1), /silver_to_golf\.py.*No such file/s);
    match(await client.log(run, "silver_to_gold", 4), /silver-to-gold\.yaml is not beside the DAG/);
    deepEqual(
      (await alertmanager.alerts()).map(({ labels, annotations }) => [labels.alertname, annotations.summary]),
      [["LakehousePipelineFailed", `task silver_to_gold of DAG daily_etl, run ${run}, failed`]],
    );
  });

  it("continues after its files are repaired: gold has the day's exact totals, as PyIceberg and DuckDB read them", async () => {
    airflow.deliver(rendered);
    await airflow.client.clear(run, "silver_to_gold", "table_maintenance");
    equal(await airflow.client.ended(run), "success");
    deepEqual(await airflow.client.states(run), Object.fromEntries(STEPS.map((name) => [name, "success"])));
    deepEqual(await gold(), dailyEvents(valid.map(moved)));
    match(await airflow.client.log(run, "silver_to_gold", 5), /spark-kubernetes-driver/);
  });

  it("changes nothing when it runs again for the same day", async () => {
    const before = [await gold(), await silver()];
    await airflow.client.clear(run, "bronze_to_silver", "silver_to_gold");
    equal(await airflow.client.ended(run), "success");
    equal(await airflow.client.tries(run, "bronze_to_silver"), 2);
    deepEqual([await gold(), await silver()], before);
  });

  it("sends metrics with the names that the official chart's exporter maps to those of the alerts", () => {
    for (const state of ["success", "failed"])
      ok(statsd.names.has(`airflow.dagrun.duration.${state}.daily_etl`), state);
  });

  it("cannot submit a job without a right of its Role", async () => {
    const path = "manifests/lakehouse-compute/role-airflow-submit.yaml";
    await cluster.grant(rendered.with(path, "create", "creat"));
    const { client } = airflow;
    await client.clear(run, "ensure_bronze");
    // The run's state is that of its last task, which succeeded before.
    await client.ended(run);
    equal((await client.states(run)).ensure_bronze, "failed");
    const tries = await client.tries(run, "ensure_bronze");
    const user = "system:serviceaccount:airflow:airflow-worker";
    const words = new RegExp(`User [^ ]*${user}[^ ]* cannot create resource [^ ]*sparkapplications`);
    match(await client.log(run, "ensure_bronze", tries), words);
  });
});

/** Reason why this machine has no control plane; undefined when it has one. */
async function missing(): Promise<string | undefined> {
  try {
    await obtainAirflowCluster();
    return undefined;
  } catch (error) {
    if (error instanceof MissingTool) return error.message;
    throw error;
  }
}
