import type { Rule } from "./rules";

/** A server that archives where it was restored from would be refused by its own backup: the archive is not empty. */
export const restores: Rule = function* ({ storage: { postgres } }) {
  const { restore, backup } = postgres;
  if (restore === undefined) return;
  if (backup.plugin === "off")
    yield {
      path: "lakehouse:storage.postgres.restore",
      message: "given, but backup.plugin is off, which is what reads archives; allowed: with existing or deployed",
    };
  if (restore.serverName === backup.serverName)
    yield {
      path: "lakehouse:storage.postgres.backup.serverName",
      message: `given "${backup.serverName}", which restore.serverName names too, and an archive is written by one server only; allowed: another name, such as ${backup.serverName}-2`,
    };
};
