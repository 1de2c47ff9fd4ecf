import { readdirSync } from "node:fs";
import { join } from "node:path";

import { answers, Engine, type EngineSpec } from "../engine";
import { Flink } from "./client";
import { configurationFiles, type Deployment, folders, jars, jobArguments, memory, type Role } from "./files";
import type { Ground, Place } from "../ground";
import { javaHome } from "../java-home";
import { Client } from "../minio/minio";

/** JVM options for newer JDKs, from the configuration in Flink's image. */
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

const JOB_MANAGER = "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";
const TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

/** Whether the first start goes on from the newest checkpoint too, where data outlive the engines. @default only later ones do */
interface Kept {
  readonly goesOn?: boolean;
}

/** Starts the rendered FlinkDeployment: a JobManager with the job and a TaskManager, as the operator does in standalone mode. */
export async function startFlink(ground: Ground, kept: Kept = {}): Promise<Flink> {
  const [jobManager, taskManager] = await Promise.all([
    startFlinkProcess(ground, "jobManager", "flink-jobmanager", "Always", kept),
    startFlinkProcess(ground, "taskManager", "flink-taskmanager"),
  ]);
  const flink = new Flink(ground, jobManager, taskManager);
  await flink.isRunning();
  return flink;
}

/** Addresses of a pod, which change with it. The JobManager has a Service, so only its metrics are reached by the pod's address. */
const OWN: Readonly<Record<Role, readonly Place[]>> = {
  jobManager: ["flinkLeaderMetrics"],
  taskManager: ["flinkTasks", "flinkData", "flinkTasksQuery", "flinkTasksMetrics"],
};

/** Starts one of the two. A test of a job that cannot be planned uses `Never`, because its JobManager ends at each start. */
export function startFlinkProcess(
  ground: Ground,
  role: Role,
  name: string,
  restartPolicy: "Always" | "Never" = "Always",
  { goesOn = false }: Kept = {},
): Promise<Engine> {
  let starts = goesOn ? 1 : 0;
  const spec = async () =>
    container(ground, role, name, starts++ > 0 && role === "jobManager" ? await newestCheckpoint(ground) : []);
  return Engine.start(ground.run, spec, { restartPolicy, readdress: () => ground.readdress(...OWN[role]) });
}

async function container(ground: Ground, role: Role, name: string, more: readonly string[]): Promise<EngineSpec> {
  const { rendered, tools } = ground;
  const { spec } = rendered.object("FlinkDeployment", "flink-orders") as unknown as Deployment;
  const conf = ground.write(`${name}/conf`, configurationFiles(ground, spec, role));
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

/** Argument with the newest complete checkpoint in the object store; in a cluster, a restarted JobManager reads it from its ConfigMap. */
async function newestCheckpoint(ground: Ground): Promise<readonly string[]> {
  const { spec } = ground.rendered.object("FlinkDeployment", "flink-orders") as unknown as Deployment;
  const folder = `${spec.flinkConfiguration["execution.checkpointing.dir"] ?? ""}/`;
  const all = await Client.root(ground).listed(folder.replace(/^s3:\/\//, ""));
  const newest = all
    .filter(({ key }) => key.endsWith("/_metadata"))
    .toSorted((one, other) => Date.parse(one.lastModified) - Date.parse(other.lastModified))
    .at(-1);
  return newest === undefined ? [] : ["--fromSavepoint", `${folder}${newest.key.replace("/_metadata", "")}`];
}
