"use strict";
// Preloaded into a measured process: prints its peak resident memory in MB at exit.
process.on("exit", () => {
  process.stderr.write(`peak-memory ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
});
