import { type Command, Option } from "commander";

import { stackFolder } from "../../inputs/project";
import type { StackConfig } from "../../inputs/stack-file";

/** Options of every command that is about one stack. */
export interface StackFlags {
  readonly stack: string;
  readonly configFile?: string;
}

/** A command about one stack. */
export const stackCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option("-s, --stack <name>", "the stack: Pulumi.<name>.yaml", "homelab")
    .option("--config-file <path>", "read the settings from another file");

/** `--out` of a command that writes no folder: it has been taken so far, and does nothing. */
export const unusedOut = (): Option => new Option("--out <folder>").hideHelp();

/** @throws InputError */
export function stackConfig({ stack, configFile }: StackFlags): StackConfig {
  const { readStackFile } = require("../../inputs/stack-file") as typeof import("../../inputs/stack-file");
  return readStackFile(stackFolder(stack), stack, configFile);
}
