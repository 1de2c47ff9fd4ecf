import { homedir } from "node:os";
import { join } from "node:path";

/** Cache folder of external tools, outside of the repository; `.ci/run` uses it too. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.LAKEHOUSE_CACHE ?? join(environment.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lakehouse");
}
