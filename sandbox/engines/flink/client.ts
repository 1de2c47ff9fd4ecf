import { PATIENCE, until } from "../../core/until";
import type { Engine } from "../engine";
import type { Ground } from "../ground";

interface Job {
  readonly jid: string;
  readonly state: string;
}

/** A Flink cluster that runs one job. */
export class Flink {
  constructor(
    private readonly ground: Ground,
    readonly jobManager: Engine,
    readonly taskManager: Engine,
  ) {}

  /** Waits until all tasks of the job run, and returns the job's ID. */
  async isRunning(): Promise<string> {
    let jobs: readonly Job[] = [];
    let running: Job | undefined;
    const runs = async () => {
      ({ jobs } = await this.ask<{ jobs: Job[] }>("jobs/overview").catch(() => ({ jobs: [] })));
      running = jobs.find(({ state }) => state === "RUNNING");
      return running !== undefined && (await this.tasksRun(running.jid));
    };
    await until("Flink's job runs", runs, { explain: () => Promise.resolve(JSON.stringify(jobs)) });
    return running?.jid ?? "";
  }

  /**
   * Triggers a checkpoint and waits until it is complete: then the tables have the data that it covers. A failed checkpoint is
   * triggered again, because the JobManager notices a lost TaskManager late.
   */
  async checkpoint(): Promise<void> {
    let failure: unknown;
    const taken = () =>
      this.tryCheckpoint().then(
        () => true,
        (error: unknown) => {
          failure = error;
          return false;
        },
      );
    await until("Flink takes a checkpoint", taken, { explain: () => Promise.resolve(String(failure)) });
  }

  private async tryCheckpoint(): Promise<void> {
    const job = await this.isRunning();
    const { "request-id": id } = await this.ask<{ "request-id": string }>(`jobs/${job}/checkpoints`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ checkpointType: "FULL" }),
    });
    let state = "";
    const completed = async () => {
      const { status, operation } = await this.ask<{
        status: { id: string };
        operation?: { "failure-cause"?: unknown };
      }>(`jobs/${job}/checkpoints/${id}`);
      if (operation?.["failure-cause"] !== undefined) throw new Error(JSON.stringify(operation["failure-cause"]));
      state = status.id;
      return state === "COMPLETED";
    };
    const explain = () => Promise.resolve(`its state is ${state}`);
    await until("the checkpoint is complete", completed, { within: 60_000, every: 200, explain });
  }

  private async tasksRun(job: string): Promise<boolean> {
    const { vertices } = await this.ask<{ vertices: { status: string }[] }>(`jobs/${job}`);
    return vertices.every(({ status }) => status === "RUNNING");
  }

  private async ask<T>(path: string, request: RequestInit = {}): Promise<T> {
    const answer = await fetch(`http://${this.ground.at("flink")}/${path}`, {
      ...request,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`Flink answers ${answer.status} to ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
