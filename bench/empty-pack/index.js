"use strict";
// A pack of the same protocol that asks nothing: what is left is the cost of the protocol.
const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("empty", { policies: [] });
