#!/usr/bin/env node
"use strict";
require("../scripts/register.js");
require("../cli/main.ts");
