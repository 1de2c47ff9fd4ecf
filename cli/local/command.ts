import type { Command } from "commander";

import type { LocalFlags, SqlFlags } from "../local";

/** `lakehouse local …`: what it does is loaded when it is asked for. */
export function addLocal(program: Command, print: (text: string) => Promise<void>): void {
  const group = program
    .command("local")
    .description("a small lakehouse on this machine: no Kubernetes, data that stays");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option("--folder <path>", "where its data is; default: lakehouse in the user's data folder");
  const local = () => require("../local") as typeof import("../local");
  /** What went wrong on the way is one line, and not a matter of the input. */
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

  command("start", "start what does not run, the first time with sample data; the first start downloads")
    .option("--memory <size>", "for all engines together, such as 8Gi, at least 5Gi; auto: half of this machine")
    .action((flags: LocalFlags & { memory?: string }) => attempt(() => local().local.start(flags)));
  command("stop", "end all engines; the data stays").action((flags: LocalFlags) =>
    attempt(() => local().local.stop(flags)),
  );
  command("status", "each engine: up or down, process, port, memory; exit code 1 unless all are up")
    .option("--show-credentials", "print the passwords too")
    .action(async (flags: LocalFlags & { showCredentials?: boolean }) => {
      const { text, up } = await local().local.status(flags);
      await print(text);
      process.exitCode = up ? 0 : 1;
    });
  command("connect <client>", "settings to paste: pyiceberg, dbt, spark, jdbc, sqlalchemy, superset, ...")
    .option("--show-credentials", "with the passwords")
    .action((client: string, flags: LocalFlags & { showCredentials?: boolean }) =>
      attempt(() => Promise.resolve(local().local.connect(client, flags))),
    );
  command("backup <file>", "all tables and databases in one file, as they are at one moment").action(
    (file: string, flags: LocalFlags) => attempt(() => local().local.backup(file, flags)),
  );
  command("restore <file>", "a backup into a folder where no lakehouse is").action((file: string, flags: LocalFlags) =>
    attempt(() => local().local.restore(file, flags)),
  );
  command("wipe", "stop it and remove its folder with all data")
    .option("--yes", "it is meant")
    .action((flags: LocalFlags & { yes?: boolean }) => attempt(() => local().local.wipe(flags)));
  command("sql", "Trino's prompt on it, or the answer to one statement")
    .option("-e, --execute <sql>", "run this and end")
    .option("-f, --file <path>", "run a file of statements and end")
    .option("--format <name>", "ALIGNED, CSV, JSON, ...")
    .action((flags: SqlFlags) =>
      attempt(async () => {
        process.exitCode = await local().local.sql(flags);
        return undefined;
      }),
    );
}
