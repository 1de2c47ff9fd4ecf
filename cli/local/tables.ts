import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import Table from "cli-table3";
import pico from "picocolors";

import { defaultFolder, type LocalHome, type Login } from "../../sandbox/engines/local/home";
import { doorsTable } from "./doors";
import type { Status } from "../../sandbox/engines/local/status";
import { PROJECT_FOLDER } from "../../inputs/project";

const MIB = 2 ** 20;
const PROGRAM = join(PROJECT_FOLDER, "bin", "lakehouse.js");

/** End of the folders that npx adds to the PATH; the user's own PATH does not have them. */
const OF_NPX = "/node_modules/.bin";

/** The command to type in the current folder: `lakehouse` if it is on the PATH, `npx lakehouse` in the project, else the path. */
export function commandName(folder = process.cwd(), path = process.env.PATH ?? ""): string {
  const own = path.split(delimiter).filter((each) => !each.endsWith(OF_NPX));
  if (own.some((each) => existsSync(join(each, "lakehouse")))) return "lakehouse";
  return folder === PROJECT_FOLDER ? "npx lakehouse" : `node ${PROGRAM}`;
}

const table = (head: readonly string[], color: boolean) =>
  new Table({ head: [...head], style: { head: color ? ["bold"] : [], border: color ? ["dim"] : [], compact: true } });

/** The addresses of the engines, and the next commands. */
export function access(home: Pick<LocalHome, "state" | "passwordFile" | "folder" | "logins">, color: boolean): string {
  const { dim } = pico.createColors(color);
  const there = home.folder === defaultFolder() ? "" : ` --folder ${home.folder}`;
  const hints = [
    [`sql${there}`, "opens a prompt"],
    [`sql${there} -e "show catalogs"`, "runs one statement"],
    [`open${there}`, "lists the doors, and opens one"],
    [`status${there} --show-credentials`, "prints the passwords"],
    [`connect${there} dbt`, "prints a client's settings"],
    [`stop${there}`, "stops it and keeps the data"],
  ] as const;
  const width = Math.max(...hints.map(([command]) => command.length));
  return [
    "",
    doorsTable(home, color),
    "",
    ...hints.map(([command, what]) => `  ${commandName()} local ${command.padEnd(width)}  ${dim(`# ${what}`)}`),
    "",
  ].join("\n");
}

const COLORS = { up: "green", starting: "yellow", rests: "yellow", down: "red" } as const;

/** The state of each engine and its failures. Passwords are shown only with `showCredentials`. */
export function statusTable(
  home: Pick<LocalHome, "state" | "passwordFile" | "folder" | "logins">,
  { engines, supervised, queries, aside = [] }: Status,
  color: boolean,
  showCredentials: boolean,
): string {
  const colors = pico.createColors(color);
  const up = engines.filter(({ state }) => state === "up");
  const shown = table(["engine", "state", "pid", "port", "MiB"], color);
  for (const { what, state, pid, port, memory = 0 } of engines) {
    const megabytes = pid === undefined ? "" : Math.round(memory / MIB);
    shown.push([what, colors[COLORS[state]](state), pid ?? "", port ?? "", megabytes]);
  }
  const sum = Math.round(engines.reduce((total, { memory = 0 }) => total + memory, 0) / MIB);
  const well = queries && supervised;
  const stories = engines.flatMap(({ what, story }) => (story === undefined ? [] : [`  ${what} ${story}`]));
  const notes = [
    ...stories,
    ...aside.map((line) => `  ${line}`),
    ...(up.length === engines.length && !queries ? ["  queries do not run yet"] : []),
    ...(up.length > 0 && !supervised ? ["  the supervisor has ended, so engines that fail are not restarted"] : []),
  ];
  const lines = [
    `${well ? colors.green("✔") : colors.red("✘")} ${colors.bold(`${up.length} of ${engines.length} engines run, ${sum} MiB`)}: ${home.folder}`,
    "",
    shown.toString(),
    ...(notes.length > 0 ? ["", ...notes] : []),
    ...(showCredentials ? ["", loginsTable(home.logins, color)] : []),
    ...(well ? [access(home, color)] : ["", `  ${commandName()} local start`, ""]),
  ];
  return lines.join("\n");
}

function loginsTable(logins: readonly Login[], color: boolean): string {
  const shown = table(["who", "user", "password"], color);
  for (const { name, user, password } of logins.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    shown.push([name, user, password]);
  }
  return shown.toString();
}
