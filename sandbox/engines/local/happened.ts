import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "happened.jsonl";
/** Most lines that are kept from one start to the next. */
const KEPT = 500;

/** A file that has arrived, and was put aside where it is not what was declared. */
export interface Arrival {
  readonly file: string;
  readonly what: "landed" | "quarantined";
  /** Where it is, or why it was put aside. */
  readonly why: string;
}

/** An event of an engine: its end or its restart; or of a file that has arrived. */
export interface Happened {
  /** ISO 8601. */
  readonly at: string;
  readonly engine: string;
  readonly what: "ended" | "started again" | Arrival["what"];
  readonly why?: string;
}

export function record(folder: string, happened: Omit<Happened, "at">): void {
  const line: Happened = { at: new Date().toISOString(), ...happened };
  appendFileSync(join(folder, FILE), `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/** @param since milliseconds since 1970 */
export function happenedSince(folder: string, since = 0): Happened[] {
  const file = join(folder, FILE);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Happened];
      } catch {
        // A line that a crash of the machine has truncated.
        return [];
      }
    })
    .filter(({ at }) => Date.parse(at) >= since);
}

export function forgetOld(folder: string): void {
  const all = happenedSince(folder);
  if (all.length <= KEPT) return;
  const lines = all.slice(-KEPT).map((each) => `${JSON.stringify(each)}\n`);
  writeFileSync(join(folder, FILE), lines.join(""), { mode: 0o600 });
}

/** Patterns in the logs of ended engines, and their meaning. */
const REASONS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/java\.lang\.OutOfMemoryError/, "out of memory: start it with a larger --memory"],
  [/No space left on device/i, "the disk is full"],
  [/address already in use|Failed to bind/i, "its port is somebody else's: 'lakehouse local stop', then 'start'"],
  [/Too many open files/i, "too many open files: raise `ulimit -n`"],
];

/**
 * Why an engine has ended.
 * @param exit its exit code or the signal that ended it; undefined where it is unknown
 * @param log the end of its log
 */
export function reasonOf(exit: number | NodeJS.Signals | undefined, log: string): string {
  const known = REASONS.find(([pattern]) => pattern.test(log))?.[1];
  if (known !== undefined) return known;
  if (exit === "SIGKILL") return "killed (SIGKILL): by somebody, or by the system when memory ran out";
  const how = exit === undefined ? "ended" : typeof exit === "number" ? `exit code ${exit}` : exit;
  const last = log.trim().split("\n").at(-1)?.trim() ?? "";
  return last === "" ? how : `${how}: ${last.slice(0, 200)}`;
}

/** Description of an engine's newest event; undefined without one. */
export function storyOf(engine: string, events: readonly Happened[]): string | undefined {
  const own = events.filter((each) => each.engine === engine);
  const ends = own.filter(({ what }) => what === "ended");
  const last = ends.at(-1);
  if (last === undefined) return undefined;
  const times = ends.length === 1 ? "" : `, ${ends.length} times in all`;
  const state = own.at(-1)?.what === "started again" ? "started again" : "ended";
  return `${state} after ${last.at.slice(11, 19)} UTC${times}: ${last.why ?? "ended"}`;
}

/** Files of the drop that were put aside, the newest last. */
export const quarantined = (events: readonly Happened[]): string[] =>
  events
    .filter(({ what }) => what === "quarantined")
    .map(({ at, engine, why = "" }) => `${engine} is in quarantine since ${at.slice(11, 19)} UTC: ${why}`);
