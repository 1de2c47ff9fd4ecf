import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { PROJECT_FOLDER } from "./project";

/** Only against one that hangs: a busy machine may be many times slower than others. */
const START_TIMEOUT_MS = 600_000;
/** MB of young memory: messages die young, and a large stack sends thousands. */
const ROOM_FOR_MESSAGES = "--max-semi-space-size=64";
const LAZY_MODULES = join(PROJECT_FOLDER, "scripts", "lazy-modules.js");
const END_WITH_PARENT = join(PROJECT_FOLDER, "scripts", "end-with-parent.js");
const TRANSPILE = join(PROJECT_FOLDER, "scripts", "transpile.js");

/**
 * The policy pack as a process of its own. Pulumi's language host sets up a TypeScript compiler before it loads a pack, which
 * this one does not need; loaded by Node alone it serves the same protocol, and prints its port when it is ready.
 */
export class PackProcess {
  readonly port: Promise<number>;
  private readonly process: ChildProcess;

  /** @param folder of the pack */
  constructor(folder: string) {
    const preloaded = [END_WITH_PARENT, LAZY_MODULES, TRANSPILE].flatMap((script) => ["-r", script]);
    this.process = spawn(process.execPath, [ROOM_FOR_MESSAGES, ...preloaded, "."], {
      cwd: folder,
      // Nothing is ever written to its input: that it ends is how the pack sees that this process has.
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.port = this.ready();
    // Reported by whoever awaits it.
    this.port.catch(() => undefined);
  }

  stop(): void {
    this.process.kill("SIGKILL");
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
        resolve(Number(line));
      });
    });
  }
}
