import { join } from "node:path";

import { enginesOf } from "../../sandbox/engines/local/base";
import type { LocalHome } from "../../sandbox/engines/local/home";
import { Refused } from "../../sandbox/engines/local/refused";

/** Turns a failed engine or download into `Failed`: one line with the reason and the log file. */
export async function withReason<T>(home: LocalHome, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Refused) throw error;
    throw new Failed(home, error);
  }
}

/** A failure with valid input: exit code 1. */
export class Failed extends Error {
  constructor(home: LocalHome, error: Error) {
    const [first = "", ...more] = error.message.split("\n").filter((line) => line.trim() !== "");
    const reason = first.endsWith(":") && more.length > 0 ? `${first} ${(more.at(-1) ?? "").trim()}` : first;
    const engine = [...Object.keys(enginesOf(home)), "spark", "supervisor"].find((name) => first.startsWith(name));
    super(`${reason.slice(0, 400)}${engine === undefined ? "" : `; its log: ${join(home.folder, `${engine}.log`)}`}`);
  }
}
