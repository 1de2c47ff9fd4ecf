import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { PATIENCE, until } from "../core/until";
import type { Format } from "./formats";
import { answers, Engine, type EngineSpec } from "./engine";
import type { Ground, Place } from "./ground";
import { javaHome } from "./java-home";
import { Client } from "./minio";
import { command } from "./obtain/command";
import type { Container } from "./rendered";

type Role = "jobManager" | "taskManager";

interface Deployment {
  readonly spec: Readonly<
    Record<
      Role,
      {
        readonly resource: { readonly memory: string };
        readonly podTemplate: { readonly spec: { readonly containers: readonly [Container] } };
      }
    >
  > & {
    readonly flinkConfiguration: Readonly<Record<string, string>>;
    readonly job: { readonly entryClass: string; readonly args: readonly string[]; readonly parallelism: number };
  };
}

/** What Flink's own configuration in its image passes to newer JDKs. */
const OPENS = [
  ...["java.management/sun.management", "java.rmi/sun.rmi.registry", "jdk.compiler/com.sun.tools.javac.api"].map(
    (part) => `--add-exports=${part}=ALL-UNNAMED`,
  ),
  "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
  ...["lang", "net", "io", "nio", "lang.reflect", "text", "time", "util", "util.concurrent"].map(
    (part) => `--add-opens=java.base/java.${part}=ALL-UNNAMED`,
  ),
  ...["java.util.concurrent.atomic", "java.util.concurrent.locks", "sun.nio.ch"].map(
    (part) => `--add-opens=java.base/${part}=ALL-UNNAMED`,
  ),
];

const LOG = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.name = console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c %x - %m%n
`;

const JOB_MANAGER = "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";
const TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

/** `'key' = 'value'`, as options stand in SQL; each key once. */
const sqlOptions: Format = {
  get: (text, key) => option(key).exec(text)?.[1],
  set: (text, key, value) => text.replace(option(key), () => `'${key}' = '${value ?? ""}'`),
};
const option = (key: string) => new RegExp(`'${key.replaceAll(".", "\\.")}' = '([^']*)'`, "g");

/** The rendered FlinkDeployment: a JobManager with the job, and a TaskManager, as the operator starts them in standalone mode. */
export async function startFlink(ground: Ground): Promise<Flink> {
  const [jobManager, taskManager] = await Promise.all([
    startFlinkProcess(ground, "jobManager", "flink-jobmanager"),
    startFlinkProcess(ground, "taskManager", "flink-taskmanager"),
  ]);
  const flink = new Flink(ground, jobManager, taskManager);
  await flink.isRunning();
  return flink;
}

/** What is a TaskManager's own: it tells the JobManager, which is known by its Service, and Prometheus finds its pod. */
const OWN: Readonly<Record<Role, readonly Place[]>> = {
  jobManager: ["flinkLeaderMetrics"],
  taskManager: ["flinkTasks", "flinkData", "flinkTasksQuery", "flinkTasksMetrics"],
};

/** One of the two. A job that cannot be planned ends its JobManager each time: a test of that wants it once. */
export function startFlinkProcess(
  ground: Ground,
  role: Role,
  name: string,
  restartPolicy: "Always" | "Never" = "Always",
): Promise<Engine> {
  let starts = 0;
  const spec = async () =>
    container(ground, role, name, starts++ > 0 && role === "jobManager" ? await place(ground) : []);
  return Engine.start(ground.run, spec, { restartPolicy, readdress: () => ground.readdress(...OWN[role]) });
}

async function container(ground: Ground, role: Role, name: string, more: readonly string[]): Promise<EngineSpec> {
  const { rendered, tools } = ground;
  const { spec } = rendered.object("FlinkDeployment", "flink-orders") as unknown as Deployment;
  const conf = ground.write(`${name}/conf`, {
    "config.yaml": Object.entries(configuration(ground, spec, role))
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join(""),
    "log4j.properties": LOG,
  });
  const env = rendered.env(spec[role].podTemplate.spec.containers[0]);
  const added = ground.changes.value("flink/env", "HADOOP_CLASSPATH", env.HADOOP_CLASSPATH, `${jars(ground)}/*`);
  const libraries = readdirSync(join(tools.flink, "lib")).map((jar) => join(tools.flink, "lib", jar));
  const { jvm, settings } = await memory(ground, role, conf);
  return {
    name,
    command: [
      `${javaHome(17, 18)}/bin/java`,
      ...jvm,
      ...OPENS,
      `-Djava.io.tmpdir=${ground.folder(name, "tmp")}`,
      `-Dlog4j.configurationFile=file:${conf}/log4j.properties`,
      "-cp",
      [...libraries, added].join(":"),
      ...(role === "jobManager" ? [JOB_MANAGER] : [TASK_MANAGER]),
      ...["--configDir", conf, ...settings],
      ...(role === "jobManager"
        ? ["--job-classname", spec.job.entryClass, ...more, ...jobArguments(ground, spec)]
        : []),
    ],
    env: { ...env, FLINK_CONF_DIR: conf, FLINK_LIB_DIR: join(tools.flink, "lib"), ...folders(ground) },
    ready: async () => (role === "jobManager" ? answers(`http://${ground.at("flink")}/overview`) : true),
  };
}

