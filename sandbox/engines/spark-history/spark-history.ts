import { join } from "node:path";

import { answers, Engine } from "../engine";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import { sitePackages } from "../postgres/postgres";
import { sparkHomeEnv } from "../spark/spark";

const container = ({ rendered }: Ground, name: string) =>
  rendered.container("Deployment", "spark-history-server", name);

/** Runs the script of the init container that makes the directory of event logs. */
export async function makeDirectory(ground: Ground): Promise<void> {
  const { command: shell = [], args = [], env } = container(ground, "directory");
  const line = [...shell, ...args.map((arg) => ground.local(arg))] as [string, ...string[]];
  await command(line, { env: { ...ground.rendered.env({ env }), PATH: process.env.PATH ?? "" } });
}

/** Starts the history server. @param maxAge age at which it deletes logs, in place of the rendered one */
export function startHistory(ground: Ground, maxAge?: string): Promise<History> {
  return History.start(ground, maxAge);
}

interface Attempt {
  readonly completed: boolean;
}
interface Application {
  readonly id: string;
  readonly name: string;
  readonly attempts: readonly Attempt[];
}
interface Stage {
  readonly status: string;
  readonly numCompleteTasks: number;
}

export class History {
  private constructor(
    readonly engine: Engine,
    private readonly url: string,
  ) {}

  static async start(ground: Ground, maxAge: string | undefined): Promise<History> {
    const { changes, rendered, tools } = ground;
    const api = `http://${ground.at("sparkHistory")}/api/v1`;
    const main = container(ground, "spark-history");
    let conf = rendered.configMap("spark-history-server-conf")["history.conf"] ?? "";
    const set = (key: string, value: string) => {
      conf = changes.set("spark-history/history.conf", conf, properties, key, value);
    };
    set("spark.hadoop.fs.s3a.endpoint", ground.local(properties.get(conf, "spark.hadoop.fs.s3a.endpoint") ?? ""));
    set("spark.history.ui.port", String(ground.ports.sparkHistory));
    set("spark.history.store.path", ground.folder("spark-history", "store"));
    if (maxAge !== undefined) set("spark.history.fs.cleaner.maxAge", maxAge);
    const file = join(ground.write("spark-history/conf", { "history.conf": conf }), "history.conf");
    const [given = "", ...rest] = main.command ?? [];
    const args = rest.map((arg, at) =>
      rest[at - 1] === "--properties-file" ? changes.value("spark-history/args", "--properties-file", arg, file) : arg,
    );
    const program = join(sitePackages(ground), "pyspark", "bin", "spark-class");
    const env = rendered.env(main);
    const jars = [tools.icebergAws, tools.hadoopAws, tools.s3TransferManager].join(":");
    const engine = await Engine.start(ground.run, {
      name: "spark-history",
      command: [changes.value("spark-history/args", "command", given, program), ...args],
      env: {
        ...env,
        ...sparkHomeEnv(ground),
        SPARK_DIST_CLASSPATH: changes.value(
          "spark-history/env",
          "SPARK_DIST_CLASSPATH",
          env.SPARK_DIST_CLASSPATH,
          jars,
        ),
        SPARK_LOCAL_IP: changes.value("spark-history/env", "SPARK_LOCAL_IP", undefined, "127.0.0.1"),
      },
      // The readiness probe of the Deployment.
      ready: () => answers(`${api}/applications?limit=1`),
    });
    return new History(engine, api);
  }

  applications(): Promise<Application[]> {
    return this.get("applications");
  }

  stages(application: string): Promise<Stage[]> {
    return this.get(`applications/${application}/stages`);
  }

  private async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/${path}`);
    if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
    return (await response.json()) as T;
  }
}
