#!/usr/bin/env node
"use strict";
const { notInstalled } = require("../scripts/not-installed.js");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  end(`lakehouse: Node.js ${process.versions.node} is too old; needed: 20.19 or newer`);
} else {
  try {
    require("../scripts/quick-start.js");
    require("../scripts/lazy-modules.js");
    require("../scripts/transpile.js");
    require("../cli/main.ts");
  } catch (error) {
    const line = notInstalled(error);
    if (line === undefined) throw error;
    end(line);
  }
}

function end(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 2;
}
