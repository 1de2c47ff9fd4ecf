import { type Statement, statements as statementsOf } from "../../../components/storage/postgres/sql";
import type { Ground } from "../ground";
import { type Postgres, Sql, superuser } from "./postgres";

/** Statements that make the stack's PostgreSQL resources, with their database, in the order of their dependencies. */
export const statements = ({ rendered }: Pick<Ground, "rendered">): readonly Statement[] => statementsOf(rendered.all);

/**
 * Makes the stack's PostgreSQL resources.
 * @param only the single database to make, if the others exist. @default all databases
 */
export async function makePostgresResources(ground: Ground, { bin }: Postgres, only?: string): Promise<void> {
  const sql = new Sql(ground, bin, superuser(ground));
  for (const { database, sql: statement, makes } of statements(ground)) {
    if (lacks(ground, statement)) continue;
    if (only === undefined || only === database || only === makes) await sql.run(database, statement);
  }
}

/** The server that speaks TLS is Debian's, which has no pgvector. */
const lacks = ({ rendered }: Ground, statement: string) =>
  rendered.has("Certificate", "postgres-server-tls") && /extension.*vector/i.test(statement);
