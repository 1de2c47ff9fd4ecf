import { existsSync, lstatSync, mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import type { Plan } from "../planner/plan";
import type { Acknowledgement } from "./data-loss";
import { entriesBelow } from "./entries";
import { InputError, systemReason } from "../inputs/input-error";
import { checkReplaceable, type ForTool, type Role, readStable } from "./output-marker";
import { clearLeftovers, swapIn } from "./output-swap";
import { EXTERNAL_SECRETS_FOLDER } from "./secrets";

export const PLAN_FILE = "plan.json";
export const ACKNOWLEDGED_FILE = "acknowledged.json";

/** The last good plan, with which the next one is compared. */
export interface Base {
  readonly plan: Plan;
  /** Texts of the YAML files of resources, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * The folder `out/<stack>` with the last good plan, which is replaced as a whole. A refused plan goes to `out/<stack>.refused`
 * for inspection. Files of others are never removed.
 */
export class OutputFolder {
  readonly refused: string;
  private readonly stack: string;

  /**
   * Cleans up after killed runs.
   * @param folder path whose last part is the stack's name
   * @throws InputError if the folder has files of others
   */
  constructor(private readonly folder: string) {
    this.stack = basename(folder);
    this.refused = `${folder}.refused`;
    attempt(folder, () => {
      checkParent(dirname(resolve(folder)));
      for (const each of [folder, this.refused]) clearLeftovers(each, this.stack);
      this.check();
    });
  }

  /** Text of every file with an extension, by path relative to the folder; undefined without output. */
  read(extension: string): Map<string, string> | undefined {
    return readStable(this.folder, () =>
      existsSync(this.folder) ? new Map(texts(this.folder, extension)) : undefined,
    );
  }

  /** Undefined without a readable plan, or if an earlier version wrote a plan with another verdict than ok. */
  base(): Base | undefined {
    const base = readBase(this.folder);
    return base?.plan.verdict === "ok" ? base : undefined;
  }

  /** Losses of data that were accepted before; empty without a readable file. */
  acknowledged(): readonly Acknowledgement[] {
    const list = json(join(this.folder, ACKNOWLEDGED_FILE));
    return Array.isArray(list) ? (list as Acknowledgement[]) : [];
  }

  /** Writes a refused plan beside the folder; the folder stays as it is. */
  refuse(files: ReadonlyMap<string, string>): void {
    this.put(this.refused, "refused", files);
  }

  /** @param files contents by path relative to the folder */
  write(files: ReadonlyMap<string, string>): void {
    this.put(this.folder, "output", files);
  }

  private put(folder: string, role: Role, files: ReadonlyMap<string, string>): void {
    within(folder, () => {
      this.check();
      swapIn(folder, { stack: this.stack, role }, files, role === "output" ? { remove: this.refused } : {});
    });
  }

  private check(): void {
    checkReplaceable(this.folder, this.stack, "output");
    checkReplaceable(this.refused, this.stack, "refused");
  }
}

/** A folder with the files of a stack for another tool, which is replaced as a whole. */
export class ToolFolder {
  /**
   * Cleans up after killed runs.
   * @throws InputError if it cannot be written or has files of others
   */
  constructor(
    private readonly folder: string,
    private readonly of: { readonly stack: string; readonly role: ForTool },
  ) {
    attempt(folder, () => {
      checkParent(dirname(folder), "--output");
      clearLeftovers(folder, of.stack);
      checkReplaceable(folder, of.stack, of.role);
    });
  }

  /** The text of a file that was written before; undefined without one. */
  read(path: string): string | undefined {
    let text: string | undefined;
    attempt(this.folder, () => {
      const file = join(this.folder, path);
      if (existsSync(file)) text = readFileSync(file, "utf8");
    });
    return text;
  }

  /**
   * @param files contents by path relative to the folder
   * @param modes permissions of files and folders by path. @default the usual ones
   */
  write(files: ReadonlyMap<string, string>, modes: ReadonlyMap<string, number> = new Map()): void {
    within(this.folder, () => {
      swapIn(this.folder, this.of, files, { modes });
    });
  }
}

/** A plan and its manifests in an output folder, whatever its verdict; undefined without a readable plan. */
export function readBase(folder: string): Base | undefined {
  return readStable(folder, () => {
    const plan = readPlan(join(folder, PLAN_FILE));
    if (plan === undefined) return undefined;
    const ours = texts(folder, ".yaml").filter(([path]) => !path.startsWith(EXTERNAL_SECRETS_FOLDER));
    return { plan, files: new Map(ours) };
  });
}

/** Paths relative to a folder, and texts, of the files below it with an extension. */
function texts(folder: string, extension: string): [path: string, text: string][] {
  return entriesBelow(folder)
    .filter((file) => file.isFile() && file.name.endsWith(extension))
    .map((file) => join(file.parentPath, file.name))
    .map((path) => [relative(folder, path).replaceAll(sep, "/"), readFileSync(path, "utf8")]);
}

/** The plan in a file; undefined without one of this version. */
export function readPlan(file: string): Plan | undefined {
  const plan = json(file) as (Omit<Plan, "version"> & { readonly version: number }) | null | undefined;
  return plan?.version === 1 ? { ...plan, version: 1 } : undefined;
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** Turns errors of the operating system into invalid input, because the user chose the folder. */
function attempt(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new InputError([`${folder}: cannot be written: ${reason}; allowed: a folder that can be written`]);
  }
}

/** Writes a folder in a folder that is made for it, and is removed again where that fails. */
function within(folder: string, write: () => void): void {
  attempt(folder, () => {
    const made = makeFolders(dirname(resolve(folder)));
    try {
      write();
    } catch (error) {
      removeMade(made);
      throw error;
    }
  });
}

/** @throws InputError if the nearest existing part of the path is no folder */
function checkParent(folder: string, flag = "--out"): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined && lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    checkParent(dirname(folder), flag);
  } else if (found?.isDirectory() !== true) {
    throw new InputError([
      `${flag} ${folder}: ${found === undefined ? "a link to nothing" : "a file"}; allowed: a folder`,
    ]);
  }
}

/**
 * Makes folders one by one, because Node's `recursive` option never returns in /proc, where the parent seems to be missing.
 * @returns the folders that it made
 */
function makeFolders(folder: string): string[] {
  if (existsSync(folder)) return [];
  const made = makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return made;
    removeMade(made);
    throw error;
  }
  return [...made, folder];
}

function removeMade(folders: readonly string[]): void {
  try {
    for (const each of folders.toReversed()) rmdirSync(each);
  } catch {
    // Another process has put something into it.
  }
}
