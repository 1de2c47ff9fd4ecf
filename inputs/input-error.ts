import { getSystemErrorMap } from "node:util";

import type { Place } from "./yaml-places";

/** One mistake: where it is, as far as that is known, and what was given and is allowed. */
export interface InputMistake extends Partial<Place> {
  /** Path of the file, relative to the current folder if it is below it. */
  readonly file?: string;
  /** Path in the file, such as `lakehouse:nodes[1].memory`, or the flag. */
  readonly path?: string;
  readonly message: string;
}

/** Invalid input: one line for each mistake, exit code 2. */
export class InputError extends Error {
  readonly mistakes: readonly InputMistake[];
  readonly lines: readonly string[];

  constructor(mistakes: readonly (string | InputMistake)[]) {
    const all = mistakes.map((one) => (typeof one === "string" ? { message: one } : one));
    const lines = all.map(mistakeLine);
    super(lines.join("\n"));
    this.name = "InputError";
    this.mistakes = all;
    this.lines = lines;
  }
}

/** `Pulumi.homelab.yaml:12:5: lakehouse:query.trino.worker.memory: given …` */
function mistakeLine({ file, line, column, path, message }: InputMistake): string {
  const where = [file, line, column].filter((part) => part !== undefined).join(":");
  return [where, path, message].filter((part) => part !== undefined && part !== "").join(": ");
}

/** The message of an error of the operating system, such as `no space left on device`; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return undefined;
  return getSystemErrorMap().get(Number(error.errno))?.[1] ?? String(error.code);
}
