import { Command, CommanderError } from "commander";

import { InputError } from "../preview/input-error";
import { addFitting } from "./commands/fitting";
import { addPins } from "./commands/pins";
import { addPlan } from "./commands/plan";
import { addProject } from "./commands/project";
import { addStack } from "./commands/stack";
import { addLocal } from "./local/command";
import { listenToStreams, printErrors, sanitize } from "./terminal";

/** Exit codes: 0 for success, 1 if the stack does not fit or violates a policy, 2 for invalid input, 70 for an internal error. */
const BAD_INPUT = 2;

const program = new Command("lakehouse")
  .description("Plan, check and render a lakehouse stack, without a cluster, a login or a network")
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

for (const add of [addPlan, addStack, addFitting, addLocal, addPins, addProject]) add(program);

async function main(): Promise<void> {
  listenToStreams();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = BAD_INPUT;
    const { notInstalled } = require("../scripts/not-installed.js") as {
      readonly notInstalled: (error: unknown) => string | undefined;
    };
    const missing = notInstalled(error);
    if (missing !== undefined) printErrors(missing);
    else if (error instanceof InputError) printErrors(...error.lines);
    else if (error instanceof Error && error.name === "InputError") printErrors(...error.message.split("\n"));
    else if (error instanceof CommanderError) printErrors(`${error.message}; see lakehouse --help`);
    else {
      process.exitCode = 70;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`lakehouse: internal error: ${sanitize(text)}\n`);
    }
  }
}

void main();
