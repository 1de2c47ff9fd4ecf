import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

import type { Plan } from "../planner/plan";
import type { Acknowledgement } from "./data-loss";
import { InputError, systemReason } from "./input-error";
import { checkReplaceable, type Role, steady } from "./output-marker";
import { clearLeftovers, swapIn } from "./output-swap";
import { EXTERNAL_SECRETS_FOLDER } from "./secrets";

export const PLAN_FILE = "plan.json";
export const ACKNOWLEDGED_FILE = "acknowledged.json";

/** The last good plan: what the next one is compared with. */
export interface Base {
  readonly plan: Plan;
  /** Texts of the YAML files that stand for resources, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * The folder `out/<stack>` with the last good plan: replaced as a whole or not at all. A plan that was refused goes to
 * `out/<stack>.refused`, for people to look at. Nothing is ever removed that this command did not write.
 */
export class OutputFolder {
  readonly refused: string;
  private readonly stack: string;

  /**
   * Ends what killed runs left.
   * @param folder its last part is the stack's name
   * @throws InputError where something of somebody else's stands in the place
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

  /** Text of every file, by path relative to the folder; undefined when there is no output yet. */
  read(extension: string): Map<string, string> | undefined {
    return steady(this.folder, () => {
      if (!existsSync(this.folder)) return undefined;
      const files = readdirSync(this.folder, { recursive: true, withFileTypes: true });
      return new Map(
        files
          .filter((file) => file.isFile() && file.name.endsWith(extension))
          .map((file) => join(file.parentPath, file.name))
          .map((path) => [relative(this.folder, path), readFileSync(path, "utf8")]),
      );
    });
  }

  /** Undefined when nothing was written yet, or nothing that can be read, or by an earlier version a plan that was not good. */
  base(): Base | undefined {
    return steady(this.folder, () => {
      const plan = this.json(PLAN_FILE) as (Omit<Plan, "version"> & { readonly version: number }) | undefined;
      const files = this.read(".yaml");
      if (files === undefined || plan?.version !== 1 || plan.verdict !== "ok") return undefined;
      const ours = [...files].filter(([path]) => !path.startsWith(EXTERNAL_SECRETS_FOLDER));
      return { plan: { ...plan, version: 1 }, files: new Map(ours) };
    });
  }

  /** Losses of data that were agreed to before; none where nothing of it can be read. */
  acknowledged(): readonly Acknowledgement[] {
    const list = this.json(ACKNOWLEDGED_FILE);
    return Array.isArray(list) ? (list as Acknowledgement[]) : [];
  }

  private json(file: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.folder, file), "utf8")) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Writes beside the folder, for people to look at; the folder stays as it is. */
  refuse(files: ReadonlyMap<string, string>): void {
    this.put(this.refused, "refused", files);
  }

  /** @param files contents by path relative to the folder */
  write(files: ReadonlyMap<string, string>): void {
    this.put(this.folder, "output", files);
  }

  private put(folder: string, role: Role, files: ReadonlyMap<string, string>): void {
    attempt(folder, () => {
      const made = makeFolders(dirname(resolve(folder)));
      try {
        this.check();
        swapIn(folder, { stack: this.stack, role }, files, role === "output" ? this.refused : undefined);
      } catch (error) {
        removeMade(made);
        throw error;
      }
    });
  }

  private check(): void {
    checkReplaceable(this.folder, this.stack, "output");
    checkReplaceable(this.refused, this.stack, "refused");
  }
}

/** What the system refuses is a matter of the place, so it is bad input. */
function attempt(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new InputError([`${folder}: cannot be written: ${reason}; allowed: a folder that can be written`]);
  }
}

/** @throws InputError unless folders can be made in the nearest part of the path that exists */
function checkParent(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined && lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    checkParent(dirname(folder));
  } else if (found?.isDirectory() !== true) {
    throw new InputError([
      `--out ${folder}: ${found === undefined ? "a link to nothing" : "a file"}; allowed: a folder`,
    ]);
  }
}

/**
 * One by one: Node's own recursion never ends where the system denies that the parent exists, as in /proc.
 * @returns those that were made
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
    // Something else is in it by now.
  }
}
