import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE } from "./until";
import { type Registered, registering, running, startOf } from "./processes";

const ROOT = join(__dirname, "..", "..");

export interface ProcessSpec {
  /** Names the log too. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** On top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the run's folder */
  readonly cwd?: string;
  /** Asked again and again until it says yes; a rejection is a no. */
  readonly ready?: () => Promise<boolean>;
  /** Milliseconds until not being ready is an error. @default PATIENCE */
  readonly readyWithin?: number;
  /** How it is asked to end. @default SIGTERM */
  readonly signal?: NodeJS.Signals;
}

export interface Running {
  readonly pid: number;
  readonly log: string;
  /** It ran already, and was taken over as it is. */
  readonly adopted: boolean;
  /** Sends a signal to it and all that it started. */
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** An end that was seen, of a process of the run. */
export interface Ended {
  readonly name: string;
  readonly log: string;
  /** Undefined of a process that was taken over: only its parent gets it. */
  readonly exit?: number | NodeJS.Signals;
}

export interface RunOptions {
  /** @default a new temporary folder that goes with the run */
  readonly folder?: string;
  /** Processes live on when this one ends, for a later `stopAll(folder)`. @default false */
  readonly leaveRunning?: boolean;
  /** A process of the folder that runs already under the same name is taken over and not started again. @default false */
  readonly adopt?: boolean;
  /** Told of each process that is started, not of one that is taken over. */
  readonly started?: (name: string) => void;
  /** Told of each process that has ended, whatever ended it. */
  readonly ended?: (ended: Ended) => void;
}

/** The exit code of a process that was taken over. */
const NOT_KNOWN = 255;

/** A folder and the processes that were started for it. Nothing of it stays, even when this process is killed. */
export class Run {
  /** Whether nothing more is started for it. */
  private over = false;
  private ended: Promise<unknown> | undefined;

  private constructor(
    readonly folder: string,
    private readonly reaper: ChildProcess | undefined,
    private readonly options: Pick<RunOptions, "adopt" | "started" | "ended">,
  ) {}

  static start(name: string, options: RunOptions = {}): Run {
    if (options.folder !== undefined) mkdirSync(options.folder, { recursive: true });
    const folder = realpathSync(options.folder ?? mkdtempSync(join(tmpdir(), `lakehouse-${name}-`)));
    if (options.leaveRunning === true) return new Run(folder, undefined, options);
    const keep = options.folder === undefined ? "remove" : "keep";
    // Detached: Ctrl-C in the terminal reaches this process, not the one that cleans up after it.
    const reaper = spawn(
      process.execPath,
      ["-r", join(ROOT, "scripts", "transpile.js"), join(__dirname, "reaper.ts"), folder, keep],
      { stdio: ["pipe", "ignore", "inherit"], detached: true },
    );
    return new Run(folder, reaper, options);
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Starts a process, or takes over the one that runs, and waits until it is ready. */
  async process(spec: ProcessSpec): Promise<Running> {
    if (this.over) throw new Error(`${spec.name} is not started: the run has ended`);
    const there = this.options.adopt === true ? running(this.folder).find(({ name }) => name === spec.name) : undefined;
    const log = join(this.folder, `${spec.name}.log`);
    const { pid, exited } = there === undefined ? this.spawn(spec, log) : adopted(there);
    const state: { ended?: number | NodeJS.Signals } = {};
    void exited.then((ended) => {
      state.ended = ended;
      this.options.ended?.({ name: spec.name, log, ...(there === undefined ? { exit: ended } : {}) });
    });
    const failure = (what: string) => new Error(`${spec.name} ${what}:\n${tail(log)}`);
    const patience = spec.readyWithin ?? PATIENCE;
    const until = Date.now() + patience;
    while (spec.ready !== undefined && !(await spec.ready().catch(() => false))) {
      if (state.ended !== undefined) throw failure(`ended with ${String(state.ended)} before it was ready`);
      if (Date.now() > until) throw failure(`was not ready within ${String(patience / 1000)} s`);
      await sleep(100);
    }
    return {
      pid,
      log,
      adopted: there !== undefined,
      exited,
      kill: (signal) => {
        process.kill(-pid, signal);
      },
    };
  }

  private spawn(
    spec: ProcessSpec,
    log: string,
  ): { readonly pid: number; readonly exited: Promise<number | NodeJS.Signals> } {
    const output = openSync(log, "a");
    const [command, ...args] = registering(this.folder, spec.name, spec.signal ?? "SIGTERM", spec.command);
    const child = spawn(command ?? "sh", args, {
      cwd: spec.cwd ?? this.folder,
      env: { ...process.env, ...spec.env },
      stdio: ["ignore", output, output],
      detached: true,
    });
    closeSync(output);
    const exited = new Promise<number | NodeJS.Signals>((resolve) => {
      child.once("error", () => {
        resolve(127);
      });
      child.once("exit", (code, signal) => {
        resolve(code ?? signal ?? 1);
      });
    });
    child.unref();
    this.options.started?.(spec.name);
    return { pid: child.pid ?? 0, exited };
  }

  /** Lets the processes live on when this one ends, as `leaveRunning` does, once all of them are well. */
  async leave(): Promise<void> {
    this.over = true;
    const { reaper } = this;
    if (reaper === undefined) return;
    const ended = new Promise((resolve) => reaper.once("exit", resolve));
    reaper.kill("SIGKILL");
    await ended;
  }

  /** Ends all processes and removes the folder, if it was made for the run. */
  async end(): Promise<void> {
    this.over = true;
    const { reaper } = this;
    if (reaper === undefined) return;
    this.ended ??= new Promise((resolve) => reaper.once("exit", resolve));
    reaper.stdin?.end();
    await this.ended;
  }
}

/** The end of a log, for an error's message. */
export function tail(log: string, lines = 20): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

/** Of a process that is no child of this one nobody gets the exit code: it is looked at now and then. */
function adopted({ pid, started }: Registered): { readonly pid: number; readonly exited: Promise<number> } {
  const exited = new Promise<number>((resolve) => {
    const look = setInterval(() => {
      if (startOf(pid) === started) return;
      clearInterval(look);
      resolve(NOT_KNOWN);
    }, 500);
    look.unref();
  });
  return { pid, exited };
}
