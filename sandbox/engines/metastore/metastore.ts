import { flags, hadoopXml } from "../formats";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import type { ArtefactName } from "../obtain";
import { command } from "../obtain/command";
import { connects } from "../connects";

/** JVM options for newer JDKs, from Hive's start script. */
const OPENS = [
  "lang",
  "io",
  "net",
  "nio",
  "util",
  "util.concurrent",
  "util.concurrent.atomic",
  "util.regex",
  "time",
].map((part) => `--add-opens=java.base/java.${part}=ALL-UNNAMED`);
const MAIN = "org.apache.hadoop.hive.metastore";
/** Shorter expiry of locks of dead clients, and interval of the housekeeper that removes them. */
const SHORT_LOCKS = { "metastore.txn.timeout": "8s", "metastore.acid.housekeeper.interval": "2s" };

/** Programs of one version of the metastore. */
export interface MetastorePrograms {
  readonly libraries: ArtefactName;
  readonly scripts: ArtefactName;
  readonly schemaTool: string;
  /** Arguments of its schema tool, from the rendered ones. @default the rendered ones */
  readonly schemaArgs?: (ground: Ground, rendered: readonly string[]) => readonly string[];
}

const NEWEST: MetastorePrograms = {
  libraries: "metastore",
  scripts: "metastoreScripts",
  schemaTool: `${MAIN}.tools.schematool.MetastoreSchemaTool`,
};

/** Creates the metastore's tables with the files and arguments of the rendered Job. */
export async function makeMetastoreSchema(ground: Ground, programs = NEWEST): Promise<void> {
  const { rendered, tools } = ground;
  const job = rendered.container("Job", "metastore-tasks-schema", "schematool");
  const conf = files(ground, "metastore-tasks-schema-conf", "metastore/schema");
  const [, ...given] = job.command ?? [];
  const args = programs.schemaArgs?.(ground, given) ?? given;
  const java = javaCommand(ground, conf, rendered.env(job), programs);
  await command([...java, programs.schemaTool, ...args], {
    env: { ...rendered.env(job), METASTORE_HOME: tools[programs.scripts], METASTORE_CONF_DIR: conf },
  });
}

/**
 * The metastore's Thrift server.
 * @param shortLocks whether locks of dead clients expire after seconds instead of minutes
 */
export async function startMetastore(
  ground: Ground,
  name = "metastore",
  shortLocks = false,
  programs = NEWEST,
): Promise<Engine> {
  const { rendered } = ground;
  const env = rendered.env(rendered.container("Deployment", "hive-metastore-server", "hive-metastore"));
  const spec = () => {
    const conf = files(ground, "hive-metastore-server-conf", `${name}/conf`, shortLocks ? SHORT_LOCKS : {});
    return {
      name,
      command: [...javaCommand(ground, conf, env, programs), `${MAIN}.HiveMetaStore`],
      env: { ...env, METASTORE_CONF_DIR: conf, HADOOP_CONF_DIR: conf },
      ready: () => connects(ground.ports.thrift),
    };
  };
  return Engine.start(ground.run, spec, { readdress: () => ground.readdress("metastoreMetrics") });
}

/** Writes the ConfigMap's files with the changes for this machine. Returns their folder. */
function files(
  ground: Ground,
  configMap: string,
  folder: string,
  shorter: Readonly<Record<string, string>> = {},
): string {
  const { changes, ports } = ground;
  const rendered = ground.rendered.configMap(configMap);
  const change = (file: string, key: string, value: (given: string) => string | undefined) => {
    const text = all[file];
    if (text === undefined) return;
    const given = hadoopXml.get(text, key);
    all[file] = changes.set(`metastore/${file}`, text, hadoopXml, key, value(given ?? ""));
  };
  const all: Record<string, string> = { ...rendered };
  change("metastore-site.xml", "javax.jdo.option.ConnectionURL", (url) => ground.local(url));
  change("metastore-site.xml", "metastore.thrift.port", () => String(ports.thrift));
  change("metastore-site.xml", "metastore.thrift.bind.host", () => "127.0.0.1");
  change("core-site.xml", "fs.s3a.endpoint", (url) => ground.local(url));
  for (const [key, time] of Object.entries(shorter)) change("metastore-site.xml", key, () => time);
  return ground.write(folder, all);
}

/** Java command with the rendered options and class path; the archive's libraries replace the image's. */
function javaCommand(
  ground: Ground,
  conf: string,
  env: Readonly<Record<string, string>>,
  { libraries }: MetastorePrograms,
): string[] {
  const { changes, tools } = ground;
  const here: Readonly<Record<string, string>> = {
    postgresql: tools.postgresJdbc,
    bundle: tools.awsSdk,
    jmx_prometheus_javaagent: tools.jmxExporter,
  };
  const jarHere = (path: string) =>
    Object.entries(here).find(([artifact]) => path.includes(`/${artifact}-`))?.[1] ??
    `${tools[libraries]}/${path.split("/").at(-1) ?? ""}`;
  const given = env.HADOOP_CLASSPATH ?? "";
  const added = changes.value("metastore/env", "HADOOP_CLASSPATH", given, given.split(":").map(jarHere).join(":"));
  const options = (env.HADOOP_CLIENT_OPTS ?? "").split(" ").map((option) => {
    const agent = flags.get(option, "-javaagent:");
    if (agent === undefined) return option;
    const [jar = "", , file = ""] = agent.split(/[=:]/);
    const agentHere = `${jarHere(jar)}=${ground.at("metastoreMetrics")}:${conf}/${file.split("/").at(-1) ?? ""}`;
    return changes.set("metastore/env", option, flags, "-javaagent:", agentHere);
  });
  return [`${javaHome(17, 18)}/bin/java`, ...OPENS, ...options, "-cp", `${conf}:${tools[libraries]}/*:${added}`];
}
