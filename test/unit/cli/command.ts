import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { join } from "node:path";

import { until } from "../../../sandbox/core/until";

export const ROOT = join(__dirname, "..", "..", "..");
export const COMMAND = join(ROOT, "bin", "lakehouse.js");

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the real command as a process.
 * @param root of the command's project
 */
export function lakehouse(
  args: readonly string[],
  options: SpawnOptions = {},
  root = ROOT,
): ChildProcess & { ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(root, "bin", "lakehouse.js"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => {
      resolve({ status: code ?? signal, ...text });
    });
  });
  return Object.assign(child, { ended });
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Running child processes of a process. */
export function childrenOf(pid: number): number[] {
  const lines = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).stdout.trim().split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** Waits until a process has ended; the reaper of its parent may take a moment to notice. */
export const gone = (pid: number) => until(`process ${pid} ends`, () => Promise.resolve(!isAlive(pid)));
