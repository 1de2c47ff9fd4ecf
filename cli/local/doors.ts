import { existsSync } from "node:fs";
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

import Table from "cli-table3";

import { partsOf } from "../../sandbox/engines/local/base";
import type { LocalHome } from "../../sandbox/engines/local/home";
import type { Door } from "../../sandbox/engines/local/part";
import { known, partOf } from "../../sandbox/engines/local/parts";
import { Refused } from "../../sandbox/engines/local/refused";

type Shown = Pick<LocalHome, "state" | "folder" | "logins">;

/** The ways into a lakehouse: those of every one, and of its parts. */
export function doorsOf({ state, folder, logins }: Shown): readonly Door[] {
  const { ports } = state;
  if (ports === undefined) return [];
  const http = (port: number, path = "") => `http://127.0.0.1:${port}${path}`;
  const user = (name: string) => logins.find((login) => login.name === name)?.user ?? "";
  const store = { as: user("minio-root"), login: "minio-root" };
  const database = `postgresql://127.0.0.1:${ports.postgres}/analytics`;
  return [
    { name: "trino", what: "Trino", url: http(ports.trino, "/ui"), as: "any name, no password" },
    { name: "console", what: "the object store's console", url: http(ports.console), ...store },
    { name: "s3", what: "the object store", url: http(ports.s3), ...store },
    {
      ...{ name: "postgres", what: "PostgreSQL", url: database },
      ...{ as: user("postgres-superuser"), login: "postgres-superuser" },
    },
    { name: "catalog", what: "the Iceberg REST catalog", url: http(ports.rest, "/iceberg"), as: "no password" },
    { name: "metastore", what: "the Hive Metastore", url: `thrift://127.0.0.1:${ports.thrift}`, as: "no password" },
    ...known(partsOf({ state })).flatMap((name) => partOf(name).doors?.(ports, logins, folder) ?? []),
  ];
}

/** A door of that name. @throws Refused with the names that there are */
export function doorOf(home: Shown, name: string): Door {
  const doors = doorsOf(home);
  const door = doors.find((each) => each.name === name);
  if (door === undefined) throw new Refused(`${name}: allowed: ${doors.map((each) => each.name).join(", ")}`);
  return door;
}

/** Of a line with its three columns: borders, and a space on both sides of each text. */
const [WIDTH, FRAME] = [80, 10];
const HEAD = ["door", "where", "sign in as"] as const;

/** A table of all doors that fits into 80 columns: of a long folder it shows the end, and `open` all of it. */
export function doorsTable(home: Shown, color: boolean): string {
  const style = { head: color ? ["bold"] : [], border: color ? ["dim"] : [], compact: true };
  const shown = new Table({ head: [...HEAD], style });
  const doors = doorsOf(home);
  const longest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const beside =
    longest([HEAD[0], ...doors.map(({ name }) => name)]) + longest([HEAD[2], ...doors.map(({ as }) => as)]);
  const room = WIDTH - FRAME - beside;
  for (const { name, url, as } of doors) {
    shown.push([name, url.length > room ? `…${url.slice(1 - room)}` : url, as]);
  }
  return shown.toString();
}

/** What a person needs at a door. The password only on request. @param how the command that prints it */
export function doorText({ logins }: Shown, { what, url, as, login, note }: Door, show: boolean, how: string): string {
  const password = logins.find(({ name }) => name === login)?.password;
  const secret = login === undefined ? [] : [show ? `password: ${password ?? "none yet"}` : `password: ${how}`];
  return [`${what}: ${url}`, `sign in: ${as}`, ...secret, ...(note === undefined ? [] : [note]), ""].join("\n");
}

/** The program that shows a page, where there is a screen. */
export function browser(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === "darwin") return "open";
  if ((environment.DISPLAY ?? environment.WAYLAND_DISPLAY ?? "") === "") return undefined;
  const folders = (environment.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, "xdg-open"))) ? "xdg-open" : undefined;
}

/** Shows a page in the browser, if there is one. @returns whether it was asked to */
export function show(url: string, environment = process.env, platform = process.platform): boolean {
  const program = url.startsWith("http") ? browser(environment, platform) : undefined;
  if (program === undefined) return false;
  const child = spawn(program, [url], { stdio: "ignore", detached: true });
  // Without a browser the address is printed all the same.
  child.once("error", () => undefined);
  child.unref();
  return true;
}
