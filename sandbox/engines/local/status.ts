import { readFileSync } from "node:fs";

import { running } from "../../core/processes";
import { answers } from "../engine";
import { connects } from "../connects";
import { enginesOf } from "./base";
import { memoryOfGroups, SUPERVISOR } from "./engines";
import { happenedSince, quarantined, storyOf } from "./happened";
import type { LocalHome } from "./home";
import { answersQueries } from "./start";

export type EngineState = "up" | "starting" | "rests" | "down";

export interface EngineStatus {
  readonly name: string;
  readonly what: string;
  readonly state: EngineState;
  readonly pid?: number;
  readonly port?: number;
  /** Resident bytes of its process group. */
  readonly memory?: number;
  /** Its newest event since the last start. */
  readonly story?: string;
}

export interface Status {
  readonly engines: readonly EngineStatus[];
  /** Whether the supervisor runs. */
  readonly supervised: boolean;
  /** The newest files that were put aside, by whatever start. @default none */
  readonly aside?: readonly string[];
  /** Whether a query ran; checked only when all engines are up. */
  readonly queries: boolean;
}

/** Most files that were put aside, as they are shown. */
const SHOWN = 5;

/** Readiness check of an engine; without HTTP, whether its port accepts connections. */
const READY: Readonly<Record<string, (port: number) => Promise<boolean>>> = {
  "trino-coordinator": isStarted,
  "trino-worker": isStarted,
  "minio": (port) => answers(`http://127.0.0.1:${port}/minio/health/ready`),
  "rest-catalog": (port) => answers(`http://127.0.0.1:${port}/iceberg/v1/config`),
};

async function isStarted(port: number): Promise<boolean> {
  const info = await fetch(`http://127.0.0.1:${port}/v1/info`, { signal: AbortSignal.timeout(2000) });
  return !((await info.json()) as { starting: boolean }).starting;
}

/** Each engine, whether it runs or not, and whether queries do. */
export async function statusOf(home: LocalHome): Promise<Status> {
  const alive = running(home.folder);
  const memory = memoryOfGroups();
  const { ports, started } = home.state;
  const events = happenedSince(home.folder, started);
  const engines = await Promise.all(
    Object.entries(enginesOf(home)).map(async ([name, { what, places }]): Promise<EngineStatus> => {
      const pid = alive.find((each) => each.name === name)?.pid;
      const port = ports?.[places[0]];
      const story = storyOf(name, events);
      return {
        name,
        what,
        state: pid === undefined ? "down" : await stateOf(name, pid, port),
        ...(port === undefined ? {} : { port }),
        ...(pid === undefined ? {} : { pid, memory: memory.get(pid) ?? 0 }),
        ...(story === undefined ? {} : { story }),
      };
    }),
  );
  return {
    engines,
    aside: quarantined(happenedSince(home.folder)).slice(-SHOWN),
    supervised: alive.some(({ name }) => name === SUPERVISOR),
    queries: engines.every(({ state }) => state === "up") && (await answersQueries(home)),
  };
}

async function stateOf(name: string, pid: number, port: number | undefined): Promise<EngineState> {
  if (isStopped(pid)) return "rests";
  const ready = READY[name] ?? connects;
  return port !== undefined && (await ready(port).catch(() => false)) ? "up" : "starting";
}

/** Whether a signal has paused a process, as a backup does with catalogs. */
function isStopped(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") T ");
  } catch {
    return false;
  }
}
