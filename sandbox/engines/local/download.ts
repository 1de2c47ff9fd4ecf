import type { Steps } from "../obtain";

interface Part {
  readonly name: string;
  readonly what: string;
  readonly megabytes: number;
}

/** Milliseconds without a line after which the remaining parts are reported. */
const QUIET = 15_000;

/** Reports progress: a line when a part begins, when it is complete, and from time to time in between. */
export class Download implements Steps {
  private readonly since = new Map<string, number>();
  private readonly done = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private spoke = Date.now();

  constructor(
    private readonly parts: readonly Part[],
    private readonly say: (line: string) => void,
    quiet = QUIET,
  ) {
    this.timer = setInterval(() => {
      if (Date.now() - this.spoke >= quiet) this.remind();
    }, quiet / 5);
    this.timer.unref();
  }

  get plan(): string {
    return `${this.parts.length} ${this.parts.length === 1 ? "part" : "parts"}, about ${size(this.parts)},`;
  }

  readonly began = (name: string): void => {
    const part = this.part(name);
    if (part === undefined) return;
    this.since.set(name, Date.now());
    this.line(`obtaining ${part.what}, ${part.megabytes} MB`);
  };

  readonly ended = (name: string): void => {
    const part = this.part(name);
    if (part === undefined) return;
    this.done.add(name);
    const took = this.seconds(name);
    this.since.delete(name);
    const left = this.parts.filter((each) => !this.done.has(each.name));
    const rest =
      left.length === 0
        ? "nothing is left"
        : `${left.length} of ${this.parts.length} parts are left, about ${size(left)}`;
    this.line(`obtained ${part.what} in ${took} s; ${rest}`);
  };

  end(): void {
    clearInterval(this.timer);
  }

  private remind(): void {
    const now = [...this.since.keys()].map((name) => `${this.part(name)?.what ?? name} for ${this.seconds(name)} s`);
    if (now.length > 0) this.line(`still obtaining ${now.join(", ")}`);
  }

  private part(name: string): Part | undefined {
    return this.parts.find((each) => each.name === name);
  }

  private seconds(name: string): string {
    return ((Date.now() - (this.since.get(name) ?? Date.now())) / 1000).toFixed(0);
  }

  private line(text: string): void {
    this.spoke = Date.now();
    this.say(text);
  }
}

function size(parts: readonly Part[]): string {
  const sum = parts.reduce((total, { megabytes }) => total + megabytes, 0);
  return sum < 1000 ? `${sum} MB` : `${(sum / 1000).toFixed(1)} GB`;
}
