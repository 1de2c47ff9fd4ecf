import type { Mistake } from "../../fields/mistakes";
import type { PostgresSettings } from "./settings";

/** Mistakes in PostgreSQL's settings. */

/** Synchronous replication that is required needs three instances: with two, a lost one would stop every write. */
export function* durability(postgres: PostgresSettings): Generator<Mistake> {
  if (postgres.synchronous !== "required" || postgres.server.replicas >= 3) return;
  yield {
    path: "lakehouse:storage.postgres.synchronous",
    message: `given required with ${String(postgres.server.replicas)} instance(s), of which a lost one would stop every write; allowed: at least 3 server.replicas, or preferred`,
  };
}

/** Spilo restores by variables of its own, which have not been seen to work here. */
export function* zalandoHas({ by, restore }: PostgresSettings): Generator<Mistake> {
  if (by !== "zalando" || restore === undefined) return;
  yield {
    path: "lakehouse:storage.postgres.restore",
    message:
      "given with by zalando; allowed: none (docs/systems/postgres.md says how Spilo restores by hand), or by cloudnative-pg",
  };
}

/** A restored server archives under another name: the plugin refuses an archive that is not empty. */
export function* restores(postgres: PostgresSettings): Generator<Mistake> {
  const { restore, backup } = postgres;
  if (restore === undefined) return;
  if (backup.plugin === "off")
    yield {
      path: "lakehouse:storage.postgres.restore",
      message: "given while backup.plugin is off, which reads archives; allowed: with existing or deployed",
    };
  if (restore.serverName === backup.serverName)
    yield {
      path: "lakehouse:storage.postgres.backup.serverName",
      message: `given "${backup.serverName}", which is restore.serverName too, while only one server may write an archive; allowed: another name, such as ${backup.serverName}-2`,
    };
}
