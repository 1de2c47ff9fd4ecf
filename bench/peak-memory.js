"use strict";
// Loaded before a program that is measured: prints how much memory its process took at the most, in MB.
process.on("exit", () => {
  process.stderr.write(`peak-memory ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
});
