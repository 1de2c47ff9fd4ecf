"use strict";
// A pack without policies, to measure the cost of the protocol.
const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("empty", { policies: [] });
