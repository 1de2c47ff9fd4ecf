import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Run } from "../../core/run";
import { until } from "../../core/until";
import { Changes } from "../changes";
import { contained } from "../contained";
import type { Container, Rendered } from "../rendered";

/** Nodes of OpenSearch and of Elasticsearch, whose HTTP API and ways of a process are the same. */

export const NUMBERS = [0, 1, 2] as const;
export const PORT = "9200";
/** Without this setting a machine whose disk is 85 % full gets no copies of shards. */
export const DISK_THRESHOLD = "cluster.routing.allocation.disk.threshold_enabled";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

type Login = readonly [user: string, password: string];

/** Nodes as processes of a run, each with an address of its own, and the requests to them. */
export abstract class SearchNodes {
  protected readonly running = new Map<number, ChildProcess>();
  protected readonly changes = new Changes();

  /** @param rendered what is started next; a test may put another one there */
  protected constructor(
    protected readonly run: Run,
    public rendered: Rendered,
  ) {}

  /** Starts a node without waiting. @param certificates folder of its certificates */
  abstract begin(number: number, certificates?: string): void;
  protected abstract address(number: number): string;
  protected abstract isReady(number: number): Promise<boolean>;

  at(...parts: string[]): string {
    return join(this.run.folder, ...parts);
  }

  log(number: number): string {
    const file = this.logFile(number);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  pid(number: number): number | undefined {
    return this.running.get(number)?.pid;
  }

  async start(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.begin(number);
    await Promise.all(numbers.map((number) => this.started(number)));
  }

  async started(number: number): Promise<void> {
    const explain = () => Promise.resolve(this.log(number).slice(-6000));
    await until(`node ${String(number)} is ready`, () => this.ready(number), { explain });
  }

  /** @throws Error if the node has ended */
  async ready(number: number): Promise<boolean> {
    if (this.running.get(number)?.exitCode !== null)
      throw new Error(`node ${String(number)} has ended: ${this.log(number).slice(-6000)}`);
    return this.isReady(number);
  }

  async stop(number: number, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.running.get(number);
    this.running.delete(number);
    if (child?.exitCode !== null) return;
    const over = closed(child);
    child.kill(signal);
    await over;
  }

  login(secret: string): Login {
    return [this.rendered.secret(secret, "username"), this.rendered.secret(secret, "password")];
  }

  /** Sends a request to a node, as the user in a Secret of the stack. */
  requestAs(secret: string, method: string, path: string, body?: unknown, number = 0): Promise<Answer> {
    return this.request(this.login(secret), method, path, body, number);
  }

  async request(login: Login | undefined, method: string, path: string, body?: unknown, number = 0): Promise<Answer> {
    const authorization: Record<string, string> =
      login === undefined ? {} : { authorization: `Basic ${btoa(login.join(":"))}` };
    const answer = await fetch(`http://${this.address(number)}:${PORT}${path}`, {
      method,
      headers: { "content-type": "application/json", ...authorization },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: answer.status, body: await answer.text() };
  }

  protected logFile(number: number): string {
    return this.at(`node-${String(number)}.log`);
  }

  /** Runs a container to its end. */
  protected async ended(container: Container, mounts: Readonly<Record<string, string>>): Promise<Ended> {
    const child = this.child(container, mounts, this.rendered.env(container));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => (output += text.toString()));
    return { code: await closed(child), output };
  }

  protected child(
    container: Container,
    mounts: Readonly<Record<string, string>>,
    env: Record<string, string>,
    log?: number,
  ): ChildProcess {
    const line = contained(container, { mounts, hosts: this.at("hosts"), user: 1000 });
    return this.run.child(container.name, line, { PATH: process.env.PATH ?? "", ...env }, log);
  }
}

/** Exit code of a process, when all its output has come. */
export const closed = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) =>
    child.once("close", (code) => {
      resolve(code);
    }),
  );
