import { rmSync } from "node:fs";

import { stopAll } from "./processes";

/**
 * Waits until the process of a run closes the pipe or dies, then ends the run's processes and removes its folder. So a run is
 * cleaned up whether it succeeds, is interrupted, or is killed.
 */
const [folder, keep] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder of the run is missing");
process.stdin.resume();
process.stdin.on("end", () => {
  void stopAll(folder).finally(() => {
    if (keep !== "keep") rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
});
