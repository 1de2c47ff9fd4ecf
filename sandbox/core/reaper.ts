import { rmSync } from "node:fs";

import { stopAll } from "./processes";

/**
 * Waits until the process that made a run closes the pipe, by its own will or because it died, then ends what the run has
 * started and removes its folder. So a run ends the same way whether it succeeds, is interrupted, or is killed.
 */
const [folder, keep] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder of the run is missing");
process.stdin.resume();
process.stdin.on("end", () => {
  void stopAll(folder).finally(() => {
    if (keep !== "keep") rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
});
