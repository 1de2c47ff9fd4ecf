import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as front from "../../../components/catalog/openmetadata/front";
import { ownMonitoring } from "../../../components/orchestration/airflow/own.monitoring";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile, type StackConfig } from "../../../inputs/stack-file";
import { CONTROL_PLANE } from "../../../sandbox/control-plane/control-plane";
import { MissingTool, obtainAll } from "../../../sandbox/control-plane/obtain";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { AirflowClient } from "../../../sandbox/engines/airflow/client";
import { CENTRAL, OwnAirflow, TASKS } from "../../../sandbox/engines/airflow/own";
import { cannotBeHost } from "../../../sandbox/engines/airflow/own-pods";
import { Repository } from "../../../sandbox/engines/airflow/repository";
import type { Engine } from "../../../sandbox/engines/engine";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { CATALOGUE } from "../../support/catalogue";
import { Catalogue, startReceiver } from "../lineage";
import { notExposed } from "../metrics";
import { lineageCases } from "./own.lineage";
import { OWNERS } from "./owners-dags";

const GIT = { host: "git.example.org", port: 8418 };
const SPARK_API = "sparkoperator.k8s.io/v1beta2";
const WEB = "127.0.0.1:8080";
const SECRETS = ["airflow-admin", "airflow-keys", "airflow-postgres", "airflow-s3", "airflow-task-s3"];
const ROLES = ["api-server", "scheduler", "dag-processor", "triggerer"] as const;

/** The dev stack with an Airflow of its own, the merge of changes, an owner's repository, and a catalogue that takes lineage. */
function settings(): StackConfig {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const git = { url: `http://${GIT.host}:${String(GIT.port)}/dags.git`, cidrs: ["192.0.2.0/24"] };
  const worker = { replicas: 3, cpu: 0.1, memory: "640Mi" };
  const airflow = { mode: "deployed", worker, merge: { enabled: true }, dags: { git } };
  return { ...dev, values: { ...dev.values, ...CATALOGUE, "lakehouse:orchestration": JSON.stringify({ airflow }) } };
}