/** The newest checkpoint, as a JobManager that is started again finds it in its ConfigMap: the store has it whole here. */
async function place(ground: Ground): Promise<readonly string[]> {
  const { spec } = ground.rendered.object("FlinkDeployment", "flink-orders") as unknown as Deployment;
  const folder = `${spec.flinkConfiguration["execution.checkpointing.dir"] ?? ""}/`;
  const all = await Client.root(ground).listed(folder.replace(/^s3:\/\//, ""));
  const newest = all
    .filter(({ key }) => key.endsWith("/_metadata"))
    .toSorted((one, other) => Date.parse(one.lastModified) - Date.parse(other.lastModified))
    .at(-1);
  return newest === undefined ? [] : ["--fromSavepoint", `${folder}${newest.key.replace("/_metadata", "")}`];
}

/** The rendered configuration, what the operator adds to it, and what must be different here. */
function configuration(ground: Ground, { flinkConfiguration, job, ...roles }: Deployment["spec"], role: Role) {
  const file = `flink-${role.toLowerCase()}/config.yaml`;
  const all: Record<string, string> = {
    ...flinkConfiguration,
    "jobmanager.memory.process.size": roles.jobManager.resource.memory,
    "taskmanager.memory.process.size": roles.taskManager.resource.memory,
    "parallelism.default": String(job.parallelism),
  };
  for (const key of Object.keys(all).filter((each) => /^(high-availability|kubernetes)\./.test(each))) {
    ground.changes.value(file, key, all[key], undefined);
    Reflect.deleteProperty(all, key);
  }
  const set = (key: string, to: string) => {
    all[key] = ground.changes.value(file, key, all[key], to);
  };
  const leader = role === "jobManager";
  const ports: Readonly<Record<string, Place>> = {
    "rest.port": "flink",
    "jobmanager.rpc.port": "flinkLeader",
    "blob.server.port": "flinkBlobs",
    "taskmanager.rpc.port": "flinkTasks",
    "taskmanager.data.port": "flinkData",
    "metrics.internal.query-service.port": leader ? "flinkLeaderQuery" : "flinkTasksQuery",
    "metrics.reporter.prom.port": leader ? "flinkLeaderMetrics" : "flinkTasksMetrics",
  };
  for (const [key, place] of Object.entries(ports)) set(key, String(ground.ports[place]));
  for (const key of ["jobmanager.rpc.address", "rest.address", "taskmanager.host"]) set(key, "127.0.0.1");
  for (const key of ["jobmanager.bind-host", "rest.bind-address", "taskmanager.bind-host"]) set(key, "127.0.0.1");
  set("io.tmp.dirs", ground.folder(`flink-${role.toLowerCase()}`, "work"));
  set("s3.endpoint", ground.local(all["s3.endpoint"] ?? ""));
  return all;
}

/** Flink's own calculator divides the pod's memory, as its start scripts have it do. */
async function memory(ground: Ground, role: Role, conf: string): Promise<{ jvm: string[]; settings: string[] }> {
  const classes = `${ground.tools.flink}/bin/*:${ground.tools.flink}/lib/*`;
  const what = role === "jobManager" ? "GET_JM_RESOURCE_PARAMS" : "GET_TM_RESOURCE_PARAMS";
  const utility = ["org.apache.flink.runtime.util.bash.BashJavaUtils", what, "--configDir", conf];
  const out = await command([`${javaHome(17, 18)}/bin/java`, "-cp", classes, ...utility]);
  const [jvm = "", settings = ""] = [...out.matchAll(/^BASH_JAVA_UTILS_EXEC_RESULT:(.*)$/gm)].map(([, line]) => line);
  const words = (line: string) => line.split(" ").filter((word) => word !== "");
  return { jvm: words(jvm), settings: words(settings) };
}

/** The job's SQL with the addresses and paths of this machine, and how SqlDriver is told of it. */
function jobArguments(ground: Ground, { job }: Deployment["spec"]): string[] {
  const { changes } = ground;
  const uri = job.args[1] ?? "";
  const file = basename(uri);
  let sql = ground.rendered.configMap("flink-sql")[file] ?? "";
  const set = (key: string, to: (given: string) => string) => {
    sql = changes.set(`flink/${file}`, sql, sqlOptions, key, to(sqlOptions.get(sql, key) ?? ""));
  };
  for (const key of ["uri", "s3.endpoint", "properties.bootstrap.servers"]) set(key, (given) => ground.local(given));
  const here = ground.path("flink", file);
  writeFileSync(here, sql);
  const [option = ""] = job.args;
  return [option, `file://${changes.value("flink/args", option, uri.replace("file://", ""), here)}`];
}

/** What the pods' init container fetches. */
function jars(ground: Ground): string {
  const { icebergFlink, icebergAws, flinkKafka, hadoopApi, hadoopRuntime } = ground.tools;
  return linked(ground, "jars", [icebergFlink, icebergAws, flinkKafka, hadoopApi, hadoopRuntime]);
}

/** Plugins and the SQL gateway, where the image has them and the other init container puts the one for the object store. */
function folders(ground: Ground): Record<string, string> {
  const { flink, flinkMore } = ground.tools;
  const more = (start: string) =>
    readdirSync(flinkMore)
      .filter((jar) => jar.startsWith(start))
      .map((jar) => join(flinkMore, jar));
  linked(ground, "plugins/s3-fs-presto", more("flink-s3-fs-presto"));
  const plugins = linked(ground, "plugins", [join(flink, "plugins", "metrics-prometheus")]);
  return { FLINK_PLUGINS_DIR: plugins, FLINK_OPT_DIR: linked(ground, "opt", more("flink-sql-gateway")) };
}

function linked(ground: Ground, folder: string, files: readonly string[]): string {
  const here = ground.folder("flink", folder);
  for (const file of files) {
    if (!existsSync(join(here, basename(file)))) symlinkSync(file, join(here, basename(file)));
  }
  return here;
}

interface Job {
  readonly jid: string;
  readonly state: string;
}

/** The cluster of one job. */
export class Flink {
  constructor(
    private readonly ground: Ground,
    readonly jobManager: Engine,
    readonly taskManager: Engine,
  ) {}

  /** Waits until all of the job's tasks run, and says which job it is. */
  async isRunning(): Promise<string> {
    let jobs: readonly Job[] = [];
    let running: Job | undefined;
    const runs = async () => {
      ({ jobs } = await this.ask<{ jobs: Job[] }>("jobs/overview").catch(() => ({ jobs: [] })));
      running = jobs.find(({ state }) => state === "RUNNING");
      return running !== undefined && (await this.tasksRun(running.jid));
    };
    await until("Flink's job runs", runs, { explain: () => Promise.resolve(JSON.stringify(jobs)) });
    return running?.jid ?? "";
  }

  /**
   * Takes a checkpoint now, instead of waiting for the next one; when it is there, tables have what it covers. One that fails is
   * taken again: a lost TaskManager is noticed a while after it is gone.
   */
  async checkpoint(): Promise<void> {
    let failure: unknown;
    const taken = () =>
      this.tryCheckpoint().then(
        () => true,
        (error: unknown) => {
          failure = error;
          return false;
        },
      );
    await until("Flink takes a checkpoint", taken, { explain: () => Promise.resolve(String(failure)) });
  }

  private async tryCheckpoint(): Promise<void> {
    const job = await this.isRunning();
    const { "request-id": id } = await this.ask<{ "request-id": string }>(`jobs/${job}/checkpoints`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ checkpointType: "FULL" }),
    });
    let state = "";
    const completed = async () => {
      const { status, operation } = await this.ask<{
        status: { id: string };
        operation?: { "failure-cause"?: unknown };
      }>(`jobs/${job}/checkpoints/${id}`);
      if (operation?.["failure-cause"] !== undefined) throw new Error(JSON.stringify(operation["failure-cause"]));
      state = status.id;
      return state === "COMPLETED";
    };
    const explain = () => Promise.resolve(`it is ${state}`);
    await until("the checkpoint is there", completed, { within: 60_000, every: 200, explain });
  }

  private async tasksRun(job: string): Promise<boolean> {
    const { vertices } = await this.ask<{ vertices: { status: string }[] }>(`jobs/${job}`);
    return vertices.every(({ status }) => status === "RUNNING");
  }

  private async ask<T>(path: string, request: RequestInit = {}): Promise<T> {
    const answer = await fetch(`http://${this.ground.at("flink")}/${path}`, {
      ...request,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`Flink answers ${answer.status} to ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
