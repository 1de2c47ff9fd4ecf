import type { Command } from "commander";

import { OutputFile } from "../../preview/output-file";
import { coloured, columns, print, printable } from "../terminal";

export interface OutputFlags {
  /** @default standard output */
  readonly output?: OutputFile;
}

/** Adds `-o FILE`. The file is checked before the command starts. */
export const withOutput = (command: Command): Command =>
  command.option(
    "-o, --output <file>",
    "write to this file what is printed otherwise; all of it or nothing",
    (given) => new OutputFile(given),
  );

/** How wide a result may be, and whether it has colours. */
export const viewOf = ({ output }: OutputFlags): { readonly color: boolean; readonly width: number } =>
  output === undefined ? { color: coloured(), width: columns() } : { color: false, width: WIDTH };

/** Columns of a text in a file. */
const WIDTH = 100;

/** Prints a command's result, or writes it to the file that was asked for. */
export async function deliver(text: string, flags: OutputFlags): Promise<void> {
  const colour = viewOf(flags).color;
  if (flags.output === undefined) await print(text, { colour });
  else flags.output.write(printable(text, { colour }));
}
