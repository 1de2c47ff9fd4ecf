import type { Ground } from "./ground";
import { command } from "./obtain/command";
import type { Postgres } from "./postgres/postgres";

const CRON_JOB = "metastore-tasks-backup";

/** The metastore's backup as the rendered CronJob makes it: its init container, then its container. */
export async function backup(ground: Ground, postgres: Postgres): Promise<void> {
  const { changes, rendered, tools } = ground;
  const folder = ground.folder("backup");
  for (const name of ["dump", "upload"]) {
    const container = rendered.container("CronJob", CRON_JOB, name);
    const here: Record<string, string> = {};
    for (const [key, value] of Object.entries(rendered.env(container))) {
      const local = { PGHOST: "127.0.0.1", PGPORT: String(ground.ports.postgres), S3_URL: ground.local(value) }[key];
      here[key] = local === undefined ? value : changes.value("backup/env", key, value, local);
    }
    const [script = ""] = container.args ?? [];
    const moved = script.replaceAll("/backup/", changes.value("backup/script", "/backup/", "/backup/", `${folder}/`));
    await command([...(container.command ?? []), moved], {
      env: {
        ...here,
        HOME: folder,
        MC_CONFIG_DIR: ground.folder("backup", "mc"),
        PATH: `${postgres.bin}:${tools.minio}:${process.env.PATH ?? ""}`,
      },
    });
  }
}
