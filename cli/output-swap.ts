import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

import { checkReplaceable, MARKER_FILE, markerText, readMarker, type Role } from "./output-marker";

/** Two plans of one stack at once may each find the other's output in its place. */
const ATTEMPTS = 20;

/** Where a folder's next contents come from, and what a run leaves when it is killed: `<folder>.<pid>-<random>`. */
const workName = (folder: string) => new RegExp(`^${basename(folder).replace(/[.]/g, "\\.")}\\.(\\d+)-[A-Za-z0-9]{6}$`);

/**
 * Puts files in a folder's place, all or none: they are written beside it, then two renames exchange it. A run that is killed
 * leaves the folder it found, or one that `clearLeftovers` puts back.
 * @param remove another folder that goes with the exchange
 */
export function swapIn(
  folder: string,
  of: { readonly stack: string; readonly role: Role },
  files: ReadonlyMap<string, string>,
  remove?: string,
): void {
  const work = mkdtempSync(`${folder}.${String(process.pid)}-`);
  const fresh = join(work, "new");
  try {
    const owner = { host: hostname(), pid: process.pid };
    const marker = { stack: of.stack, lakehouse: of.role, files: [...files.keys()].sort() };
    const unfinished = { stack: of.stack, lakehouse: "unfinished", files: [], process: owner } as const;
    writeFileSync(join(work, MARKER_FILE), markerText(unfinished));
    const all = new Map([...files, [MARKER_FILE, markerText(marker)]]);
    for (const each of new Set([...all.keys()].map((path) => dirname(join(fresh, path)))))
      mkdirSync(each, { recursive: true });
    for (const [path, text] of all) writeFileSync(join(fresh, path), text);
    exchange(folder, work, () => {
      checkReplaceable(folder, of.stack, of.role);
    });
    if (remove !== undefined) moveAway(remove, join(work, "removed"));
  } catch (error) {
    putBack(folder, work);
    throw error;
  } finally {
    removeWork(work);
  }
}

function exchange(folder: string, work: string, check: () => void): void {
  for (let attempt = 0; ; attempt++) {
    check();
    moveAway(folder, join(work, `old-${String(attempt)}`));
    try {
      renameSync(join(work, "new"), folder);
      return;
    } catch (error) {
      const other = ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
      if (!other || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Where it is; another run may move it in this moment. */
function moveAway(folder: string, to: string): void {
  try {
    renameSync(folder, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** What a run took away goes back where it put nothing in its place. */
function putBack(folder: string, work: string): void {
  const last = readdirSync(work)
    .filter((name) => /^old-\d+$/.test(name))
    .sort((one, other) => Number(other.slice(4)) - Number(one.slice(4)))[0];
  if (last !== undefined && !existsSync(folder)) renameSync(join(work, last), folder);
}

/** The marker goes last, so that what a kill leaves of it can still be told from somebody else's. */
function removeWork(work: string): void {
  for (const name of readdirSync(work)) if (name !== MARKER_FILE) rmSync(join(work, name), { recursive: true });
  rmSync(work, { recursive: true, force: true });
}

/** Ends what killed runs of a stack left beside its folder. A run that may still be at work, here or elsewhere, is left alone. */
export function clearLeftovers(folder: string, stack: string): void {
  const parent = dirname(folder);
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(parent)) {
    const pid = workName(folder).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      clear(folder, join(parent, name), stack);
    } catch {
      // Another run clears it too, or the folder cannot be written to, which its next writing says.
    }
  }
}

function clear(folder: string, work: string, stack: string): void {
  const marker = readMarker(work);
  if (marker === undefined) removeBegun(work);
  if (marker?.lakehouse !== "unfinished" || marker.stack !== stack || marker.process?.host !== hostname()) return;
  putBack(folder, work);
  removeWork(work);
}

/** Killed before its marker was whole: nothing else is in it, or it is somebody else's. */
function removeBegun(work: string): void {
  if (readdirSync(work).every((name) => name === MARKER_FILE)) rmSync(work, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
