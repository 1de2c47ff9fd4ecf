import { InputError, systemReason } from "./input-error";

/** Moves a cursor, rings, hides or reorders text: control characters but the line feed, and Unicode's marks of direction. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const COLOUR = "\\u001b\\[[0-9;]*m";
const COLOUR_OR_CONTROL = new RegExp(`${COLOUR}|${CONTROL.source}`, "g");
/** Characters of one line: more of an input's text is no help. */
const LONGEST_LINE = 1000;

/** Text that cannot do anything to a terminal but be read there. */
export function harmless(text: string, { colour = false } = {}): string {
  return text.replace(colour ? COLOUR_OR_CONTROL : CONTROL, (found) => (found.length > 1 ? found : " "));
}

/** One line of at most a sensible length. */
export function oneLine(text: string): string {
  const line = harmless(text).replaceAll("\n", " ").trim();
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 3)}...`;
}

/** JSON in which nothing stands as itself that a terminal would act on. */
export function harmlessJson(value: unknown): string {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(value, null, 2).replace(CONTROL, escaped)}\n`;
}

/**
 * Resolves when everything is out: a pipe takes large output in pieces. A reader that has seen enough (`| head`) is no error.
 * @throws InputError where it cannot be written
 */
export function print(text: string, options: { readonly colour?: boolean } = {}): Promise<void> {
  const safe = harmless(text, options);
  return new Promise((resolve, reject) => {
    process.stdout.write(safe.endsWith("\n") ? safe : `${safe}\n`, (error) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      if (error === null || error === undefined || code === "EPIPE") resolve();
      else reject(new InputError([`standard output: cannot be written: ${systemReason(error) ?? error.message}`]));
    });
  });
}

/** Says to standard error what is wrong. */
export function complain(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${oneLine(line)}\n`).join(""));
}

/** An output that is closed or full is told of by whoever writes, once; without a listener it would be a stack trace. */
export function listenToStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/** Runs something before the process ends by a signal. @returns takes that back */
export function beforeSignals(end: () => void): () => void {
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = () => {
      end();
      // The second one, without a listener, ends it the way that whoever sent it expects.
      process.kill(process.pid, signal);
    };
    process.once(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  };
}
