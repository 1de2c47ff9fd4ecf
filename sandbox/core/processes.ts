import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const REGISTER = "processes";

export interface Registered {
  readonly pid: number;
  /** How it is asked to end. */
  readonly signal: NodeJS.Signals;
  readonly name: string;
  /** When it was started, in the system's own words: a number may go to another process later. */
  readonly started: string;
}

/**
 * A process enters the register itself, before it becomes the program: so none is ever missing from it, even when whoever
 * starts it is killed at that moment.
 */
export function registering(
  folder: string,
  name: string,
  signal: NodeJS.Signals,
  command: readonly string[],
): string[] {
  const started = `$(cut -d " " -f 22 /proc/$$/stat 2>/dev/null || ps -o lstart= -p $$)`;
  return [
    "sh",
    "-c",
    `echo "$$|${signal}|${name}|${started}" >> "$0" && exec "$@"`,
    join(folder, REGISTER),
    ...command,
  ];
}

/** Processes of the run that are alive, in the order in which they were started. */
export const running = (folder: string): Registered[] => registered(folder).filter(alive);

function registered(folder: string): Registered[] {
  const register = join(folder, REGISTER);
  if (!existsSync(register)) return [];
  return readFileSync(register, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [pid, signal, name = "", started = ""] = line.split("|");
      return { pid: Number(pid), signal: signal as NodeJS.Signals, name, started: started.trim() };
    });
}

const alive = ({ pid, started }: Registered): boolean => startOf(pid) === started;

/** When a process was started, in the system's own words; undefined when there is none with that number, or it has ended. */
export function startOf(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) return ps(pid, "lstart=");
  try {
    const [state, ...fields] = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    // A zombie has ended: nobody has asked for its exit code yet. Field 22 of proc(5), of which the first two are cut off.
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** Program and arguments of a process; undefined when there is none with that number, or it has ended. */
export function commandLineOf(pid: number): string | undefined {
  if (startOf(pid) === undefined) return undefined;
  if (!existsSync("/proc/self/cmdline")) return ps(pid, "args=");
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")
      .replaceAll("\0", " ")
      .trim();
  } catch {
    return undefined;
  }
}

function ps(pid: number, what: string): string | undefined {
  try {
    return execFileSync("ps", ["-o", what, "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Ends all processes of a run, the youngest first, each with what it started.
 * @param within milliseconds after which what has not ended is killed
 * @param but names of those that run on
 */
export async function stopAll(folder: string, within = 10_000, but: readonly string[] = []): Promise<void> {
  for (const process of registered(folder).reverse()) {
    if (but.includes(process.name)) continue;
    const mine = alive(process);
    // Its number is another's now, and so is the group.
    if (!mine && send(process.pid, 0)) continue;
    if (mine) send(process.pid, process.signal);
    const patience = Date.now() + within;
    while (alive(process) && Date.now() < patience) await sleep(20);
    // And what it has left behind: a group keeps its number as long as one of it lives.
    send(-process.pid, "SIGKILL");
    while (alive(process)) await sleep(20);
  }
}

/** False when there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
