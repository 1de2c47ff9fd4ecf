import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE, until } from "../../core/until";

interface Task {
  readonly task_id: string;
  readonly state: string | null;
  readonly try_number: number;
}

export interface DagRun {
  readonly dag_run_id: string;
  readonly state: string;
  readonly run_type: string;
  readonly data_interval_start: string;
}

/** Client of Airflow's REST API. */
export class AirflowClient {
  private token = "";

  constructor(
    private readonly address: string,
    private readonly dag = "daily_etl",
  ) {}

  /** The same person's client of another DAG. */
  of(dag: string): AirflowClient {
    const other = new AirflowClient(this.address, dag);
    other.token = this.token;
    return other;
  }

  /** @param person who signs in by a password. @default everybody, where Airflow's simple auth manager says so */
  async login(person?: { readonly username: string; readonly password: string }): Promise<void> {
    const { access_token: token } = await this.call<{ readonly access_token: string }>(
      person === undefined ? "GET" : "POST",
      "/auth/token",
      person,
    );
    this.token = token;
  }

  /** Starts a run by hand. @returns its name */
  async trigger(): Promise<string> {
    const { dag_run_id: run } = await this.call<DagRun>("POST", `/api/v2/dags/${this.dag}/dagRuns`, {
      logical_date: null,
    });
    return run;
  }

  importErrors(): Promise<{ readonly import_errors: readonly { readonly stack_trace: string }[] }> {
    return this.call("GET", "/api/v2/importErrors");
  }

  /** Names of all DAGs. */
  async dags(): Promise<string[]> {
    const { dags } = await this.call<{ readonly dags: readonly { readonly dag_id: string }[] }>("GET", "/api/v2/dags");
    return dags.map(({ dag_id: name }) => name);
  }

  details(): Promise<Readonly<Record<string, unknown>>> {
    return this.call("GET", `/api/v2/dags/${this.dag}/details`);
  }

  async tasks(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.call<{ readonly tasks: Record<string, unknown>[] }>("GET", `/api/v2/dags/${this.dag}/tasks`))
      .tasks;
  }

  async unpause(): Promise<void> {
    await this.call("PATCH", `/api/v2/dags/${this.dag}`, { is_paused: false });
  }

  /** All runs, the oldest first. */
  async runs(): Promise<readonly DagRun[]> {
    const path = `/api/v2/dags/${this.dag}/dagRuns?order_by=id`;
    return (await this.call<{ readonly dag_runs: readonly DagRun[] }>("GET", path)).dag_runs;
  }

  /** State of each task of a run, by its name. */
  async states(run: string): Promise<Record<string, string | null>> {
    return Object.fromEntries((await this.instances(run)).map(({ task_id: name, state }) => [name, state]));
  }

  /** Number of tries of a task in a run. */
  async tries(run: string, task: string): Promise<number> {
    return (await this.instances(run)).find(({ task_id: name }) => name === task)?.try_number ?? 0;
  }

  private async instances(run: string): Promise<readonly Task[]> {
    const path = `/api/v2/dags/${this.dag}/dagRuns/${encodeURIComponent(run)}/taskInstances`;
    return (await this.call<{ readonly task_instances: readonly Task[] }>("GET", path)).task_instances;
  }

  /** Clears tasks of a run, so that they run again. */
  async clear(run: string, ...tasks: string[]): Promise<void> {
    await this.call("POST", `/api/v2/dags/${this.dag}/clearTaskInstances`, {
      dry_run: false,
      dag_run_id: run,
      task_ids: tasks,
      only_failed: false,
      reset_dag_runs: true,
    });
  }

  /** Log of one try of a task, with the driver's log. */
  async log(run: string, task: string, attempt: number): Promise<string> {
    const instance = `/api/v2/dags/${this.dag}/dagRuns/${encodeURIComponent(run)}/taskInstances/${task}`;
    return JSON.stringify(await this.call("GET", `${instance}/logs/${attempt}?full_content=true`));
  }

  /** Waits until a run has ended, and returns its state. */
  async ended(run: string): Promise<string> {
    const state = async () => (await this.runs()).find(({ dag_run_id: id }) => id === run)?.state ?? "";
    const over = async () => {
      // Answering costs Airflow more CPU than the tasks do.
      await sleep(500);
      return ["success", "failed"].includes(await state());
    };
    await until("the run has ended", over, {
      within: 2 * PATIENCE,
      explain: async () => JSON.stringify(await this.states(run)),
    });
    return state();
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`http://${this.address}${path}`, {
      method,
      headers: { "Content-Type": "application/json", "Authorization": `Bearer ${this.token}` },
      signal: AbortSignal.timeout(PATIENCE),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
}
