import { setTimeout as sleep } from "node:timers/promises";

import { type ProcessSpec, type Run, type Running, tail } from "../core/run";
import { until } from "../core/until";

export type EngineSpec = Omit<ProcessSpec, "command"> & { readonly command: readonly string[] };

export interface Pod {
  /** Whether a container that ends is started again; a driver of Spark is not. @default "Always", as of a Deployment */
  readonly restartPolicy?: "Always" | "Never";
  /** Gives the next pod addresses of its own. What clients reach by a Service stays where it is. @default nothing moves */
  readonly readdress?: () => Promise<void>;
}

/** Milliseconds: as the kubelet waits with ReduceDefaultCrashLoopBackOffDecay, and at once the first time. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
/** A container that ran for so long counts as one that never failed, as for the kubelet. */
const STEADY = 600_000;

export const crashLoopWait = (failures: number): number =>
  failures === 0 ? 0 : Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);

/**
 * An engine that runs, with what a kubelet and a controller do for its pod: a container that ends is started again where it
 * is, and a pod that was killed comes back elsewhere, when a test wants it back.
 */
export class Engine {
  /** Containers that were started again because one has ended. */
  restarts = 0;
  /** The number of the pod that is wanted: what still waits for an earlier one has nothing to do any more. */
  private wanted = 0;

  private constructor(
    private readonly run: Run,
    private readonly spec: () => EngineSpec | Promise<EngineSpec>,
    private readonly pod: Pod,
    private readonly signal: NodeJS.Signals,
    private running: Running,
  ) {}

  /**
   * Waits until it is ready. One that ends before is an error: of a first start the reason is in its files.
   * @param spec a function is asked before each start: it sees where the pod is now, and what has become of its data
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

  /** Of the container's first process. */
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

  /** Another pod in the place of the one that was ended; it is ready, however often its container had to be started. */
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

  /** Starts the container, and waits for nothing. */
  private async begin(): Promise<ProcessSpec> {
    const pod = this.wanted;
    const made = processOf(await this.spec());
    if (pod !== this.wanted) throw new Error(`${made.name}: its pod was ended meanwhile`);
    this.running = await this.run.process({ ...made, ready: () => Promise.resolve(true) });
    return made;
  }

  /** Starts the container again whenever it ends, as long as its pod is wanted. */
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
      // What cannot be started now, because its files ask something that is away, is tried again.
      await this.begin().catch(() => undefined);
    }
  }
}

function processOf({ command: [program = "", ...args], ...spec }: EngineSpec): ProcessSpec {
  return { ...spec, command: [program, ...args] };
}

/** Whether a URL answers with success; for `ready`. */
export async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
}
