import { replaceLine } from "./terminal";

/** A progress line of a plan on a terminal; silent in a pipe, a log or CI. */
export class Progress {
  private readonly visible = process.stderr.isTTY && process.env.CI === undefined;
  private shown = 0;

  constructor(private readonly stack: string) {}

  readonly update = (resources: number): void => {
    const now = performance.now();
    // At most every 50 ms, so that printing costs no noticeable time.
    if (!this.visible || now - this.shown < 50) return;
    this.shown = now;
    replaceLine(`planning ${this.stack}: ${String(resources)} resources`);
  };

  end(): void {
    if (this.visible) replaceLine("");
  }
}
