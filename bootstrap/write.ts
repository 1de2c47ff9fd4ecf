import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { readIfThere, writeWhole } from "../components/core/lock-file";
import { InputError, systemReason } from "../inputs/input-error";

/**
 * Writes files into a folder, each as a whole, and leaves unchanged and other ones as they are: containers of kind have parts of the folder
 * mounted.
 * @returns the paths that were written
 * @throws InputError if the folder cannot be written
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): string[] {
  try {
    return [...files].flatMap(([path, text]) => {
      const target = join(folder, path);
      if (readIfThere(target)?.toString("utf8") === text) return [];
      mkdirSync(dirname(target), { recursive: true });
      writeWhole(target, text);
      return [path];
    });
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new InputError([`${folder}: cannot be written: ${reason}; allowed: a folder that can be written`]);
  }
}
