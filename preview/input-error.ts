import { getSystemErrorMap } from "node:util";

/** Invalid input: one line for each mistake, exit code 2. */
export class InputError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "InputError";
  }
}

/** The message of an error of the operating system, such as `no space left on device`; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return undefined;
  return getSystemErrorMap().get(Number(error.errno))?.[1] ?? String(error.code);
}
