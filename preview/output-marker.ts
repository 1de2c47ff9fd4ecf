import { lstatSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { entriesBelow } from "./entries";
import { InputError } from "../inputs/input-error";

/** File in each output folder. Only files that it lists may be replaced or removed. */
export const MARKER_FILE = ".lakehouse.json";

/** Content of a folder: the last good plan, a refused plan, files for another tool, or the files of an unfinished run. */
export type Role = "output" | "refused" | "unfinished" | ForTool;
/** Files for another tool. */
export type ForTool = `${string} files`;

export interface Marker {
  readonly lakehouse: Role;
  readonly stack: string;
  /** Paths with `/`, sorted. Empty for an unfinished run, which owns every file in its folder. */
  readonly files: readonly string[];
  /** The process of an unfinished run. */
  readonly process?: { readonly host: string; readonly pid: number };
}

export function markerText(marker: Marker): string {
  return `${JSON.stringify(marker, null, 2)}\n`;
}

/** @returns undefined if there is no readable marker */
export function readMarker(folder: string): Marker | undefined {
  const marker = json(join(folder, MARKER_FILE)) as Partial<Marker> | null | undefined;
  return typeof marker?.lakehouse === "string" && Array.isArray(marker.files) ? (marker as Marker) : undefined;
}

/**
 * Checks that a folder may be replaced: it is absent, empty, or has only files that this command wrote for this stack.
 * @throws InputError otherwise
 */
export function checkReplaceable(folder: string, stack: string, role: Role): void {
  const reason = readStable(folder, () => refusal(folder, stack, role));
  if (reason !== undefined) throw new InputError([`${folder}: ${reason}; nothing was written`]);
}

/** Most attempts to read a folder that other runs exchange at the same time. */
const MAX_ATTEMPTS = 50;

/** Repeats a read until the folder is the same (by inode) before and after it. */
export function readStable<T>(folder: string, read: () => T): T {
  const identity = () => lstatSync(folder, { throwIfNoEntry: false })?.ino;
  for (let times = 1; ; times++) {
    const before = identity();
    try {
      const found = read();
      if (identity() === before || times === MAX_ATTEMPTS) return found;
    } catch (error) {
      if (identity() === before || times === MAX_ATTEMPTS) throw error;
    }
  }
}

/** The reason why a folder may not be replaced; undefined if it may. */
function refusal(folder: string, stack: string, role: Role): string | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const allowed = "allowed: a folder that is absent, empty or written by lakehouse";
  if (!found.isDirectory()) return `${found.isSymbolicLink() ? "a link" : "a file"}; ${allowed}`;
  const files = filesIn(folder);
  if (files.length === 0) return undefined;
  const marker = readMarker(folder);
  if (marker === undefined) {
    if (isFormerOutput(folder, stack, files)) return undefined;
    return `lakehouse did not write it (no ${MARKER_FILE} in it); ${allowed}`;
  }
  if (marker.stack !== stack || marker.lakehouse !== role)
    return `the ${contentOf(marker.lakehouse)} of stack ${JSON.stringify(marker.stack)}; ${allowed}`;
  const ours = new Set([MARKER_FILE, ...marker.files]);
  const [first, ...more] = files.filter((file) => !ours.has(file));
  if (first === undefined) return undefined;
  const others = more.length === 0 ? "" : ` and ${String(more.length)} more`;
  return `${first}${others} in it is not from lakehouse and would be removed; move it to another folder`;
}

const contentOf = (role: Role) => (role.endsWith(" files") ? role : `${role} plan`);

/** Paths with `/` of all files and links; links are not followed. */
function filesIn(folder: string): string[] {
  return entriesBelow(folder)
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}

const FORMER =
  /^(plan\.json|acknowledged\.json|(manifests|resources)\/[^/]+\/[a-z0-9]+-[^/]+\.yaml|releases\/[^/]+\/[^/]+\.yaml)$/;

/** Whether a folder without a marker is output of an earlier version. Its plan is kept as the base of comparisons. */
function isFormerOutput(folder: string, stack: string, files: readonly string[]): boolean {
  const plan = json(join(folder, "plan.json")) as { version?: unknown; stack?: unknown } | null | undefined;
  return plan?.version === 1 && plan.stack === stack && files.every((file) => FORMER.test(file));
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}
