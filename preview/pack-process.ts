import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { PROJECT_FOLDER } from "../inputs/project";

/** Against a pack that hangs. It is generous because a busy machine may be many times slower. */
const START_TIMEOUT_MS = 600_000;
/** Young generation of V8, in MB, from the start: a stack sends thousands of short-lived messages, each collected many times in a small one. */
const YOUNG_GENERATION = ["--min-semi-space-size=64", "--max-semi-space-size=64"];
const QUICK_START = join(PROJECT_FOLDER, "scripts", "quick-start.js");
const LAZY_MODULES = join(PROJECT_FOLDER, "scripts", "lazy-modules.js");
const END_WITH_PARENT = join(PROJECT_FOLDER, "scripts", "end-with-parent.js");
const TRANSPILE = join(PROJECT_FOLDER, "scripts", "transpile.js");

/**
 * The policy pack as a process. Pulumi's language host sets up a TypeScript compiler before it loads a pack, which this pack does
 * not need. Started by Node alone, the pack serves the same protocol and prints its port when it is ready.
 */
export class PackProcess {
  readonly port: Promise<number>;
  private readonly process: ChildProcess;
  private started = false;

  /** @param folder folder of the pack */
  constructor(folder: string) {
    const preloaded = [END_WITH_PARENT, QUICK_START, LAZY_MODULES, TRANSPILE].flatMap((script) => ["-r", script]);
    this.process = spawn(process.execPath, [...YOUNG_GENERATION, ...preloaded, "."], {
      cwd: folder,
      // Nothing is written to its input. The pack exits when the input closes, so it ends with this process.
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.port = this.ready();
    // The caller that awaits it handles the error.
    this.port.catch(() => undefined);
  }

  /** One that is ready ends by itself when its input closes, and keeps its compiled code; nobody waits for it. */
  stop(): void {
    const { stdin, stdout, stderr } = this.process;
    if (!this.started || stdin === null) {
      this.process.kill("SIGKILL");
      return;
    }
    stdin.end();
    stdout?.destroy();
    stderr?.destroy();
    this.process.unref();
  }

  private ready(): Promise<number> {
    const { stdout, stderr } = this.process;
    if (stdout === null || stderr === null) return Promise.reject(new Error("the policy pack has no output"));
    let errors = "";
    stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the policy pack did not start within ${String(START_TIMEOUT_MS / 1000)} s`));
      }, START_TIMEOUT_MS).unref();
      const fail = (reason: string) => {
        clearTimeout(timer);
        reject(new Error(`the policy pack ended: ${reason}\n${errors}`));
      };
      this.process.once("error", (error) => {
        fail(error.message);
      });
      this.process.once("exit", (code) => {
        fail(`exit code ${String(code)}`);
      });
      createInterface({ input: stdout }).once("line", (line) => {
        clearTimeout(timer);
        this.started = true;
        resolve(Number(line));
      });
    });
  }
}
