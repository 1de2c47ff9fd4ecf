import { readFileSync } from "node:fs";
import { get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

import { type ProcessSpec, type Run, type Running, tail } from "../core/run";
import { until } from "../core/until";

export type EngineSpec = Omit<ProcessSpec, "command"> & { readonly command: readonly string[] };

export interface Pod {
  /** Restart policy of the container; a Spark driver is not restarted. @default "Always", as of a Deployment */
  readonly restartPolicy?: "Always" | "Never";
  /** Gives the next pod new addresses, except those that clients reach through a Service. @default addresses stay */
  readonly readdress?: () => Promise<void>;
}

/** Crash loop back-off in milliseconds, as of a kubelet with ReduceDefaultCrashLoopBackOffDecay; the first restart is immediate. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
/** Milliseconds of running after which the back-off is reset, as of the kubelet. */
const STEADY = 600_000;

export const crashLoopWait = (failures: number): number =>
  failures === 0 ? 0 : Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);

/**
 * A running engine, with the work of kubelet and controller: a container that ends is restarted in its pod, and a killed pod is
 * replaced when a test asks for it.
 */
export class Engine {
  /** Number of restarts of the container. */
  restarts = 0;
  /** Number of the current pod: work that waits for an earlier one is dropped. */
  private wanted = 0;

  private constructor(
    private readonly run: Run,
    private readonly spec: () => EngineSpec | Promise<EngineSpec>,
    private readonly pod: Pod,
    private readonly signal: NodeJS.Signals,
    private running: Running,
  ) {}

  /**
   * Starts it and waits until it is ready. An end before that is an error: at a first start its files are the reason.
   * @param spec a function is called before each start, and sees the pod's current addresses and data
   */
  static async start(run: Run, spec: EngineSpec | (() => EngineSpec | Promise<EngineSpec>), pod: Pod = {}) {
    const make = typeof spec === "function" ? spec : () => spec;
    const first = await make();
    const engine = new Engine(run, make, pod, first.signal ?? "SIGTERM", await run.process(processOf(first)));
    void engine.keep();
    return engine;
  }

  get log(): string {
    return this.running.log;
  }

  /** Process ID of the container. */
  get pid(): number {
    return this.running.pid;
  }

  /** The container's exit code, or the signal that ended it, once it has ended. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.running.exited;
  }

  /** Ends the pod at once, as a lost node would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.end(this.signal);
  }

  /** Starts a new pod in place of the ended one and waits until it is ready; its container may restart meanwhile. */
  async restart(): Promise<void> {
    await this.pod.readdress?.();
    const { ready, readyWithin, name } = await this.begin();
    void this.keep();
    if (ready === undefined) return;
    const within = readyWithin === undefined ? {} : { within: readyWithin };
    const explain = () => Promise.resolve(tail(this.log));
    await until(`${name} is ready again`, () => ready().catch(() => false), { ...within, explain });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.wanted++;
    try {
      this.running.kill(signal);
    } catch {
      // It has ended by itself.
    }
    await this.running.exited;
  }

  /** Starts the container without waiting. */
  private async begin(): Promise<ProcessSpec> {
    const pod = this.wanted;
    const made = processOf(await this.spec());
    if (pod !== this.wanted) throw new Error(`${made.name}: its pod was ended meanwhile`);
    this.running = await this.run.process({ ...made, ready: () => Promise.resolve(true) });
    return made;
  }

  /** Restarts the container whenever it ends, as long as its pod is the current one. */
  private async keep(): Promise<void> {
    if (this.pod.restartPolicy === "Never") return;
    const pod = ++this.wanted;
    const isOver = () => this.wanted !== pod || this.run.isOver;
    for (let failures = 0; ; failures++) {
      const started = Date.now();
      await this.running.exited;
      if (Date.now() - started > STEADY) failures = 0;
      await sleep(crashLoopWait(failures), undefined, { ref: false });
      if (isOver()) return;
      this.restarts++;
      // A start that fails, because a dependency is down, is retried.
      await this.begin().catch(() => undefined);
    }
  }
}

function processOf({ command: [program = "", ...args], ...spec }: EngineSpec): ProcessSpec {
  return { ...spec, command: [program, ...args] };
}

/** Whether a URL answers with success; for `ready`. By TLS the server is verified as other programs do, by the variable SSL_CERT_FILE. */
export async function answers(url: string): Promise<boolean> {
  if (url.startsWith("http:")) return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  const ca = readFileSync(process.env.SSL_CERT_FILE ?? "", "utf8");
  return new Promise((resolve, reject) => {
    get(url, { ca, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve((answer.statusCode ?? 500) < 300);
    }).on("error", reject);
  });
}
