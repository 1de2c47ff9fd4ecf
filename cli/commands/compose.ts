import { join } from "node:path";

import type { Command } from "commander";

import { stackFolder } from "../../inputs/project";
import type { ComposeFlags } from "../compose";
import { print } from "../terminal";
import { stackCommand, stackConfig, type StackFlags } from "./stack-options";

/** Adds `lakehouse compose`. Modules are loaded on first use. */
export function addCompose(program: Command): void {
  program.commandsGroup("This machine:");
  stackCommand(program, "compose", "write a folder that runs systems of a stack by Docker Compose, without Kubernetes")
    .option("-w, --with <systems>", "only these and what they need: trino,valkey; default: all that can run so")
    .option("-o, --output <folder>", "default: out/<stack>.compose beside the stack's file")
    .action(async (flags: StackFlags & ComposeFlags) => {
      const { composeCommand } = require("../compose") as typeof import("../compose");
      const out = join(stackFolder(flags.stack), "out", `${flags.stack}.compose`);
      await print(await composeCommand(stackConfig(flags), flags, out));
    });
}
