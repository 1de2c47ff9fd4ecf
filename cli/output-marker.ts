import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { InputError } from "./input-error";

/** Stands in each folder that this command writes: only what it names may be replaced or removed. */
export const MARKER_FILE = ".lakehouse.json";

/** What a folder holds: the last good plan, one that was refused, or what a run had not finished. */
export type Role = "output" | "refused" | "unfinished";

export interface Marker {
  readonly lakehouse: Role;
  readonly stack: string;
  /** Paths with `/`, sorted; of an unfinished run none, as all in its folder is its own. */
  readonly files: readonly string[];
  /** The process that has not finished. */
  readonly process?: { readonly host: string; readonly pid: number };
}

export function markerText(marker: Marker): string {
  return `${JSON.stringify(marker, null, 2)}\n`;
}

/** @returns undefined where there is none that can be read */
export function readMarker(folder: string): Marker | undefined {
  const marker = json(join(folder, MARKER_FILE)) as Partial<Marker> | null | undefined;
  return typeof marker?.lakehouse === "string" && Array.isArray(marker.files) ? (marker as Marker) : undefined;
}

/**
 * Lets a folder be replaced that is absent, empty, or holds nothing but what this command wrote into it for this stack.
 * @throws InputError for every other one
 */
export function checkReplaceable(folder: string, stack: string, role: Role): void {
  const reason = steady(folder, () => foreign(folder, stack, role));
  if (reason !== undefined) throw new InputError([`${folder}: ${reason}; nothing was written`]);
}

/** Another run may exchange a folder while it is looked at. */
const LOOKS = 50;

/** Looks at a folder again until it is the same one after as before. */
export function steady<T>(folder: string, look: () => T): T {
  const identity = () => lstatSync(folder, { throwIfNoEntry: false })?.ino;
  for (let times = 1; ; times++) {
    const before = identity();
    try {
      const found = look();
      if (identity() === before || times === LOOKS) return found;
    } catch (error) {
      if (identity() === before || times === LOOKS) throw error;
    }
  }
}

/** Why a folder may not be replaced; undefined where it may. */
function foreign(folder: string, stack: string, role: Role): string | undefined {
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
    return `the ${marker.lakehouse} plan of stack ${JSON.stringify(marker.stack)}; ${allowed}`;
  const ours = new Set([MARKER_FILE, ...marker.files]);
  const [first, ...more] = files.filter((file) => !ours.has(file));
  if (first === undefined) return undefined;
  const others = more.length === 0 ? "" : ` and ${String(more.length)} more`;
  return `lakehouse did not write ${first}${others} in it, and would remove it; move it to another folder`;
}

/** All that is no folder, links unfollowed, by path with `/`. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}

const FORMER =
  /^(plan\.json|acknowledged\.json|(manifests|resources)\/[^/]+\/[a-z0-9]+-[^/]+\.yaml|releases\/[^/]+\/[^/]+\.yaml)$/;

/** Output of the version before markers: its plan stands for it, and it holds the base that later losses are judged by. */
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
