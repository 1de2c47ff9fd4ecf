import type { Command } from "commander";

import type { LocalFlags, SqlFlags } from "../local";
import { print } from "../terminal";

/** Adds `lakehouse local …`. The engines' modules are loaded on first use. */
export function addLocal(program: Command): void {
  const group = program
    .commandsGroup("This machine:")
    .command("local")
    .description("run a small lakehouse on this machine, without Kubernetes; its data is kept");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option("--folder <path>", "folder of its data; default: lakehouse in the user's data folder");
  const local = () => require("../local") as typeof import("../local");
  /** Prints a failure as one line, with exit code 1 because the input was valid. */
  const attempt = async (work: () => Promise<string | undefined>) => {
    const { Failed } = local();
    try {
      const text = await work();
      if (text !== undefined) await print(text);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    }
  };

  command("start", "start the engines that are not running; the first start downloads them and makes sample data")
    .option(
      "--memory <size>",
      "memory of all engines together, such as 8Gi, at least 5.5Gi; auto: half of this machine",
    )
    .option(
      "--with <parts>",
      "add parts, with commas between them, such as kafka,flink,notebook; they are kept, and none takes all away",
    )
    .action((flags: LocalFlags & { memory?: string; with?: string }) => attempt(() => local().local.start(flags)));
  command("stop", "stop all engines; the data is kept").action((flags: LocalFlags) =>
    attempt(() => local().local.stop(flags)),
  );
  command("status", "show each engine: up or down, process, port, memory; exit code 1 unless all are up")
    .option("--show-credentials", "print the passwords too")
    .action(async (flags: LocalFlags & { showCredentials?: boolean }) => {
      const { text, up } = await local().local.status(flags);
      await print(text);
      process.exitCode = up ? 0 : 1;
    });
  command("connect <client>", "print the settings of a client: pyiceberg, dbt, spark, jdbc, duckdb, kafka, ...")
    .option("--show-credentials", "print the passwords too")
    .action((client: string, flags: LocalFlags & { showCredentials?: boolean }) =>
      attempt(() => Promise.resolve(local().local.connect(client, flags))),
    );
  command("open [door]", "list the doors, or show one: its address, who signs in; in the browser where there is one")
    .option("--show-credentials", "print the password too")
    .action((door: string | undefined, flags: LocalFlags & { showCredentials?: boolean }) =>
      attempt(() => Promise.resolve(local().local.open(door, flags))),
    );
  command("backup <file>", "write all tables and databases into one consistent file").action(
    (file: string, flags: LocalFlags) => attempt(() => local().local.backup(file, flags)),
  );
  command("restore <file>", "restore a backup into a folder without a lakehouse").action(
    (file: string, flags: LocalFlags) => attempt(() => local().local.restore(file, flags)),
  );
  command("wipe", "stop the engines and remove the folder with all data")
    .option("--yes", "confirm the removal")
    .action((flags: LocalFlags & { yes?: boolean }) => attempt(() => local().local.wipe(flags)));
  command("sql", "open Trino's prompt, or run statements and print the result")
    .option("--engine <name>", "trino, or duckdb: one statement that reads, without Trino; default: trino")
    .option("-e, --execute <sql>", "run this statement and exit")
    .option("-f, --file <path>", "run a file of statements and exit")
    .option("--format <name>", "output format: ALIGNED, CSV, JSON, ...")
    .option("--max-memory <size>", "of duckdb: memory of the statement; default: 1Gi")
    .option("--max-seconds <count>", "of duckdb: time of the statement; default: 300")
    .option("--max-rows <count>", "of duckdb: rows that are printed; default: 10000")
    .action((flags: SqlFlags) =>
      attempt(async () => {
        process.exitCode = await local().local.sql(flags);
        return undefined;
      }),
    );
}
