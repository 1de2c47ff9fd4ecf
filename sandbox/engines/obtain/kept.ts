import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { cacheFolder } from "../../core/cache";

/**
 * A folder of the cache that is either whole or absent: it is filled under another name and then moved. Two processes that fill it
 * at once both succeed.
 */
export async function kept(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const tools = join(cacheFolder(), "tools");
  const folder = join(tools, name);
  if (existsSync(folder)) return folder;
  mkdirSync(tools, { recursive: true });
  const unfinished = mkdtempSync(join(tools, `.${name}-`));
  try {
    await fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
