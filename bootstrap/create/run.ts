import { spawn } from "node:child_process";

import { Failed } from "./failed";

export interface RunOptions {
  /** What the program reads from its standard input. @default nothing */
  readonly input?: string;
  readonly cwd?: string;
  /** @default the process's */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Characters of a program's messages that are kept: the last ones say why it failed. */
const KEPT = 8_000;

/**
 * Runs a program to its end, and returns its standard output.
 * @throws Failed with one line: the command and the last line that it wrote
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, cwd, environment = process.env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env: environment,
      stdio: ["pipe", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
    });
    let output = "";
    let messages = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (messages = (messages + chunk.toString()).slice(-KEPT)));
    // A program that ends early does not read all of it; its exit code says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("error", (error) => {
      reject(new Failed(`${program}: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Failed(
            `${shown(program, args)}: ${reasonIn(messages, output) ?? `ended with ${String(code ?? signal)}`}`,
          ),
        );
    });
  });
}

/** Command and subcommand: enough to know what failed. */
const shown = (program: string, args: readonly string[]) =>
  [program, ...args.filter((arg) => !arg.startsWith("-")).slice(0, 2)].join(" ");

/** The last line that says an error, or else the last line. */
function reasonIn(...texts: readonly string[]): string | undefined {
  const lines = texts.flatMap((text) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  );
  return lines.findLast((line) => /error|failed|cannot|denied/i.test(line)) ?? lines.at(-1);
}