describe("the stack's own Airflow, on the real control plane, PostgreSQL and MinIO", function () {
  this.timeout(PATIENCE);
  let ground: Ground;
  let airflow: OwnAirflow;
  let sql: Sql;
  let receiver: Engine;
  const catalogue = new Catalogue();
  const client = new AirflowClient(WEB);
  const ends: (() => unknown)[] = [];

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const reason = (await missing()) ?? (await cannotBeHost());
    if (reason !== undefined) {
      console.warn(`    SKIPPED: ${reason}`);
      this.skip();
    }
    const tools = await obtain(
      () => undefined,
      ["minio", "python", "ownAirflow", "statsdExporter", "dumbInit", "nginx"],
    );
    const config = settings();
    const rendered = await Rendered.of("dev", undefined, config);
    const run = Run.start("own-airflow");
    ends.push(() => run.end());
    // The Services' own ports: no other process is in this network.
    ground = await Ground.of(run, rendered, tools, { s3: 9000, postgres: 5432, lineage: front.FRONT_PORT });
    const [, postgres, repository] = await Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startPostgres(ground).then(async (started) => {
        await makePostgresResources(ground, started);
        return started;
      }),
      Repository.start(ground, GIT.port, OWNERS),
    ]);
    ends.unshift(() => {
      repository.close();
    });
    const token = rendered.secret("airflow-lineage", "password");
    receiver = await startReceiver({ ground, catalogue, token });
    sql = new Sql(ground, postgres.bin, superuser(ground));
    airflow = await OwnAirflow.start({ ground, config, hosts: { [GIT.host]: "127.0.0.1" } });
    ends.unshift(() => airflow.end());
  });

  after(async () => {
    catalogue.stop();
    for (const end of ends) await Promise.resolve(end()).catch(() => undefined);
  });

  it("prepares its database by the rendered Job, and again without harm", async () => {
    await airflow.done("airflow-migrate");
    const state = () =>
      sql.run(
        "airflow",
        "select version_num from alembic_version union all select username from ab_user union all select pool || slots from slot_pool order by 1",
      );
    const before = await state();
    match(before, /admin/);
    match(before, /default_pool3/);
    await airflow.again("Job", "airflow-migrate");
    equal(await state(), before);
  });

  it("has all of its programs healthy by their rendered probes", async () => {
    for (const role of ROLES)
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"] as const)
        await until(`${role} is healthy by its ${probe}`, () => airflow.healthy(role, probe), { every: 1000 });
    await until("the exporter is ready", () => airflow.healthy("statsd"));
  });

  it("signs in the admin of the rendered Secret, and nobody else", async () => {
    const password = ground.rendered.secret("airflow-admin", "password");
    await rejects(client.dags(), /401/);
    await rejects(client.login({ username: "admin", password: `${password}x` }), /401/);
    await client.login({ username: "admin", password });
    ok(Array.isArray(await client.dags()));
  });

  it("loads the delivered DAGs and the owner's, without import errors and unpaused", async () => {
    const wanted = ["daily_etl", "fails", "merge_changes", "says", "sleeps"];
    await until("all DAGs are there", async () => (await client.dags()).length >= wanted.length, {
      every: 1000,
      explain: async () => `${String(await client.dags())} ${JSON.stringify(await client.importErrors())}`,
    });
    deepEqual((await client.dags()).toSorted(), wanted);
    deepEqual((await client.importErrors()).import_errors, []);
    const of = async (dag: string) => {
      const { timetable_summary: schedule, is_paused: paused, catchup } = await client.of(dag).details();
      return [schedule, paused, catchup];
    };
    deepEqual(await of("daily_etl"), ["0 0 * * *", false, false]);
    deepEqual(await of("merge_changes"), ["*/15 * * * *", false, false]);
    const steps = (await client.tasks()).map(({ task_id: name }) => name);
    ok(steps.includes("table_maintenance"));
  });

  it("runs a task in a pod that the executor makes, and shows its log from the object store", async () => {
    const says = client.of("says");
    const run = await says.trigger();
    await until("there is a pod of the task", async () => (await podsOf("says")).length > 0, { every: 50 });
    const [pod] = await podsOf("says");
    const spec = pod?.spec as { readonly serviceAccountName: string; readonly priorityClassName: string };
    deepEqual([spec.serviceAccountName, spec.priorityClassName], ["airflow-task", "lakehouse-batch"]);
    equal(await says.ended(run), "success");
    // A pod sends its log when its task has ended.
    const objects = () => Client.root(ground).run(["ls", "--recursive", "store/services/airflow/logs/"]);
    await until("its log is in the object store", async () => (await objects()).includes("dag_id=says"));
    await logged(says, run, "speak", 1, /the owner's words/);
  });

  it("admits no pod of a task that might be root, or that has no priority class", async () => {
    const scheduler = airflow.plane.api.asServiceAccount(CENTRAL, "airflow-scheduler");
    const refused = async (pod: object, container: object) => {
      const containers = [{ name: "base", image: "example.org/any:1", ...container }];
      const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "intruder" }, spec: { ...pod, containers } };
      const { body: answer } = await scheduler.call("POST", `/api/v1/namespaces/${TASKS}/pods`, body);
      return (answer as { readonly message: string }).message;
    };
    match(await refused({}, {}), /violates PodSecurity "restricted/);
    const restricted = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    const plain = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    match(
      await refused({ securityContext: restricted }, { securityContext: plain }),
      /exceeded quota: needs-priority-class/,
    );
    equal((await scheduler.call("GET", `/api/v1/namespaces/${TASKS}/secrets`)).status, 403);
  });

  it("ends a run well whose scheduler was killed in the middle", async () => {
    const sleeps = client.of("sleeps");
    const run = await sleeps.trigger();
    await until("the task runs", async () => (await sleeps.states(run)).nap === "running");
    await airflow.kill("scheduler");
    equal(await sleeps.ended(run), "success");
    deepEqual(await sleeps.states(run), { nap: "success", wake: "success" });
    equal(await sleeps.tries(run, "nap"), 1);
    equal(await sql.run("airflow", "select count(*) > 1 from job where job_type = 'SchedulerJob'"), "t");
  });

  it("tries a failing task again, and tells the failure by its metrics", async () => {
    const fails = client.of("fails");
    const run = await fails.trigger();
    equal(await fails.ended(run), "failed");
    equal(await fails.tries(run, "break"), 2);
    await logged(fails, run, "break", 2, /as it was meant to/);
    await until("the failure is a metric", async () =>
      (await metrics()).includes('airflow_dagrun_failed_count{dag_id="fails"} 1'),
    );
  });

  it("lets daily_etl submit Spark's job as its own account, and refuses what the Role does not have", async () => {
    const { api } = airflow.plane;
    const jobs = () => api.list(SPARK_API, "sparkapplications");
    await until("the schedule's run has submitted the first job", async () => (await jobs()).length > 0, {
      every: 1000,
      explain: async () => JSON.stringify(await client.runs()),
    });
    const [first] = await client.runs();
    // Its pod was there before the API server was.
    equal(await client.tries(first?.dag_run_id ?? "", "ensure_bronze"), 1);
    const tasks = api.asServiceAccount(TASKS, "airflow-task");
    const secrets = await tasks.call("GET", `/api/v1/namespaces/${CENTRAL}/secrets`);
    equal(secrets.status, 403);
  });

  describe("with the rendered receiver of lineage", () => {
    lineageCases(() => ({
      client,
      catalogue,
      receiver,
      jobs: () => airflow.plane.api.list(SPARK_API, "sparkapplications"),
    }));
  });

  it("deletes what is older than keepDays by the rendered CronJob, and nothing else", async () => {
    const rows = (old: string) =>
      sql.run("airflow", `select count(*) from log where (dttm < now() - interval '30 days') = ${old}`);
    await sql.run("airflow", "update log set dttm = dttm - interval '40 days' where id = (select min(id) from log)");
    deepEqual([await rows("true"), Number(await rows("false")) > 0], ["1", true]);
    await airflow.again("CronJob", "airflow-clean");
    deepEqual([await rows("true"), Number(await rows("false")) > 0], ["0", true]);
  });

  it("exposes every metric that alerts and panels of the stack ask for", async () => {
    deepEqual(notExposed(ownMonitoring(CENTRAL), [await metrics()]), []);
  });

  it("writes no secret into a log, a pod or an event", async () => {
    const secrets = [...SECRETS, "airflow-lineage", "airflow-task-lineage"].flatMap((name) =>
      Object.values((ground.rendered.object("Secret", name).stringData ?? {}) as Record<string, string>),
    );
    const long = secrets.filter((secret) => secret.length > 12);
    ok(long.length > 7);
    for (const file of readdirSync(ground.run.folder).filter((name) => name.endsWith(".log"))) {
      const text = readFileSync(join(ground.run.folder, file), "utf8");
      for (const secret of long) ok(!text.includes(secret), `${file} has a secret`);
    }
    const pods = JSON.stringify(await airflow.plane.api.list("v1", "pods"));
    for (const secret of long) ok(!pods.includes(secret), "a pod has a secret");
    ok(catalogue.texts.length > 0);
    for (const text of catalogue.texts) for (const secret of long) ok(!text.includes(secret), "an event has a secret");
  });

  /** Waits for the log of a try: a task is over before its log is in the object store. */
  const logged = (of: AirflowClient, run: string, task: string, attempt: number, words: RegExp) =>
    until(`${task} has a log`, async () => words.test(await of.log(run, task, attempt)), {
      every: 1000,
      explain: () => of.log(run, task, attempt),
    });
  const podsOf = async (dag: string) =>
    (await airflow.taskPods()).filter(({ metadata }) => metadata.labels?.dag_id === dag);
  const metrics = async () => (await fetch("http://127.0.0.1:9102/metrics")).text();
});

async function missing(): Promise<string | undefined> {
  try {
    await obtainAll(CONTROL_PLANE);
    return undefined;
  } catch (error) {
    if (error instanceof MissingTool) return error.message;
    throw error;
  }
}
