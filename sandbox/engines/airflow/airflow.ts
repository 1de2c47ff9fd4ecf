import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "../../core/ports";
import type { AirflowCluster } from "./cluster";
import { AirflowClient } from "./client";
import { deliver } from "./config-volume";
import { makeDatabase, settings } from "./settings";
import { json } from "../formats";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import type { Rendered } from "../rendered";

export interface AirflowOptions {
  readonly rendered: Rendered;
  /** Awaited after the metadata database has its tables. */
  readonly cluster: Promise<AirflowCluster>;
  /** Folder of psql. */
  readonly bin: string;
  /** Port of a StatsD server. */
  readonly statsd: number;
  /** Port of Alertmanager. */
  readonly alertmanager: number;
}

/** Shell that mounts a service account's token at the only path where Kubernetes' client library looks for it, then runs a command. */
const POD = `mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && \
cp "$0"/* /run/secrets/kubernetes.io/serviceaccount/ && exec "$@"`;

/** Folder of the stack's DAGs below Airflow's DAG folder, as docs/systems/airflow.md mounts it. */
const MOUNT = "lakehouse";

/**
 * An Airflow that the stack does not install: scheduler with its workers, DAG processor and API server, with metadata in the
 * stage's PostgreSQL. From the stack it gets the two objects that its owner mounts: connections and DAGs.
 */
export class Airflow {
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
      // The log server would listen on all interfaces.
      airflow.process("scheduler --skip-serve-logs"),
    ]);
    airflow.engines.push(...engines);
    await airflow.client.login();
    return airflow;
  }

  async end(): Promise<void> {
    await Promise.all(this.engines.map((each) => each.stop()));
  }

  /** Writes the DAG folder as the kubelet does. */
  deliver(rendered: Rendered): void {
    deliver(this.ground.folder("airflow", "dags", MOUNT), dags(this.ground, rendered));
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

/** Command prefix for a mount namespace with the token at its path. */
function asPod(account: string): string[] {
  const mayMount = process.getuid?.() === 0 || process.env.LAKEHOUSE_ISOLATED === "yes";
  return ["unshare", ...(mayMount ? [] : ["--map-root-user"]), "--mount", "sh", "-c", POD, account];
}

/** Reason why Airflow cannot have a pod's token here; undefined when it can. */
export async function cannotMount(): Promise<string | undefined> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-mount-"));
    writeFileSync(join(folder, "token"), "");
    await command([...asPod(folder), "true"]).finally(() => {
      rmSync(folder, { recursive: true });
    });
    return undefined;
  } catch (error) {
    return `no mount namespace (unshare) for a pod's token: ${(error as Error).message}`;
  }
}

/** Runs Python code that can use Airflow's hooks and the stack's connections. Returns its output. */
export function hooked(ground: Ground, rendered: Rendered, code: string): Promise<string> {
  const home = ground.folder("airflow");
  return command([python(ground), "-c", code], {
    env: { AIRFLOW_HOME: home, ...connections(ground, rendered) },
    cwd: home,
  });
}

/** Optional connection, which the owner of an Airflow adds by hand. */
const ALERTMANAGER = "AIRFLOW_CONN_LAKEHOUSE_ALERTMANAGER";

/** Variables of the rendered Secret, with Trino's address on this machine. */
function connections({ changes, ports }: Ground, rendered: Rendered): Record<string, string> {
  const given = rendered.object("Secret", "lakehouse-connections").stringData as Readonly<Record<string, string>>;
  const key = "AIRFLOW_CONN_LAKEHOUSE_TRINO";
  let trino = given[key] ?? "";
  trino = changes.set(`airflow/${key}`, trino, json, "host", '"127.0.0.1"');
  trino = changes.set(`airflow/${key}`, trino, json, "port", String(ports.trino));
  return { ...given, [key]: trino };
}

const RETRY = /(?<="retry_delay": )timedelta\(minutes=(\d+)\)/;

/** Files of the ConfigMap, with a shorter delay between the tries of a task. */
function dags({ changes }: Ground, rendered: Rendered): Record<string, string> {
  const files = rendered.configMap("lakehouse-dags");
  const dag = files["daily_etl.py"] ?? "";
  const minutes = RETRY.exec(dag)?.[1];
  if (minutes === undefined) throw new Error("daily_etl.py has no retry_delay of the form timedelta(minutes=…)");
  const seconds = parseInt(changes.value("airflow/daily_etl.py", "retry_delay", `${minutes}m`, "1s"));
  return { ...files, "daily_etl.py": dag.replace(RETRY, `timedelta(seconds=${seconds})`) };
}
