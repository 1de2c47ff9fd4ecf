import type { Ground } from "../ground";
import { type Postgres, Sql, superuser } from "./postgres";

interface Role {
  readonly name: string;
  readonly login: boolean;
  readonly password?: string;
  readonly replication?: boolean;
  /** Roles of which it is a member. */
  readonly roles?: readonly string[];
  /** Role that its sessions assume. */
  readonly assumeRole?: string;
  readonly connectionLimit?: number;
  /** Milliseconds. */
  readonly statementTimeout?: number;
}

interface Right {
  readonly database: string;
  readonly role: string;
  readonly privileges: readonly string[];
  readonly objectType: string;
  readonly schema?: string;
  readonly owner?: string;
  /** @default every one of the schema */
  readonly objects?: readonly string[];
  /** Columns of the one object. */
  readonly columns?: readonly string[];
}

interface Publication {
  readonly name: string;
  readonly database: string;
  readonly tables?: readonly string[];
  readonly publishParams?: readonly string[];
}

interface Statement {
  readonly database: string;
  readonly sql: string;
  /** Name of the database that the statement creates. */
  readonly makes?: string;
}

const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const names = (all: readonly string[]) => all.map(name).join(", ");

/** What a right is on. */
function granted({ database, objectType, schema = "public", objects = [] }: Right): string {
  if (objectType === "database") return `database ${name(database)}`;
  if (objectType === "schema") return `schema ${name(schema)}`;
  if (objects.length === 0) return `all ${objectType}s in schema ${name(schema)}`;
  const kind = objectType === "column" ? "table" : objectType;
  return `${kind} ${objects.map((each) => `${name(schema)}.${name(each)}`).join(", ")}`;
}

/** Statements that make the stack's PostgreSQL resources, with their database, in the order of their dependencies. */
export function statements({ rendered }: Pick<Ground, "rendered">): readonly Statement[] {
  const every = (kind: string, one: (resource: never) => Partial<Statement> & { sql: string }) =>
    rendered.resources<never>("postgresql", kind).map((resource) => {
      const { database = "postgres", sql, ...more } = one(resource);
      return { ...more, database, sql: `${sql};` };
    });
  const all = [
    ...every("role", ({ name: made, login, password, replication = false, connectionLimit = -1 }: Role) => ({
      sql: `create role ${name(made)} ${login ? "login" : "nologin"}${replication ? " replication" : ""} connection limit ${String(connectionLimit)}${password === undefined ? "" : ` password ${literal(password)}`}`,
    })),
    // Memberships, after all roles exist.
    ...every("role", ({ name: made, roles = [], assumeRole, statementTimeout }: Role) => {
      const acts = assumeRole === undefined ? "" : `; alter role ${name(made)} set role ${name(assumeRole)}`;
      const ends =
        statementTimeout === undefined
          ? ""
          : `; alter role ${name(made)} set statement_timeout = ${String(statementTimeout)}`;
      return { sql: `${roles.map((role) => `grant ${name(role)} to ${name(made)};`).join(" ")}${acts}${ends}` };
    }),
    ...every("database", (database: { name: string; owner: string; encoding: string }) => ({
      makes: database.name,
      sql: `create database ${name(database.name)} owner ${name(database.owner)} encoding ${literal(database.encoding)} template template0`,
    })),
    ...every("schema", ({ name: made, database, owner }: { name: string; database: string; owner: string }) => ({
      database,
      sql: `create schema ${name(made)} authorization ${name(owner)}`,
    })),
    ...every("extension", ({ database, name: extension }: { name: string; database: string }) => ({
      database,
      sql: `create extension ${name(extension)}`,
    })),
    ...every("grant", (right: Right) => {
      const { database, role, privileges, columns } = right;
      const what = granted(right);
      const grantee = role === "public" ? role : name(role);
      const of = (privilege: string) => (columns === undefined ? privilege : `${privilege} (${names(columns)})`);
      // As the provider does: privileges that are not in the list are revoked.
      const given = privileges.length === 0 ? "" : `; grant ${privileges.map(of).join(", ")} on ${what} to ${grantee}`;
      return { database, sql: `revoke ${of("all")} on ${what} from ${grantee}${given}` };
    }),
    ...every(
      "defaultPrivileges",
      ({ database, role, owner = "", privileges, objectType, schema = "public" }: Right) => ({
        database,
        sql: `alter default privileges for role ${name(owner)} in schema ${name(schema)} grant ${privileges.join(", ")} on ${objectType}s to ${name(role)}`,
      }),
    ),
    ...every("publication", ({ name: made, database, tables = [], publishParams }: Publication) => {
      const what = tables.length > 0 ? `table ${tables.join(", ")}` : "all tables";
      const params = publishParams === undefined ? "" : ` with (publish = ${literal(publishParams.join(", "))})`;
      return { database, sql: `create publication ${name(made)} for ${what}${params}` };
    }),
  ];
  return all.filter(({ sql }) => sql !== ";");
}

/**
 * Makes the stack's PostgreSQL resources.
 * @param only the single database to make, if the others exist. @default all databases
 */
export async function makePostgresResources(ground: Ground, { bin }: Postgres, only?: string): Promise<void> {
  const sql = new Sql(ground, bin, superuser(ground));
  for (const { database, sql: statement, makes } of statements(ground)) {
    if (only === undefined || only === database || only === makes) await sql.run(database, statement);
  }
}
