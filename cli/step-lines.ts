import pc from "picocolors";

import type { Shown } from "../bootstrap/create/steps";
import { oneLine, replaceLine } from "./terminal";

/** A line for each step: on a terminal the one at work is shown with its seconds; in a log each appears when it has ended. */
export class StepLines implements Shown {
  private readonly live = process.stderr.isTTY && process.env.CI === undefined;
  private readonly colors = pc.createColors(process.stderr.isTTY ? process.stderr.hasColors() : false);
  private timer: NodeJS.Timeout | undefined;

  readonly begin = (title: string): void => {
    if (!this.live) return;
    const started = performance.now();
    const show = () => {
      replaceLine(
        `${this.colors.cyan("…")} ${oneLine(title)}${this.dim(seconds((performance.now() - started) / 1000))}`,
      );
    };
    show();
    this.timer = setInterval(show, 1000);
  };

  readonly end: Shown["end"] = (title, { changed, seconds: took }) => {
    this.stop();
    const mark = changed ? this.colors.green("✔") : this.colors.dim("·");
    process.stderr.write(`${mark} ${oneLine(title)}${this.dim(changed ? seconds(took) : " is there")}\n`);
  };

  /** Removes the line of a step that has not ended. */
  readonly stop = (): void => {
    clearInterval(this.timer);
    if (this.live) replaceLine("");
  };

  private dim(text: string): string {
    return this.colors.dim(text);
  }
}

const seconds = (count: number) => (count < 1 ? "" : `  ${String(Math.round(count))} s`);
