import { deepEqual, doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";

import { ownMonitoring } from "../../../components/orchestration/airflow/own.monitoring";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile, type StackConfig } from "../../../inputs/stack-file";
import { MissingTool, obtainAll } from "../../../sandbox/control-plane/obtain";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { API_SERVER } from "../../../sandbox/control-plane/control-plane";
import { API, METRICS, OwnPrograms, TASKS } from "../../../sandbox/engines/airflow/own";
import { AirflowClient } from "../../../sandbox/engines/airflow/client";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { type Postgres, Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { Rendered } from "../../../sandbox/engines/rendered";
import { notExposed } from "../metrics";
import { DENIED } from "../object-rights";
import { StandInTrino } from "./trino";

const ORCHESTRATION = "lakehouse:orchestration";
const LOGS = "services/airflow/logs/";
const GIT = { url: "http://git.example.org:8085/dags.git", cidrs: ["192.0.2.0/24"], subPath: "dags" };
const SECOND = { AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST: "127.0.0.75" };

/** DAGs of an owner: one that defers itself, and one whose task takes its time and counts how often it is done. */
const DAG = (marks: string) => `
import time
from datetime import datetime, timedelta, timezone
from airflow.sdk import DAG, task
from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync

with DAG("waits", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)):
    DateTimeSensorAsync(task_id="wait", target_time="{{ dag_run.run_after + macros.timedelta(seconds=5) }}")

with DAG("slow", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)):
    @task(retries=0)
    def work() -> None:
        with open("/tmp/begun", "a") as file: file.write("x")
        time.sleep(25)
        print("the work is done")
    work()
# ${marks}
`;

function config(): StackConfig {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const airflow = {
    mode: "deployed",
    scheduler: { replicas: 2 },
    merge: { enabled: true, schedule: "* * * * *" },
    dags: { git: GIT },
  };
  const query = JSON.parse(dev.values["lakehouse:query"] ?? "{}") as { readonly trino?: object };
  const trino = { ...query.trino, kafka: { topics: [{ topic: "shop.public.orders" }] } };
  const more = { [ORCHESTRATION]: JSON.stringify({ airflow }), "lakehouse:query": JSON.stringify({ ...query, trino }) };
  return { ...dev, values: { ...dev.values, ...more } };
}

describe("Airflow of the stack's own", function () {
  this.timeout(3 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let postgres: Postgres;
  let own: OwnPrograms;
  let trino: StandInTrino;
  let repository: Server | undefined;
  let first: Rendered;

  const password = (generation = "") => own.rendered.secret(`airflow-admin${generation}`, "password");
  const client = async (dag: string, name = "admin", secret = password()) => {
    const made = new AirflowClient(API.replace("http://", ""), dag);
    await made.signIn(name, secret);
    return made;
  };
  const sql = () => new Sql(ground, postgres.bin, superuser(ground));
  const pods = () => own.plane.api.list("v1", "pods", `?labelSelector=kubernetes_executor%3DTrue`);

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const reason = await missing();
    if (reason !== undefined) {
      console.warn(`    SKIPPED: ${reason}`);
      this.skip();
    }
    const tools = await obtain(() => undefined, ["python", "minio", "airflow", "statsdExporter"]);
    first = await Rendered.of("dev", undefined, config());
    run = Run.start("own-airflow");
    ground = await Ground.of(run, first, tools, { postgres: 5432, s3: 9000 });
    trino = await StandInTrino.start("127.0.0.74", 8080);
    repository = await serveRepository(ground.folder("repository"));
    [postgres, , own] = await Promise.all([
      startPostgres(ground).then(async (server) => {
        await makePostgresResources(ground, server);
        return server;
      }),
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      OwnPrograms.of(ground, first, config()),
    ]);
    await own.exporter();
  });
  after(async () => {
    await (own as OwnPrograms | undefined)?.end();
    repository?.close();
    (trino as StandInTrino | undefined)?.close();
    await run?.end();
  });

  it("Airflow's database is prepared twice without harm, and has the administrator alone", async () => {
    for (const time of ["first", "second"]) {
      const { code, log } = await own.task("Job", "migrate");
      equal(code, 0, `${time}: ${log}`);
      match(log, /the database is prepared/);
    }
    equal((await sql().run("airflow", "select username from ab_user")).trim(), "admin");
    equal((await sql().run("airflow", "select slots from slot_pool where pool = 'default_pool'")).trim(), "2");
  });

  it("Airflow's programs are ready by their rendered probes, and know the DAGs of the stack and of the repository", async () => {
    await own.start("api-server");
    await Promise.all([
      own.start("scheduler"),
      own.start("scheduler", SECOND, "-2"),
      own.start("dag-processor"),
      own.start("triggerer"),
    ]);
    const api = await client("slow");
    await until("all DAGs are known", async () => (await api.dags()).length === 4, {
      within: PATIENCE,
      explain: async () => JSON.stringify([await api.dags(), await api.importErrors()]),
    });
    deepEqual((await api.dags()).toSorted(), ["daily_etl", "merge_changes", "slow", "waits"]);
    deepEqual((await api.importErrors()).import_errors, []);
    await rejects(client("slow", "admin", "wrong"), /401/);
  });

  it("Airflow merges changes by itself: a pod of the template asks Trino for each statement once, without the database or a key of Airflow's", async () => {
    const api = await client("merge_changes");
    await until("a run has succeeded", async () => (await api.runs()).some(({ state }) => state === "success"), {
      within: 2 * PATIENCE,
      explain: async () => JSON.stringify([await api.runs(), await pods()]).slice(-3000),
    });
    const [one] = await api.runs();
    equal(one?.run_type, "scheduled");
    const asked = trino.statements.slice(0, 3);
    const text = readFileSync(join(PROJECT_FOLDER, "pipelines/sql/merge_changes.sql"), "utf8");
    for (const statement of asked) ok(text.includes(statement), statement);
    deepEqual(
      asked.map((each) => /^(CREATE SCHEMA|CREATE TABLE|MERGE INTO)/m.exec(each)?.[1]),
      ["CREATE SCHEMA", "CREATE TABLE", "MERGE INTO"],
    );
    equal(trino.user, "airflow");
    await api.pause();
    const made = own.seen.find(({ metadata }) => metadata.labels?.dag_id === "merge_changes");
    ok(made, "a pod of the task was seen");
    const template = own.rendered.object("PodTemplate", "airflow-task") as unknown as { readonly template: Pod };
    sameBut(made as unknown as Pod, template.template);
    doesNotMatch(JSON.stringify(made), /SQL_ALCHEMY|FERNET|JWT_SECRET|SECRET_KEY/);
  });

  it("Airflow keeps the logs of tasks in the object store, and its pages read them there", async () => {
    const api = await client("merge_changes");
    const [{ dag_run_id: id } = { dag_run_id: "" }] = (await api.runs()).filter(({ state }) => state === "success");
    const log = await api.log(id, "merge", 1);
    match(log, /rows changed/);
    match(log, /s3:\/\/services\/airflow\/logs\//);
    const objects = await Client.root(ground).list(LOGS);
    ok(
      objects.some((name) => name.includes("dag_id=merge_changes")),
      objects.join(),
    );
  });

  it("Airflow's tasks write no other objects, and submit Spark's jobs alone", async () => {
    const as = (service: string) => Client.of(ground, service);
    await Client.root(ground).put("services/others/seen", "another's");
    for (const service of ["airflow", "airflow-task"]) {
      await rejects(as(service).get("services/others/seen"), DENIED, service);
      await rejects(as(service).put("services/airflow/elsewhere", "no"), DENIED, service);
      await rejects(as(service).put("silver/mine", "no"), DENIED, service);
    }
    const api = own.plane.api.asServiceAccount(TASKS, "airflow-task");
    await rejects(api.list("v1", "secrets"), /forbidden/);
  });

  it("Airflow's triggerer ends a task that has deferred itself", async () => {
    const api = await client("waits");
    const id = await api.trigger();
    await until("it is deferred", async () => (await api.states(id)).wait === "deferred", { within: PATIENCE });
    equal(await api.ended(id), "success");
  });

  it("Airflow's task runs on while all schedulers are killed, and is not done twice", async () => {
    const api = await client("slow");
    const id = await api.trigger();
    await until("it runs", async () => (await api.states(id)).work === "running", { within: PATIENCE });
    await Promise.all([own.kill("scheduler"), own.kill("scheduler", "-2")]);
    equal((await api.states(id)).work, "running");
    await own.start("scheduler");
    equal(await api.ended(id), "success");
    equal(await api.tries(id, "work"), 1);
    const runs = own.seen.filter(({ metadata }) => metadata.labels?.dag_id === "slow");
    equal(runs.length, 1);
    match(await api.log(id, "work", 1), /the work is done/);
  });

  it("Airflow's metrics have every name that alerts and panels ask for", async () => {
    const described = ownMonitoring("lakehouse-airflow");
    const text = async () => (await fetch(METRICS)).text();
    const failing = "airflow.dagrun.duration.failed.daily_etl:1|ms";
    // A run that fails would take the retries of a quarter of an hour: its name in Airflow's code stands for it.
    await send(failing);
    await until("all names are there", async () => notExposed(described, [await text()]).length === 0, {
      within: PATIENCE,
      explain: async () => JSON.stringify(notExposed(described, [await text()])),
    });
    match(await text(), /^airflow_dagrun_duration_count\{dag_id="merge_changes"\}/m);
    match(await text(), /^airflow_pool_running_slots\{pool="default_pool"\}/m);
  });

  it("Airflow's old runs are deleted by the rendered command", async () => {
    await sql().run("airflow", "update dag_run set start_date = now() - interval '90 days' where dag_id = 'waits'");
    const { code, log } = await own.task("CronJob", "clean");
    equal(code, 0, log);
    equal((await sql().run("airflow", "select count(*) from dag_run where dag_id = 'waits'")).trim(), "0");
    ok(Number(await sql().run("airflow", "select count(*) from dag_run where dag_id = 'slow'")) > 0);
  });

  it("Airflow's keys and administrators rotate: both generations, then the new one alone (slow)", async () => {
    const api = await client("slow");
    await api.connection("kept", "a secret of the test");
    const generation = async (settings: object) => {
      own.rendered = await first.having({ "lakehouse:credentials": JSON.stringify({ airflow: settings }) });
      const next = await ground.with(own.rendered);
      await makePostgresResources(next, postgres, "airflow");
      await own.killAll();
      const { code, log } = await own.task("Job", "migrate");
      equal(code, 0, log);
      await own.start("api-server");
    };
    await generation({ generation: 2, keepPrevious: true });
    for (const [name, suffix] of [
      ["admin", ""],
      ["admin-2", "-2"],
    ] as const)
      await client("slow", name, password(suffix));
    await generation({ generation: 2, keepPrevious: false });
    await rejects(client("slow", "admin", first.secret("airflow-admin", "password")), /401/);
    const after = await client("slow", "admin-2", password("-2"));
    // What the first key wrote was written anew by the second, which is alone now.
    equal((await after.connectionOf("kept")).connection_id, "kept");
    const { code, log } = await own.task("Job", "migrate");
    equal(code, 0, log);
  });
});

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly resources: object;
      readonly securityContext: object;
    }[];
    readonly serviceAccountName: string;
    readonly priorityClassName: string;
    readonly restartPolicy: string;
    readonly securityContext: object;
  };
}

