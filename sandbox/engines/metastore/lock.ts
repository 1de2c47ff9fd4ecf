import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Running } from "../../core/run";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";

/** A writer that locks a table in the metastore by its own client, and keeps the lock until it is killed. */
export class LockingWriter {
  private constructor(private readonly running: Running) {}

  /** @param heartbeat milliseconds between heartbeats; 0 for none */
  static async start(ground: Ground, name: string, table: string, heartbeat = 1000): Promise<LockingWriter> {
    const source = join(__dirname, "MetastoreLock.java");
    const log = join(ground.run.folder, `${name}.log`);
    const running = await ground.run.process({
      name,
      command: [
        `${javaHome(17, 18)}/bin/java`,
        ...["-Xmx256m", "-cp", `${ground.tools.metastore}/*`, source],
        ...[`thrift://${ground.at("thrift")}`, table, String(heartbeat)],
      ],
      ready: () => Promise.resolve(/^(ACQUIRED|WAITING)$/m.test(readFileSync(log, "utf8"))),
    });
    return new LockingWriter(running);
  }

  get waited(): boolean {
    return this.hasPrinted("WAITING");
  }

  get hasLock(): boolean {
    return this.hasPrinted("ACQUIRED");
  }

  /** Kills the client, which releases nothing. */
  async kill(): Promise<void> {
    this.running.kill("SIGKILL");
    await this.running.exited;
  }

  private hasPrinted(word: string): boolean {
    return new RegExp(`^${word}$`, "m").test(readFileSync(this.running.log, "utf8"));
  }
}
