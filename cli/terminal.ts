import { clearLine, cursorTo } from "node:readline";

import { InputError, systemReason } from "../inputs/input-error";

/** Control characters without the line feed, and Unicode's direction marks: they move the cursor, hide or reorder text. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const COLOUR = "\\u001b\\[[0-9;]*m";
const COLOUR_OR_CONTROL = new RegExp(`${COLOUR}|${CONTROL.source}`, "g");
/** Most characters of an error line, which may quote input of any length. */
const MAX_LINE = 1000;

/** Replaces control characters, so that text from a plan cannot act on the terminal. */
export function sanitize(text: string, { colour = false } = {}): string {
  return text.replace(colour ? COLOUR_OR_CONTROL : CONTROL, (found) => (found.length > 1 ? found : " "));
}

/** Text that cannot act on the terminal, and ends with a line feed. */
export function printable(text: string, options: { readonly colour?: boolean } = {}): string {
  const safe = sanitize(text, options);
  return safe.endsWith("\n") ? safe : `${safe}\n`;
}

/** Text on one line of at most `MAX_LINE` characters. */
export function oneLine(text: string): string {
  const line = sanitize(text).replaceAll("\n", " ").trim();
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 3)}...`;
}

/** JSON with escaped control characters. */
export function safeJson(value: unknown): string {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(value, null, 2).replace(CONTROL, escaped)}\n`;
}

/** Whether standard output takes colours. Without a terminal `isTTY` is undefined, for which libraries would take the environment. */
export const coloured = (): boolean => (process.stdout.isTTY ? process.stdout.hasColors() : false);

/** Columns of the terminal; 100 for a file or a pipe. */
export const columns = (): number => process.stdout.columns || 100;

/**
 * Resolves after everything is written, because a pipe takes large output in pieces. A reader that closes early (`| head`) is no
 * error.
 * @throws InputError if standard output cannot be written
 */
export function print(text: string, options: { readonly colour?: boolean } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(printable(text, options), (error) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      if (error === null || error === undefined || code === "EPIPE") resolve();
      else reject(new InputError([`standard output: cannot be written: ${systemReason(error) ?? error.message}`]));
    });
  });
}

/** Puts a text in place of the line at which the terminal's cursor is. */
export function replaceLine(text: string): void {
  clearLine(process.stderr, 0);
  cursorTo(process.stderr, 0);
  process.stderr.write(text);
}

/** Prints error lines to standard error. */
export function printErrors(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${oneLine(line)}\n`).join(""));
}

/** `print` reports a closed or full output. Without a listener, Node would print a stack trace too. */
export function listenToStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/** Runs `end` before a signal ends the process. @returns a function that removes the handlers */
export function beforeSignals(end: () => void): () => void {
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = () => {
      end();
      // The handler is gone now, so the same signal ends the process with the status that its sender expects.
      process.kill(process.pid, signal);
    };
    process.once(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  };
}
