import { homedir } from "node:os";
import { join } from "node:path";

/** Where tools that are not of this project are kept, outside of the tree: the folder of `.ci/run` too. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.LAKEHOUSE_CACHE ?? join(environment.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lakehouse");
}
