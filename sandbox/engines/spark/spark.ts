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
    env: environment(ground, application, name),
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
  return {
    command: [spark, file, ...args],
    env: environment(ground, application, name, ["spark.ui.port", "spark.driver.port"]),
  };
}

/** Writes the rendered `sparkConf` as spark-defaults.conf. Returns the driver's variables. */
function environment(
  ground: Ground,
  { spec }: Application,
  name: string,
  any: readonly string[] = [],
): Record<string, string> {
  const { changes, ports, rendered, tools } = ground;
  let conf = Object.entries({ ...spec.sparkConf, "spark.driver.memory": spec.driver.memory })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
  const set = (key: string, value: string) => {
    conf = changes.set("spark/spark.conf", conf, properties, key, value);
  };
  const jars = `${tools.icebergSpark}:${tools.icebergAws}`;
  for (const key of ["uri", "s3.endpoint"].map((each) => `spark.sql.catalog.lakehouse.${each}`)) {
    set(key, ground.local(properties.get(conf, key) ?? ""));
  }
  set("spark.driver.extraClassPath", jars);
  set("spark.executor.extraClassPath", jars);
  set("spark.local.dir", ground.folder("spark", "local"));
  set("spark.ui.port", String(any.includes("spark.ui.port") ? 0 : ports.sparkUi));
  set("spark.driver.port", String(any.includes("spark.driver.port") ? 0 : ports.sparkDriver));
  set("spark.blockManager.port", "0");
  set("spark.driver.blockManager.port", String(any.length > 0 ? 0 : ports.sparkBlocks));
  set("spark.driver.host", "127.0.0.1");
  set("spark.driver.bindAddress", "127.0.0.1");
  set("spark.master", "local[2]");
  set("spark.sql.shuffle.partitions", "4");
  const folder = ground.write(`${name}/conf`, { "spark-defaults.conf": conf });
  return {
    ...rendered.env(spec.driver.template.spec.containers[0]),
    SPARK_CONF_DIR: folder,
    SPARK_HOME: join(sitePackages(ground), "pyspark"),
    JAVA_HOME: javaHome(17, 18),
    PYSPARK_PYTHON: `${tools.python}/bin/python`,
    PYSPARK_DRIVER_PYTHON: `${tools.python}/bin/python`,
    PYTHONDONTWRITEBYTECODE: "1",
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
