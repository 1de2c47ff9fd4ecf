import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Everything below a folder. A link is an entry and nothing below it is: `readdirSync` with `recursive` follows links to folders
 * from Node 22 on, out of the folder and into the user's other files.
 */
export function entriesBelow(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry, ...entriesBelow(join(folder, entry.name))] : [entry],
  );
}
