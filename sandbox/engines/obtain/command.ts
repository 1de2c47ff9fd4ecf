import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a command to its end and returns what it printed. @throws Error with the end of its output when it fails */
export function command(line: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = "", ...args] = line;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let [out, all] = ["", ""];
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      all += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => (all += data.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${program} ended with ${String(code)}: ${all.trim().split("\n").slice(-40).join("\n")}`));
    });
    // A program that does not read its input closes the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}
