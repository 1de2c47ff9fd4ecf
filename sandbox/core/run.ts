import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { PATIENCE } from "./until";
import { isRegistered, type Registered, registering, running, startOf } from "./processes";

const ROOT = join(__dirname, "..", "..");

export interface ProcessSpec {
  /** Name of the process and of its log. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Variables besides this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the run's folder */
  readonly cwd?: string;
  /** Polled until it resolves to true; a rejection counts as false. */
  readonly ready?: () => Promise<boolean>;
  /** Milliseconds within which it must be ready. @default PATIENCE */
  readonly readyWithin?: number;
  /** Signal that asks it to end. @default SIGTERM */
  readonly signal?: NodeJS.Signals;
}

export interface Running {
  readonly pid: number;
  readonly log: string;
  /** Whether it ran already and was adopted. */
  readonly adopted: boolean;
  /** Sends a signal to its process group. */
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** A process of the run that has ended. */
export interface Ended {
  readonly name: string;
  readonly log: string;
  /** Undefined for an adopted process: only the parent of a process gets its exit code. */
  readonly exit?: number | NodeJS.Signals;
}

export interface RunOptions {
  /** @default a new temporary folder that is removed with the run */
  readonly folder?: string;
  /** Whether processes outlive this one, for a later `stopAll(folder)`. @default false */
  readonly leaveRunning?: boolean;
  /** Whether a running process of the folder with the same name is adopted instead of started again. @default false */
  readonly adopt?: boolean;
  /** Called for each process that is started, not for an adopted one. */
  readonly started?: (name: string) => void;
  /** Called for each process that has ended. */
  readonly ended?: (ended: Ended) => void;
}

/** Exit code that stands for the unknown one of an adopted process. */
const NOT_KNOWN = 255;

/** A folder and its processes. All of it is cleaned up, even when this process is killed. */
export class Run {
  /** Whether the run has ended, so that nothing more is started. */
  private over = false;
  private ended: Promise<unknown> | undefined;
  private readonly begun: ChildProcess[] = [];

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

  /** Starts a process, or adopts the one that runs, and waits until it is ready. */
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
    this.begun.push(child);
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

  /**
   * Starts a process with these variables alone, whose output the caller reads and whose end it awaits. Like all processes it ends with
   * the run.
   * @param output a file's descriptor. @default pipes
   */
  child(name: string, line: readonly string[], env: Readonly<Record<string, string>>, output?: number): ChildProcess {
    if (this.over) throw new Error(`${name} is not started: the run has ended`);
    const [command = "", ...args] = registering(this.folder, name, "SIGKILL", line);
    const child = spawn(command, args, { env, stdio: ["ignore", output ?? "pipe", output ?? "pipe"], detached: true });
    this.begun.push(child);
    return child;
  }

  /** Lets the processes outlive this one from now on, as `leaveRunning` does. */
  async leave(): Promise<void> {
    this.over = true;
    const { reaper } = this;
    if (reaper === undefined) return;
    const ended = new Promise((resolve) => reaper.once("exit", resolve));
    reaper.kill("SIGKILL");
    await ended;
  }

  /** Ends all processes and removes the folder, if the run created it. */
  async end(): Promise<void> {
    this.over = true;
    const { reaper } = this;
    if (reaper === undefined) return;
    this.ended ??= new Promise((resolve) => reaper.once("exit", resolve));
    // The reaper ends what is in the register, where a process that was started just now may not be yet.
    for (const child of this.begun) while (this.isEntering(child)) await sleep(5);
    reaper.stdin?.end();
    await this.ended;
  }

  private isEntering({ pid, exitCode, signalCode }: ChildProcess): boolean {
    return pid !== undefined && exitCode === null && signalCode === null && !isRegistered(this.folder, pid);
  }
}

/** The end of a log, for an error's message. */
export function tail(log: string, lines = 20): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

/** Watches a process that is not a child of this one by polling; its exit code cannot be read. */
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
