"use strict";
// Preloaded by `-r` into a server that another process starts for itself. The system closes the pipe to standard input when the
// parent ends in any way, and the server then exits.
process.stdin.on("error", end).on("close", end).resume();

function end() {
  process.exit(0);
}
