import { join } from "node:path";

import { PATIENCE } from "../../core/until";
import { properties } from "../formats";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";
import { sitePackages } from "../postgres/postgres";

/** The fields of a SparkApplication that the driver is started from. */
export interface Application {
  readonly spec: {
    readonly arguments?: readonly string[];
    readonly mainApplicationFile: string;
    readonly sparkConf: Readonly<Record<string, string>>;
    readonly driver: {
      readonly memory: string;
      readonly template: {
        readonly spec: { readonly containers: readonly [Parameters<Ground["rendered"]["env"]>[0]] };
      };
    };
  };
}

const JOBS = "/opt/lakehouse/jobs/";

/** Starts the tests' Spark session with the configuration of bronze-to-silver: all applications have the same `sparkConf`. */
export async function startSpark(ground: Ground, name = "spark"): Promise<Spark> {
  const application = ground.rendered.object("SparkApplication", "bronze-to-silver") as unknown as Application;
  const jobs = ground.write("spark/jobs", ground.rendered.configMap("spark-jobs"));
  const script = join(__dirname, "..", "python", "spark_session.py");
  const spec = {
    name,
    command: [`${ground.tools.python}/bin/python`, script, String(ground.ports.spark)],
    env: environment(ground, application, name, {
      ui: ground.ports.sparkUi,
      driver: ground.ports.sparkDriver,
      blocks: ground.ports.sparkBlocks,
    }),
    ready: () => answers(`http://${ground.at("spark")}/`),
  };
  // A driver is not restarted: a job that must run again is submitted again.
  const engine = await Engine.start(ground.run, spec, { restartPolicy: "Never" });
  return new Spark(engine, ground, jobs);
}

/** Runs an application as the operator does: spark-submit with its file and arguments. Returns the JSON lines that it printed. */
export async function submit(ground: Ground, name: string, more: readonly string[] = []): Promise<string[]> {
  const application = ground.rendered.object("SparkApplication", name) as unknown as Application;
  const { mainApplicationFile: main, arguments: given = [] } = application.spec;
  const { command: line, env } = driver(ground, application, `spark-${name}`, [main, ...given, ...more]);
  const out = await command(line, { env });
  return out.split("\n").filter((each) => each.startsWith("{"));
}

/** Command line and variables of a driver that runs a file with arguments; driver and executor are one process. */
export function driver(
  ground: Ground,
  application: Application,
  name: string,
  [main = "", ...args]: readonly string[],
): { readonly command: [string, ...string[]]; readonly env: Record<string, string> } {
  const jobs = ground.write("spark/jobs", ground.rendered.configMap("spark-jobs"));
  const file = join(jobs, main.replace(`local://${JOBS}`, ""));
  const spark = join(sitePackages(ground), "pyspark", "bin", "spark-submit");
  return { command: [spark, file, ...args], env: environment(ground, application, name, {}) };
}

const METASTORE_CLIENT = "spark.sql.hive.metastore.jars.path";

/** Where the process of a driver listens; other ports are free ones that nothing needs to know. */
interface DriverPorts {
  readonly ui?: number;
  readonly driver?: number;
  readonly blocks?: number;
}

/** A driver's configuration with the addresses, folders and ports of this machine, where driver and executor are one process. */
export function localConf(ground: Ground, file: string, conf: string, ports: DriverPorts): string {
  const { changes, tools } = ground;
  let text = conf;
  const set = (key: string, value: string) => {
    text = changes.set(file, text, properties, key, value);
  };
  const given = (key: string) => properties.get(text, key) !== undefined;
  const delta = given(METASTORE_CLIENT);
  const files = given("spark.hadoop.fs.s3a.endpoint");
  const vended = given("spark.sql.catalog.vended.uri");
  for (const key of [
    "spark.sql.catalog.lakehouse.uri",
    "spark.sql.catalog.lakehouse.s3.endpoint",
    ...(vended ? ["spark.sql.catalog.vended.uri", "spark.sql.catalog.vended.s3.endpoint"] : []),
    ...(files ? ["spark.hadoop.fs.s3a.endpoint"] : []),
    ...(delta ? ["spark.hadoop.hive.metastore.uris"] : []),
  ])
    set(key, ground.local(properties.get(text, key) ?? ""));
  const { icebergSpark, icebergAws, hadoopAws, s3TransferManager, deltaSpark, deltaStorage, hiveClient } = tools;
  const jars = [
    icebergSpark,
    icebergAws,
    ...(files ? [hadoopAws, s3TransferManager] : []),
    ...(delta ? [deltaSpark, deltaStorage] : []),
    // Tells what tables are made of.
    ...(properties.get(text, "spark.extraListeners") === undefined ? [] : [tools.openlineageSpark]),
  ].join(":");
  if (delta) set(METASTORE_CLIENT, `${hiveClient},${join(sitePackages(ground), "pyspark", "jars", "commons-*.jar")}`);
  set("spark.driver.extraClassPath", jars);
  set("spark.executor.extraClassPath", jars);
  set("spark.local.dir", ground.folder("spark", "local"));
  set("spark.ui.port", String(ports.ui ?? 0));
  set("spark.driver.port", String(ports.driver ?? 0));
  set("spark.blockManager.port", "0");
  set("spark.driver.blockManager.port", String(ports.blocks ?? 0));
  set("spark.driver.host", "127.0.0.1");
  set("spark.driver.bindAddress", "127.0.0.1");
  set("spark.sql.shuffle.partitions", "4");
  return text;
}

/** Variables of Spark's commands. */
export const sparkHomeEnv = (ground: Ground): Record<string, string> => ({
  SPARK_HOME: join(sitePackages(ground), "pyspark"),
  JAVA_HOME: javaHome(17, 18),
  PYSPARK_PYTHON: `${ground.tools.python}/bin/python`,
  PYSPARK_DRIVER_PYTHON: `${ground.tools.python}/bin/python`,
  PYTHONDONTWRITEBYTECODE: "1",
});

/** Writes the rendered `sparkConf` as spark-defaults.conf. Returns the driver's variables. */
function environment(ground: Ground, { spec }: Application, name: string, ports: DriverPorts): Record<string, string> {
  const given = Object.entries({ ...spec.sparkConf, "spark.driver.memory": spec.driver.memory })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
  const local = localConf(ground, "spark/spark.conf", given, ports);
  const conf = ground.changes.set("spark/spark.conf", local, properties, "spark.master", "local[2]");
  const folder = ground.write(`${name}/conf`, { "spark-defaults.conf": conf });
  const { OPENLINEAGE__TRANSPORT__URL: receiver, ...env } = ground.rendered.env(
    spec.driver.template.spec.containers[0],
  );
  return {
    ...env,
    ...(receiver === undefined ? {} : { OPENLINEAGE__TRANSPORT__URL: ground.local(receiver) }),
    SPARK_CONF_DIR: folder,
    ...sparkHomeEnv(ground),
  };
}

export class Spark {
  constructor(
    readonly engine: Engine,
    private readonly ground: Ground,
    private readonly jobs: string,
  ) {}

  rows(sql: string): Promise<unknown[][]> {
    return this.ask({ sql }) as Promise<unknown[][]>;
  }

  /** Runs a job of `pipelines/spark` from its ConfigMap. Returns the JSON lines that it printed. */
  job(file: string, ...args: string[]): Promise<Record<string, unknown>[]> {
    return this.ask({ job: join(this.jobs, file), arguments: args }) as Promise<Record<string, unknown>[]>;
  }

  private async ask(body: object): Promise<unknown> {
    const response = await fetch(`http://${this.ground.at("spark")}/`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(String(answer));
    return answer;
  }
}
