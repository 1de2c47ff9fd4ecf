import { basename, dirname, join, resolve } from "node:path";

import { compose, type Composed } from "../compose";
import { memoryOf } from "../compose/head";
import { systemName } from "../components/core/system";
import { InputError } from "../inputs/input-error";
import { shownPath, type StackConfig } from "../inputs/stack-file";
import { gib, list } from "../planner/report/format";
import { ToolFolder } from "../preview/output";
import { stackSettings } from "../preview/plan";

export interface ComposeFlags {
  readonly with?: string;
  readonly output?: string;
}

const PRIVATE_FOLDER = 0o700;

/** Writes the folder of a stack for compose. @returns what to do with it */
export async function composeCommand(config: StackConfig, flags: ComposeFlags, out: string): Promise<string> {
  const given = flags.output ?? out;
  if (given === "") throw new InputError([{ path: "--output", message: 'given ""; allowed: a folder' }]);
  const folder = join(dirname(resolve(given)), basename(resolve(given)));
  const output = new ToolFolder(folder, { stack: config.stack, role: "compose files" });
  const wanted = flags.with?.split(",").map((name) => name.trim());
  const env = output.read(".env");
  const composed = await compose(config, stackSettings(config), {
    ...(wanted === undefined ? {} : { with: wanted }),
    ...(env === undefined ? {} : { env }),
  });
  const modes = new Map([...composed.files].map(([path, { mode }]) => [path, mode]));
  if ([...modes.keys()].some((path) => path.startsWith("secrets/"))) modes.set("secrets", PRIVATE_FOLDER);
  output.write(new Map([...composed.files].map(([path, { text }]) => [path, text])), modes);
  return summary(shownPath(folder), composed);
}

function summary(folder: string, { selection, doors, model }: Composed): string {
  const width = Math.max(...doors.map(({ names }) => names.join(", ").length), 0);
  return [
    `${folder}: ${list(selection.systems.map(systemName))}, ${gib(memoryOf(model))} of memory together`,
    ...doors.map(
      ({ names, scheme, port }) => `  ${names.join(", ").padEnd(width)}  ${scheme}://127.0.0.1:${String(port)}`,
    ),
    ...selection.without.map(([system, reason]) => `  without ${systemName(system)}: ${reason}`),
    ...selection.dropped.map((path) => `  without ${path}: it names what is not here`),
    `start it with ${folder}/start.sh; passwords are in ${folder}/.env`,
    "",
  ].join("\n");
}
