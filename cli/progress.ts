import { clearLine, cursorTo } from "node:readline";

/** One line on a terminal that says how far a plan is; nothing in a pipe or a log. */
export class Progress {
  private readonly visible = process.stderr.isTTY && process.env.CI === undefined;
  private shown = 0;

  constructor(private readonly stack: string) {}

  readonly update = (resources: number): void => {
    const now = performance.now();
    // Often enough to be seen to move, seldom enough to cost nothing.
    if (!this.visible || now - this.shown < 50) return;
    this.shown = now;
    this.write(`planning ${this.stack}: ${String(resources)} resources`);
  };

  end(): void {
    if (this.visible) this.write("");
  }

  private write(text: string): void {
    clearLine(process.stderr, 0);
    cursorTo(process.stderr, 0);
    process.stderr.write(text);
  }
}
