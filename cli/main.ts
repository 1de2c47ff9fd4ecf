import { Command, CommanderError } from "commander";

import { InputError } from "../inputs/input-error";
import { addCluster } from "./commands/cluster";
import { addCompose } from "./commands/compose";
import { addFitting } from "./commands/fitting";
import { addPins } from "./commands/pins";
import { addPlan } from "./commands/plan";
import { addProject } from "./commands/project";
import { addStack } from "./commands/stack";
import { addLocal } from "./local/command";
import { listenToStreams, print, printErrors, safeJson, sanitize } from "./terminal";

/** Exit codes: 0 for success, 1 if the stack does not fit or violates a policy, 2 for invalid input, 70 for an internal error. */
const BAD_INPUT = 2;
const INTERNAL = 70;

const program = new Command("lakehouse")
  .description("Plan, check and render a lakehouse stack, without a cluster, a login or a network")
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

for (const add of [addPlan, addStack, addFitting, addCluster, addCompose, addLocal, addPins, addProject]) add(program);

async function main(): Promise<void> {
  listenToStreams();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const found = inputMistakes(error);
    if (found === undefined) {
      process.exitCode = INTERNAL;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`lakehouse: internal error: ${sanitize(text)}\n`);
      return;
    }
    process.exitCode = BAD_INPUT;
    printErrors(...found.lines);
    // A reader of JSON gets JSON on the same stream in any case; a full disk has been told already.
    if (process.argv.includes("--json")) await print(safeJson({ errors: found.mistakes })).catch(() => undefined);
  }
}

/** What is wrong with the input; undefined if the error is not about it. */
function inputMistakes(error: unknown): InputError | undefined {
  const { notInstalled } = require("../scripts/not-installed.js") as {
    readonly notInstalled: (error: unknown) => string | undefined;
  };
  const missing = notInstalled(error);
  if (missing !== undefined) return new InputError([missing]);
  if (error instanceof InputError) return error;
  if (error instanceof Error && error.name === "InputError") return new InputError(error.message.split("\n"));
  return error instanceof CommanderError ? new InputError([`${error.message}; see lakehouse --help`]) : undefined;
}

void main();
