import { flags, hadoopXml } from "./formats";
import { Engine } from "./engine";
import type { Ground } from "./ground";
import { javaHome } from "./java-home";
import { command } from "./obtain/command";
import { connects } from "./connects";

/** What Hive's own start script passes to newer JDKs. */
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
/** When locks of the dead go, and how often it is looked for them. */
const SOON = { "metastore.txn.timeout": "8s", "metastore.acid.housekeeper.interval": "2s" };

/** Creates the metastore's tables, as the rendered Job does: its files, its arguments. */
export async function makeMetastoreSchema(ground: Ground): Promise<void> {
  const { rendered, tools } = ground;
  const job = rendered.container("Job", "metastore-tasks-schema", "schematool");
  const conf = files(ground, "metastore-tasks-schema-conf", "metastore/schema");
  const [, ...args] = job.command ?? [];
  const java = javaCommand(ground, conf, rendered.env(job));
  await command([...java, `${MAIN}.tools.schematool.MetastoreSchemaTool`, ...args], {
    env: { ...rendered.env(job), METASTORE_HOME: tools.metastoreScripts, METASTORE_CONF_DIR: conf },
  });
}

/**
 * The metastore's Thrift server.
 * @param soon locks of the dead go after seconds, not minutes: for a test of that
 */
export async function startMetastore(ground: Ground, name = "metastore", soon = false): Promise<Engine> {
  const { rendered } = ground;
  const env = rendered.env(rendered.container("Deployment", "hive-metastore-server", "hive-metastore"));
  const spec = () => {
    const conf = files(ground, "hive-metastore-server-conf", `${name}/conf`, soon ? SOON : {});
    return {
      name,
      command: [...javaCommand(ground, conf, env), `${MAIN}.HiveMetaStore`],
      env: { ...env, METASTORE_CONF_DIR: conf, HADOOP_CONF_DIR: conf },
      ready: () => connects(ground.ports.thrift),
    };
  };
  return Engine.start(ground.run, spec, { readdress: () => ground.readdress("metastoreMetrics") });
}

/** The ConfigMap's files with what they must know of this machine. */
function files(
  ground: Ground,
  configMap: string,
  folder: string,
  sooner: Readonly<Record<string, string>> = {},
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
  for (const [key, time] of Object.entries(sooner)) change("metastore-site.xml", key, () => time);
  return ground.write(folder, all);
}

/** Java with the rendered options and class path; the image's own libraries are those of the archive. */
function javaCommand(ground: Ground, conf: string, env: Readonly<Record<string, string>>): string[] {
  const { changes, tools } = ground;
  const here: Readonly<Record<string, string>> = {
    postgresql: tools.postgresJdbc,
    bundle: tools.awsSdk,
    jmx_prometheus_javaagent: tools.jmxExporter,
  };
  const jarHere = (path: string) =>
    Object.entries(here).find(([artifact]) => path.includes(`/${artifact}-`))?.[1] ??
    `${tools.metastore}/${path.split("/").at(-1) ?? ""}`;
  const given = env.HADOOP_CLASSPATH ?? "";
  const added = changes.value("metastore/env", "HADOOP_CLASSPATH", given, given.split(":").map(jarHere).join(":"));
  const options = (env.HADOOP_CLIENT_OPTS ?? "").split(" ").map((option) => {
    const agent = flags.get(option, "-javaagent:");
    if (agent === undefined) return option;
    const [jar = "", , file = ""] = agent.split(/[=:]/);
    const agentHere = `${jarHere(jar)}=${ground.at("metastoreMetrics")}:${conf}/${file.split("/").at(-1) ?? ""}`;
    return changes.set("metastore/env", option, flags, "-javaagent:", agentHere);
  });
  return [`${javaHome(17, 18)}/bin/java`, ...OPENS, ...options, "-cp", `${conf}:${tools.metastore}/*:${added}`];
}
