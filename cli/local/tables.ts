import Table from "cli-table3";
import pico from "picocolors";

import type { EngineStatus } from "../../sandbox/engines/local/engines";
import { defaultFolder, type LocalHome, type Login } from "../../sandbox/engines/local/home";

const MIB = 2 ** 20;

/** What a person opens or connects to. */
function links(home: Pick<LocalHome, "state">): readonly (readonly [what: string, where: string, as: string])[] {
  const { ports } = home.state;
  if (ports === undefined) return [];
  const http = (port: number, path = "") => `http://127.0.0.1:${port}${path}`;
  return [
    ["Trino", http(ports.trino, "/ui"), "any name, no password"],
    ["object store, console", http(ports.console), "minio-root"],
    ["object store, S3", http(ports.s3), "minio-root, or a service's key"],
    ["PostgreSQL", `postgresql://127.0.0.1:${ports.postgres}/analytics`, "postgres-superuser, or a service's role"],
    ["Iceberg REST catalog", http(ports.rest, "/iceberg"), "no password"],
    ["Hive Metastore", `thrift://127.0.0.1:${ports.thrift}`, "no password"],
  ];
}

const table = (head: readonly string[], color: boolean) =>
  new Table({ head: [...head], style: { head: color ? ["bold"] : [], border: color ? ["dim"] : [], compact: true } });

/** Where everything is, and what to do next. */
export function access(home: Pick<LocalHome, "state" | "passwordFile" | "folder">, color: boolean): string {
  const { dim } = pico.createColors(color);
  const shown = table(["what", "where", "sign in as"], color);
  for (const row of links(home)) shown.push([...row]);
  const there = home.folder === defaultFolder() ? "" : ` --folder ${home.folder}`;
  const hints = [
    [`sql${there}`, "a prompt"],
    [`sql${there} -e "show tables from lakehouse.tpch"`, "one statement"],
    [`status${there} --show-credentials`, `or read ${home.passwordFile}`],
    [`stop${there}`, "the data stays"],
  ] as const;
  const width = Math.max(...hints.map(([command]) => command.length));
  return [
    "",
    shown.toString(),
    "",
    ...hints.map(([command, what]) => `  lakehouse local ${command.padEnd(width)}  ${dim(`# ${what}`)}`),
    "",
  ].join("\n");
}

/** Each engine, up or down; with the passwords only when they are asked for. */
export function statusTable(
  home: Pick<LocalHome, "state" | "passwordFile" | "folder" | "logins">,
  engines: readonly EngineStatus[],
  color: boolean,
  showCredentials: boolean,
): string {
  const colors = pico.createColors(color);
  const up = engines.filter(({ pid }) => pid !== undefined);
  const shown = table(["engine", "state", "pid", "port", "MiB"], color);
  for (const { what, pid, port, memory = 0 } of engines) {
    const state = pid === undefined ? colors.red("down") : colors.green("up");
    shown.push([what, state, pid ?? "", port ?? "", pid === undefined ? "" : Math.round(memory / MIB)]);
  }
  const sum = Math.round(up.reduce((total, { memory = 0 }) => total + memory, 0) / MIB);
  const mark = up.length === engines.length ? colors.green("✔") : colors.red("✘");
  const lines = [
    `${mark} ${colors.bold(`${up.length} of ${engines.length} engines run, ${sum} MiB`)}: ${home.folder}`,
    "",
    shown.toString(),
    ...(showCredentials ? ["", loginsTable(home.logins, color)] : []),
    ...(up.length === engines.length ? [access(home, color)] : ["", "  lakehouse local start", ""]),
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
