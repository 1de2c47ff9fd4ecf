/** One step of the creation. Each can be repeated: after a killed run the next one goes on where it ended. */
export interface Step {
  readonly title: string;
  /** Whether there is nothing to do. */
  readonly isDone: () => Promise<boolean>;
  readonly work: () => Promise<void>;
}

/** What a reader sees of the steps. */
export interface Shown {
  readonly begin: (title: string) => void;
  readonly end: (title: string, what: { readonly changed: boolean; readonly seconds: number }) => void;
}

/** @returns whether anything was changed */
export async function take(steps: readonly Step[], shown: Shown): Promise<boolean> {
  let changed = false;
  for (const { title, isDone, work } of steps) {
    const started = performance.now();
    shown.begin(title);
    const done = await isDone();
    if (!done) await work();
    changed ||= !done;
    shown.end(title, { changed: !done, seconds: (performance.now() - started) / 1000 });
  }
  return changed;
}
