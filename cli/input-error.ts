import { getSystemErrorMap } from "node:util";

/** Input that cannot be used: one line per mistake, exit code 2. */
export class InputError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "InputError";
  }
}

/** The operating system's words for what it refused, such as `no space left on device`; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return undefined;
  return getSystemErrorMap().get(Number(error.errno))?.[1] ?? String(error.code);
}
