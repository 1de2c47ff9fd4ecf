import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { running, stopAll } from "../../core/processes";
import { type Ended, type Run, tail } from "../../core/run";
import { enginesOf } from "./base";
import { begin, startEngines, SUPERVISOR } from "./engines";
import { type Arrival, forgetOld, reasonOf, record } from "./happened";
import { LocalHome } from "./home";
import { proveQueries } from "./prove";
import { loadSamples } from "./samples";

/** Messages to the command that has started it, until all engines are ready. */
export type News =
  { readonly line: string } | { readonly ready: true } | { readonly failed: string; readonly refused: boolean };

/**
 * Starts the engines of a local lakehouse that do not run, and stays: it restarts engines that end, and records that. When the
 * command that started it ends before all are ready, the started engines are ended.
 */
async function supervise(folder: string): Promise<void> {
  const home = new LocalHome(folder);
  const before = home.up;
  const hasEnded = new Set<string>();
  let wanted = true;
  let run: Run | undefined;
  const tell = (news: News) => {
    if (process.connected) process.send?.(news);
  };
  const say = (line: string) => {
    tell({ line });
  };
  const giveUp = async () => {
    wanted = false;
    // From here on nothing is restarted.
    await run?.end();
    const stay = [...before, SUPERVISOR];
    // An engine that is just being started enters the list a moment later.
    do await stopAll(folder, 10_000, stay);
    while (running(folder).some(({ name }) => !stay.includes(name)));
  };
  const abandoned = () => {
    void giveUp().finally(() => process.exit(1));
  };
  const ended = ({ name, exit, log }: Ended) => {
    if (!wanted || !(name in enginesOf(home))) return;
    hasEnded.add(name);
    record(folder, { engine: name, what: "ended", why: reasonOf(exit, tail(log)) });
  };
  const started = (name: string) => {
    if (wanted && hasEnded.has(name)) record(folder, { engine: name, what: "started again" });
  };
  const arrived = ({ file, what, why }: Arrival) => {
    record(folder, { engine: file, what, why });
  };
  const again = (every: number, work: () => Promise<void>) => {
    const timer = setInterval(() => {
      // What fails now is tried again the next time.
      if (wanted) void work().catch(() => undefined);
      else clearInterval(timer);
    }, every);
  };
  forgetOld(folder);
  process.once("disconnect", abandoned);
  try {
    const begun = await begin(home, say, { leaveRunning: true, adopt: true, started, ended });
    run = begun.run;
    const { ground } = begun;
    await startEngines(home, ground, say, { arrived, again });
    if (home.state.samples !== true) {
      await loadSamples(ground, say);
      home.mark({ samples: true });
    }
    await proveQueries(ground);
    home.mark({ started: before.length > 1 ? (home.state.started ?? Date.now()) : Date.now() });
    process.off("disconnect", abandoned);
    tell({ ready: true });
    if (process.connected) process.disconnect();
  } catch (error) {
    process.off("disconnect", abandoned);
    await giveUp();
    tell({ failed: (error as Error).message, refused: (error as Error).name === "InputError" });
    process.exitCode = 1;
    // Gives the message time to arrive.
    await sleep(100);
    process.exit();
  }
}

/** Milliseconds. */
const LOOK = 60_000;
process.umask(0o077);
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder of the lakehouse is missing");
// The interval keeps it alive as long as its folder exists.
setInterval(() => {
  if (!existsSync(folder)) process.exit();
}, LOOK);
void supervise(folder);
