import type { Say } from "./engines";

/** Milliseconds without a line after which the remaining engines are reported. */
const QUIET = 30_000;

/** Reports engines that are ready, and from time to time those that are not: a busy machine takes minutes. */
export class Pending {
  private readonly names = new Set<string>();

  constructor(
    private readonly say: Say,
    private readonly quiet = QUIET,
  ) {}

  async ready(what: string, starting: Promise<unknown>): Promise<void> {
    this.names.add(what);
    const began = performance.now();
    const timer = setInterval(() => {
      // One line for all: only the first of the waiting engines writes it.
      if ([...this.names][0] === what) this.say(`still starting: ${[...this.names].join(", ")}`);
    }, this.quiet);
    timer.unref();
    try {
      await starting;
      this.say(`${what} is ready, ${((performance.now() - began) / 1000).toFixed(0)} s`);
    } finally {
      clearInterval(timer);
      this.names.delete(what);
    }
  }
}
