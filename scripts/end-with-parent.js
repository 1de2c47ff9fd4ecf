"use strict";
// A server that another process starts for itself ends with it, however that one ends: the system closes the pipe to its
// standard input then. Preloaded by `-r`.
process.stdin.on("error", end).on("close", end).resume();

function end() {
  process.exit(0);
}
