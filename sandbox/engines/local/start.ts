import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

import { registering } from "../../core/processes";
import { TrinoClient } from "../trino/client";
import { allRun, enginesUp, type Say, stopSupervisor, SUPERVISOR } from "./engines";
import type { LocalHome } from "./home";
import { changeParts } from "./change-parts";
import { thisMachine, wantedMemory } from "./memory";
import { wantedParts } from "./parts";
import { partsOf } from "./base";
import { mustHaveAll } from "./prerequisites";
import { Refused } from "./refused";
import type { News } from "./supervisor";
import { obtainLocal, toObtain } from "./tools";

const SCRIPTS = join(__dirname, "..", "..", "..", "scripts");
/** Timeout in milliseconds of the query that checks a running lakehouse. */
const SOON = 60_000;

export interface StartOptions {
  /** Value of `--memory`. @default that of the last start */
  readonly memory?: string;
  /** Value of `--with`: parts that it gets besides those that it has. @default none */
  readonly with?: string;
}

/** Starts the engines that do not run, on the existing data. @returns false when all of them ran already */
export async function startLocal(home: LocalHome, say: Say, options: StartOptions = {}): Promise<boolean> {
  const { memory } = options;
  const wanted = memory === undefined ? undefined : (wantedMemory(memory, thisMachine()) ?? null);
  const more = options.with === undefined ? undefined : wantedParts(options.with);
  mustHaveAll(toObtain(more?.parts ?? partsOf(home)));
  home.prepare();
  const unlock = await home.turn((holder) => {
    say(`another lakehouse command is at work here, process ${holder}: waiting for it`);
  });
  try {
    if (wanted !== undefined && wanted !== (home.state.memory ?? null) && enginesUp(home).length > 0) {
      throw new Refused("--memory: engines run with another; 'lakehouse local stop' ends them");
    }
    if (wanted !== undefined) home.mark({ memory: wanted });
    const back = await changeParts(home, more, say);
    if (allRun(home) && home.up.includes(SUPERVISOR) && (await answersQueries(home))) return false;
    const others = enginesUp(home).length > 0;
    try {
      await obtainLocal(say, partsOf(home));
      await stopSupervisor(home);
      await supervised(home, say);
    } catch (error) {
      // A part that does not start leaves what ran before as it was.
      if (back() && others) await supervised(home, () => undefined).catch(() => undefined);
      throw error;
    }
    return true;
  } finally {
    unlock();
  }
}

/** Whether a query runs through coordinator and worker. */
export function answersQueries({ state: { ports } }: Pick<LocalHome, "state">): Promise<boolean> {
  if (ports === undefined) return Promise.resolve(false);
  const query = new TrinoClient(`127.0.0.1:${ports.trino}`).rows("select count(*) from tpch.tiny.nation", {
    user: "lakehouse",
    source: "lakehouse-local",
  });
  const late = new Promise<false>((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, SOON).unref();
  });
  return Promise.race([query.then(() => true as const).catch(() => false as const), late]);
}

/** Starts the supervisor, which starts the engines and stays; until all are ready it ends with this process. */
function supervised({ folder }: LocalHome, say: Say): Promise<void> {
  const file = join(folder, `${SUPERVISOR}.log`);
  const log = openSync(file, "w", 0o600);
  const modules = ["transpile.js", "lazy-modules.js"].flatMap((name) => ["-r", join(SCRIPTS, name)]);
  const node = [process.execPath, ...modules, join(__dirname, "supervisor.ts"), folder];
  const [program = "sh", ...args] = registering(folder, SUPERVISOR, "SIGTERM", node);
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", log, log, "ipc"] });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new Error(`${SUPERVISOR} ended with ${String(code ?? signal)} before all was ready`));
    });
    child.on("message", (news: News) => {
      if ("line" in news) say(news.line);
      else if ("failed" in news) reject(news.refused ? new Refused(news.failed) : new Error(news.failed));
      else {
        child.unref();
        resolve();
      }
    });
  });
}
