import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import type { Plan } from "../planner/plan";
import type { Acknowledgement } from "./data-loss";

export const PLAN_FILE = "plan.json";
export const ACKNOWLEDGED_FILE = "acknowledged.json";

/**
 * The folder `out/<stack>`: replaced as a whole or not at all. What is written goes to a folder beside it, which then
 * takes its place; a run that is interrupted leaves the previous output as it was.
 */
export class OutputFolder {
  private readonly previous: string;
  /** Where a plan goes that was refused for the data that it loses: the next one is still compared with what stands here. */
  readonly refused: string;

  constructor(private readonly folder: string) {
    this.previous = `${folder}.previous`;
    this.refused = `${folder}.refused`;
    // A run that was killed between the two renames: its predecessor's output is whole, under the other name.
    if (!existsSync(folder) && existsSync(this.previous)) renameSync(this.previous, folder);
  }

  /** Text of every file, by path relative to the folder; undefined when there is no output yet. */
  read(extension: string): Map<string, string> | undefined {
    if (!existsSync(this.folder)) return undefined;
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    return new Map(
      files
        .filter((file) => file.isFile() && file.name.endsWith(extension))
        .map((file) => join(file.parentPath, file.name))
        .map((path) => [relative(this.folder, path), readFileSync(path, "utf8")]),
    );
  }

  /** The plan that was written last; undefined when there is none, or none that can be read. */
  plan(): Plan | undefined {
    const plan = this.json(PLAN_FILE) as Plan | undefined;
    // Another version of the command may have written another form.
    return (plan as { version: number } | undefined)?.version === 1 ? plan : undefined;
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
    new OutputFolder(this.refused).write(files);
  }

  /** @param files contents by path relative to the folder */
  write(files: ReadonlyMap<string, string>): void {
    const fresh = `${this.folder}.${String(process.pid)}`;
    rmSync(fresh, { recursive: true, force: true });
    try {
      const folders = new Set([...files.keys()].map((path) => dirname(join(fresh, path))));
      for (const folder of folders) mkdirSync(folder, { recursive: true });
      for (const [path, text] of files) writeFileSync(join(fresh, path), text);
      rmSync(this.previous, { recursive: true, force: true });
      if (existsSync(this.folder)) renameSync(this.folder, this.previous);
      renameSync(fresh, this.folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    for (const stale of [this.previous, this.refused]) rmSync(stale, { recursive: true, force: true });
  }
}
