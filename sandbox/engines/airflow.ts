import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "../core/ports";
import type { AirflowCluster } from "./airflow-cluster";
import { AirflowClient } from "./airflow-client";
import { makeDatabase, settings } from "./airflow-settings";
import { json } from "./formats";
import { answers, Engine } from "./engine";
import type { Ground } from "./ground";
import { command } from "./obtain/command";
import type { Rendered } from "./rendered";

export interface AirflowOptions {
  readonly rendered: Rendered;
  /** Awaited when the metadata are there. */
  readonly cluster: Promise<AirflowCluster>;
  /** Folder of psql. */
  readonly bin: string;
  /** Port of a StatsD server. */
  readonly statsd: number;
  /** Port of what stands for Alertmanager. */
  readonly alertmanager: number;
}

/** What the token of a pod's account lies under; the client library of Kubernetes looks nowhere else. */
const POD = `mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && \
cp "$0"/* /run/secrets/kubernetes.io/serviceaccount/ && exec "$@"`;

/** As the manual has its owner mount the DAGs: below Airflow's own folder. */
const MOUNT = "lakehouse";

/**
 * Somebody else's Airflow, as a cluster has it: scheduler with its workers, DAG processor, API server, metadata in the
 * PostgreSQL of the stage. Of the stack it gets the two objects that its owner mounts: connections and DAGs.
 */
export class Airflow {
  private deliveries = 0;

  private constructor(
    private readonly ground: Ground,
    private readonly home: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly account: string,
    readonly client: AirflowClient,
    private readonly engines: Engine[] = [],
  ) {}

  static async start(ground: Ground, options: AirflowOptions): Promise<Airflow> {
    const home = ground.folder("airflow");
    const { api } = await freePorts("api");
    const alertmanager = `http://127.0.0.1:${options.alertmanager}`;
    const own = settings(home, api, await makeDatabase(ground, options.bin), options.statsd);
    await command([...program(ground), "db", "migrate"], { env: own, cwd: home });
    const { account, address } = await options.cluster;
    const env = {
      ...own,
      ...connections(ground, options.rendered),
      [ALERTMANAGER]: ground.changes.value("airflow/env", ALERTMANAGER, undefined, alertmanager),
      KUBERNETES_SERVICE_HOST: address.hostname,
      KUBERNETES_SERVICE_PORT: address.port,
    };
    const web = `127.0.0.1:${api}`;
    const airflow = new Airflow(ground, home, env, account, new AirflowClient(web));
    airflow.deliver(options.rendered);
    const engines = await Promise.all([
      airflow.process("api-server", () => answers(`http://${web}/api/v2/version`)),
      airflow.process("dag-processor"),
      // Else it would show the workers' logs to other machines.
      airflow.process("scheduler --skip-serve-logs"),
    ]);
    airflow.engines.push(...engines);
    await airflow.client.login();
    return airflow;
  }

  async end(): Promise<void> {
    await Promise.all(this.engines.map((each) => each.stop()));
  }

  /** The DAG folder, as the kubelet lays it out: real files in a new folder, to which `..data` is turned at once. */
  deliver(rendered: Rendered): void {
    const folder = this.ground.folder("airflow", "dags", MOUNT);
    const files = dags(this.ground, rendered);
    const real = `..${String(++this.deliveries)}`;
    mkdirSync(join(folder, real));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, real, name), text);
    }
    symlinkSync(real, join(folder, "..next"));
    renameSync(join(folder, "..next"), join(folder, "..data"));
    const links = readdirSync(folder).filter((name) => !name.startsWith(".."));
    for (const name of links.filter((each) => !(each in files))) rmSync(join(folder, name));
    for (const name of Object.keys(files).filter((each) => !links.includes(each))) {
      symlinkSync(join("..data", name), join(folder, name));
    }
  }

  private process(args: string, ready?: () => Promise<boolean>): Promise<Engine> {
    const [name = "", ...more] = args.split(" ");
    return Engine.start(this.ground.run, {
      name: `airflow-${name}`,
      command: [...asPod(this.account), ...program(this.ground), name, ...more],
      env: this.env,
      cwd: this.home,
      ...(ready === undefined ? {} : { ready }),
    });
  }
}

const python = ({ tools }: Ground) => `${tools.airflow}/bin/python`;
const program = (ground: Ground) => [python(ground), "-m", "airflow"];

/** In a namespace of mounts, where the token is in its place and nowhere else. */
function asPod(account: string): string[] {
  const mayMount = process.getuid?.() === 0 || process.env.LAKEHOUSE_ISOLATED === "yes";
  return ["unshare", ...(mayMount ? [] : ["--map-root-user"]), "--mount", "sh", "-c", POD, account];
}

/** Why Airflow cannot have a pod's files here; undefined when it can. */
export async function cannotMount(): Promise<string | undefined> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-mount-"));
    writeFileSync(join(folder, "token"), "");
    await command([...asPod(folder), "true"]).finally(() => {
      rmSync(folder, { recursive: true });
    });
    return undefined;
  } catch (error) {
    return `no namespace of mounts (unshare) for a pod's token: ${(error as Error).message}`;
  }
}

/** A few lines of Python that may use Airflow's hooks, with the connections of the stack. */
export function hooked(ground: Ground, rendered: Rendered, code: string): Promise<string> {
  const home = ground.folder("airflow");
  return command([python(ground), "-c", code], {
    env: { AIRFLOW_HOME: home, ...connections(ground, rendered) },
    cwd: home,
  });
}

/** A connection that the owner of an Airflow may add. */
const ALERTMANAGER = "AIRFLOW_CONN_LAKEHOUSE_ALERTMANAGER";

/** The variables of the rendered Secret. */
function connections({ changes, ports }: Ground, rendered: Rendered): Record<string, string> {
  const given = rendered.object("Secret", "lakehouse-connections").stringData as Readonly<Record<string, string>>;
  const key = "AIRFLOW_CONN_LAKEHOUSE_TRINO";
  let trino = given[key] ?? "";
  trino = changes.set(`airflow/${key}`, trino, json, "host", '"127.0.0.1"');
  trino = changes.set(`airflow/${key}`, trino, json, "port", String(ports.trino));
  return { ...given, [key]: trino };
}

const RETRY = /(?<="retry_delay": )timedelta\(minutes=(\d+)\)/;

/** The files of the ConfigMap; a try comes sooner after the one before. */
function dags({ changes }: Ground, rendered: Rendered): Record<string, string> {
  const files = rendered.configMap("lakehouse-dags");
  const dag = files["daily_etl.py"] ?? "";
  const minutes = RETRY.exec(dag)?.[1];
  if (minutes === undefined) throw new Error("daily_etl.py: it says in no known way when a task is tried again");
  const seconds = parseInt(changes.value("airflow/daily_etl.py", "retry_delay", `${minutes}m`, "1s"));
  return { ...files, "daily_etl.py": dag.replace(RETRY, `timedelta(seconds=${seconds})`) };
}
