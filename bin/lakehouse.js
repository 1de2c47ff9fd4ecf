#!/usr/bin/env node
"use strict";
// From Node 22 on, code that was compiled once is not compiled again.
require("node:module").enableCompileCache?.();
require("../scripts/lazy-modules.js");
require("../scripts/transpile.js");
require("../cli/main.ts");
