import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

import { checkReplaceable, MARKER_FILE, markerText, readMarker, type Role } from "./output-marker";

/** Most attempts to put a folder in place, because another plan of the same stack may do it at the same time. */
const ATTEMPTS = 20;

/** Name of the work folder in which a run prepares the new content: `<folder>.<pid>-<random>`. A killed run leaves it. */
const workName = (folder: string) => new RegExp(`^${basename(folder).replace(/[.]/g, "\\.")}\\.(\\d+)-[A-Za-z0-9]{6}$`);

/**
 * Replaces a folder with new files as a whole: they are written beside it, then two renames exchange the folders. A killed run
 * leaves the old folder in place, or in a work folder from which `clearLeftovers` restores it.
 * @param more.remove another folder to remove after the exchange
 * @param more.modes permissions of files and folders by path, which others cannot read before they have them
 */
export function swapIn(
  folder: string,
  of: { readonly stack: string; readonly role: Role },
  files: ReadonlyMap<string, string>,
  { remove, modes = new Map() }: { readonly remove?: string; readonly modes?: ReadonlyMap<string, number> } = {},
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
    for (const [path, mode] of modes) chmodSync(join(fresh, path), mode);
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

/** Moves a folder if it exists. Another run may have moved it already. */
function moveAway(folder: string, to: string): void {
  try {
    renameSync(folder, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Restores the old folder from the work folder if nothing has taken its place. */
function putBack(folder: string, work: string): void {
  const last = readdirSync(work)
    .filter((name) => /^old-\d+$/.test(name))
    .sort((one, other) => Number(other.slice(4)) - Number(one.slice(4)))[0];
  if (last !== undefined && !existsSync(folder)) renameSync(join(work, last), folder);
}

/** Removes a work folder, its marker last, so that the rest is still recognised if the run is killed here. */
function removeWork(work: string): void {
  for (const name of readdirSync(work)) if (name !== MARKER_FILE) rmSync(join(work, name), { recursive: true });
  rmSync(work, { recursive: true, force: true });
}

/** Cleans up the work folders of killed runs of a stack. Those of processes that are alive, or on another host, stay. */
export function clearLeftovers(folder: string, stack: string): void {
  const parent = dirname(folder);
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(parent)) {
    const pid = workName(folder).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      clear(folder, join(parent, name), stack);
    } catch {
      // Another run cleans it up too, or the folder is not writable, which the next write reports.
    }
  }
}

function clear(folder: string, work: string, stack: string): void {
  const marker = readMarker(work);
  if (marker === undefined) removeUnmarked(work);
  if (marker?.lakehouse !== "unfinished" || marker.stack !== stack || marker.process?.host !== hostname()) return;
  putBack(folder, work);
  removeWork(work);
}

/** Removes a work folder of a run that was killed before it wrote its marker. Other content means that it is not lakehouse's. */
function removeUnmarked(work: string): void {
  if (readdirSync(work).every((name) => name === MARKER_FILE)) rmSync(work, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
