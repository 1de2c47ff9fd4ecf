import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { Format } from "../formats";
import type { Ground, Place } from "../ground";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";
import type { Container } from "../rendered";

export type Role = "jobManager" | "taskManager";

export interface Deployment {
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

const LOG = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.name = console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c %x - %m%n
`;

/** Options of SQL, `'key' = 'value'`; all occurrences of a key have the same value. */
const sqlOptions: Format = {
  get: (text, key) => option(key).exec(text)?.[1],
  set: (text, key, value) => text.replace(option(key), () => `'${key}' = '${value ?? ""}'`),
};
const option = (key: string) => new RegExp(`'${key.replaceAll(".", "\\.")}' = '([^']*)'`, "g");

/** Files of Flink's configuration folder, by name. */
export function configurationFiles(ground: Ground, spec: Deployment["spec"], role: Role): Record<string, string> {
  const lines = Object.entries(configuration(ground, spec, role)).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}\n`,
  );
  return { "config.yaml": lines.join(""), "log4j.properties": LOG };
}

/** The rendered configuration, with the operator's additions and the changes for this machine. */
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

/** JVM options and settings that Flink's own calculator derives from the pod's memory, as in its start scripts. */
export async function memory(
  ground: Ground,
  role: Role,
  conf: string,
): Promise<{ readonly jvm: readonly string[]; readonly settings: readonly string[] }> {
  const classes = `${ground.tools.flink}/bin/*:${ground.tools.flink}/lib/*`;
  const what = role === "jobManager" ? "GET_JM_RESOURCE_PARAMS" : "GET_TM_RESOURCE_PARAMS";
  const utility = ["org.apache.flink.runtime.util.bash.BashJavaUtils", what, "--configDir", conf];
  const out = await command([`${javaHome(17, 18)}/bin/java`, "-cp", classes, ...utility]);
  const [jvm = "", settings = ""] = [...out.matchAll(/^BASH_JAVA_UTILS_EXEC_RESULT:(.*)$/gm)].map(([, line]) => line);
  const words = (line: string) => line.split(" ").filter((word) => word !== "");
  return { jvm: words(jvm), settings: words(settings) };
}

/** Writes the job's SQL with the addresses of this machine. Returns the arguments of SqlDriver. */
export function jobArguments(ground: Ground, { job }: Deployment["spec"]): string[] {
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

/** Folder with the jars that the pods' init container fetches. */
export function jars(ground: Ground): string {
  const { icebergFlink, icebergAws, flinkKafka, hadoopApi, hadoopRuntime } = ground.tools;
  return linked(ground, "jars", [icebergFlink, icebergAws, flinkKafka, hadoopApi, hadoopRuntime]);
}

/** Variables for the folders of plugins, with the object store's from an init container, and of the SQL gateway. */
export function folders(ground: Ground): Record<string, string> {
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
