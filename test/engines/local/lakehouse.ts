import { equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { running, stopAll } from "../../../sandbox/core/processes";
import { enginesUp } from "../../../sandbox/engines/local/engines";
import { LocalHome } from "../../../sandbox/engines/local/home";
import { addCatalogs } from "./clients";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const above = mkdtempSync(join(tmpdir(), "lakehouse-local-test-"));
/** One lakehouse for all files, because a first start is slow. Each file starts it, so that it can also run alone. */
export const folder = join(above, "lakehouse");
export const backupFile = join(above, "backup.tar.gz");

before(() => {
  // PostgreSQL's user must be able to enter it.
  chmodSync(above, 0o755);
});

after(async () => {
  await stopAll(folder);
  rmSync(above, { recursive: true, force: true });
});

export const run = (...args: readonly string[]) => lakehouse(args);

/** Runs the command line. @param started gets the ID of its process */
export function lakehouse(args: readonly string[], started?: (pid: number) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const program = join(PROJECT_FOLDER, "bin", "lakehouse.js");
    const child = spawn(process.execPath, [program, "local", ...args, "--folder", folder]);
    let [out, error] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (error += data.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, out, error });
    });
    started?.(child.pid ?? 0);
  });
}

/** Starts the missing engines, with the catalogs of the clients' tests. */
export async function start(): Promise<Ended> {
  addCatalogs(folder);
  const started = await run("start");
  equal(started.code, 0, started.error);
  return started;
}

/** Rows of a statement as lines of CSV. */
export async function sql(statement: string): Promise<string[]> {
  const { code, out, error } = await run("sql", "-e", statement);
  equal(code, 0, error);
  return out.trim().split("\n");
}

/** Trino's error for a statement. */
export async function refusal(statement: string): Promise<string> {
  const { code, out, error } = await run("sql", "-e", statement);
  equal(code, 1, `${statement}: ${out}`);
  return error;
}

export const up = () => enginesUp(new LocalHome(folder));

export const pidOf = (name: string) => running(folder).find((each) => each.name === name)?.pid ?? 0;

/** Time limit against a hanging test. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const patience = Date.now() + 600_000;
  while (!(await holds())) {
    ok(Date.now() < patience, what);
    await sleep(200);
  }
}

/** Number of orders in the sample data, and the sum of their keys. */
export const ORDERS = "select count(*), sum(orderkey) from lakehouse.tpch.orders";
export const ALL_ORDERS = ['"15000","449872500"'];
