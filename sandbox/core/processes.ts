import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const REGISTER = "processes";

export interface Registered {
  readonly pid: number;
  /** Signal that asks it to end. */
  readonly signal: NodeJS.Signals;
  readonly name: string;
  /** Start time as the system reports it: another process may get the same number later. */
  readonly started: string;
}

/**
 * Command line that writes the process to the register before it becomes the program, so that none is missing, even when its parent
 * is killed at that moment.
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

/** Whether a process has entered the register, as its command line does first. */
export const isRegistered = (folder: string, pid: number): boolean =>
  registered(folder).some((each) => each.pid === pid);

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

/** Start time of a process as the system reports it; undefined when no process with that number runs. */
export function startOf(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) return ps(pid, "lstart=");
  try {
    const [state, ...fields] = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    // A zombie has ended. The start time is field 22 of proc(5), of which the first two are cut off.
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** Program and arguments of a process; undefined when no process with that number runs. */
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
 * Ends all processes of a run, the youngest first, each with its process group.
 * @param within milliseconds after which remaining processes are killed
 * @param but names of processes that are not ended
 */
export async function stopAll(folder: string, within = 10_000, but: readonly string[] = []): Promise<void> {
  let seen = 0;
  // Read again: a process may have entered the register meanwhile.
  for (let all = registered(folder); all.length > seen; all = registered(folder)) {
    const ending = all.slice(seen).filter(({ name }) => !but.includes(name));
    seen = all.length;
    for (const process of ending.reverse()) await stop(process, within);
  }
}

async function stop(process: Registered, within: number): Promise<void> {
  const mine = alive(process);
  // Another process has its number now, and so the group.
  if (!mine && send(process.pid, 0)) return;
  if (mine) send(process.pid, process.signal);
  const patience = Date.now() + within;
  while (alive(process) && Date.now() < patience) await sleep(20);
  // Kills the rest of its group, which keeps its number while one of its processes lives.
  send(-process.pid, "SIGKILL");
  while (alive(process)) await sleep(20);
}

/** False when the process no longer exists. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