/** The pod of a task has everything of the template that quotas, plans, policies and links go by. */
function sameBut(made: Pod, { metadata, spec }: Pod): void {
  const [base] = made.spec.containers;
  const [described] = spec.containers;
  for (const key of ["name", "image", "resources", "securityContext"] as const)
    deepEqual(base?.[key], described?.[key], key);
  for (const key of ["serviceAccountName", "priorityClassName", "restartPolicy", "securityContext"] as const)
    deepEqual(made.spec[key], spec[key], key);
  for (const [key, value] of Object.entries(metadata.labels)) equal(made.metadata.labels[key], value, key);
}

/** A repository with DAGs, as any web server shows one. */
async function serveRepository(folder: string): Promise<Server> {
  const work = join(folder, "work");
  mkdirSync(join(work, "dags"), { recursive: true });
  writeFileSync(join(work, "dags", "owner.py"), DAG("first"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: work, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message", "DAGs");
  const bare = join(folder, "dags.git");
  git("clone", "--quiet", "--bare", ".", bare);
  execFileSync("git", ["update-server-info"], { cwd: bare });
  const server = createServer((request, response) => {
    try {
      const path = new URL(request.url ?? "", "http://here").pathname;
      response.end(readFileSync(join(folder, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(8085, "127.0.0.73", resolve));
  return server;
}

async function send(line: string): Promise<void> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.send(line, 9125, "127.0.0.72", () => {
      resolve();
    });
  });
  socket.close();
}

/** Reason why this machine has no control plane; undefined when it has one. */
async function missing(): Promise<string | undefined> {
  try {
    await obtainAll(API_SERVER);
    return undefined;
  } catch (error) {
    if (error instanceof MissingTool) return error.message;
    throw error;
  }
}
