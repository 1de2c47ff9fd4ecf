import { ofProvider, type StackObject } from "../../core/composition";

/** SQL of the stack's PostgreSQL resources, for places without the provider. It may run again: what is there stays. */

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

export interface Statement {
  readonly database: string;
  /** One or more statements of psql, which end with a semicolon or `\gexec`. */
  readonly sql: string;
  /** Name of the database that the statement creates. */
  readonly makes?: string;
}

const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const names = (all: readonly string[]) => all.map(name).join(", ");

/** PostgreSQL has no `if not exists` for these; psql runs the text that the query returns. */
const unless = (exists: string, statement: string) =>
  `select ${literal(statement)} where not exists (${exists}) \\gexec`;

/** What a right is on. */
function granted({ database, objectType, schema = "public", objects = [] }: Right): string {
  if (objectType === "database") return `database ${name(database)}`;
  if (objectType === "schema") return `schema ${name(schema)}`;
  if (objects.length === 0) return `all ${objectType}s in schema ${name(schema)}`;
  const kind = objectType === "column" ? "table" : objectType;
  return `${kind} ${objects.map((each) => `${name(schema)}.${name(each)}`).join(", ")}`;
}

/**
 * Statements that make the stack's PostgreSQL resources, with their database, in the order of their dependencies.
 * @param password how a password stands in a statement. @default as a literal
 */
export function statements(objects: readonly StackObject[], password = literal): readonly Statement[] {
  const every = (kind: string, one: (resource: never) => Partial<Statement> & { sql: string }) =>
    ofProvider<never>(objects, "postgresql", kind).map((resource): Statement => {
      const { database = "postgres", ...more } = one(resource);
      return { ...more, database };
    });
  const all = [
    ...every("role", (role: Role) => {
      const { login, replication = false, connectionLimit = -1 } = role;
      const options = `${login ? "login" : "nologin"} ${replication ? "" : "no"}replication connection limit ${String(connectionLimit)}`;
      const secret = role.password === undefined ? "" : ` password ${password(role.password)}`;
      const exists = `select from pg_roles where rolname = ${literal(role.name)}`;
      return {
        sql: `${unless(exists, `create role ${name(role.name)}`)}\nalter role ${name(role.name)} ${options}${secret};`,
      };
    }),
    // Memberships, after all roles exist.
    ...every("role", ({ name: made, roles = [], assumeRole, statementTimeout }: Role) => ({
      sql: [
        ...roles.map((role) => `grant ${name(role)} to ${name(made)};`),
        ...(assumeRole === undefined ? [] : [`alter role ${name(made)} set role ${name(assumeRole)};`]),
        ...(statementTimeout === undefined
          ? []
          : [`alter role ${name(made)} set statement_timeout = ${String(statementTimeout)};`]),
      ].join(" "),
    })),
    ...every("database", (made: { name: string; owner: string; encoding: string }) => ({
      makes: made.name,
      sql: unless(
        `select from pg_database where datname = ${literal(made.name)}`,
        `create database ${name(made.name)} owner ${name(made.owner)} encoding ${literal(made.encoding)} template template0`,
      ),
    })),
    ...every("schema", ({ name: made, database, owner }: { name: string; database: string; owner: string }) => ({
      database,
      sql: `create schema if not exists ${name(made)} authorization ${name(owner)};`,
    })),
    ...every("extension", ({ database, name: extension }: { name: string; database: string }) => ({
      database,
      sql: `create extension if not exists ${name(extension)};`,
    })),
    ...every("grant", (right: Right) => {
      const { database, role, privileges, columns } = right;
      const what = granted(right);
      const grantee = role === "public" ? role : name(role);
      const of = (privilege: string) => (columns === undefined ? privilege : `${privilege} (${names(columns)})`);
      // As the provider does: privileges that are not in the list are revoked.
      const given = privileges.length === 0 ? "" : ` grant ${privileges.map(of).join(", ")} on ${what} to ${grantee};`;
      return { database, sql: `revoke ${of("all")} on ${what} from ${grantee};${given}` };
    }),
    ...every(
      "defaultPrivileges",
      ({ database, role, owner = "", privileges, objectType, schema = "public" }: Right) => ({
        database,
        sql: `alter default privileges for role ${name(owner)} in schema ${name(schema)} grant ${privileges.join(", ")} on ${objectType}s to ${name(role)};`,
      }),
    ),
    ...every("publication", ({ name: made, database, tables = [], publishParams }: Publication) => {
      const what = tables.length > 0 ? `table ${tables.join(", ")}` : "all tables";
      const params = publishParams === undefined ? "" : ` with (publish = ${literal(publishParams.join(", "))})`;
      const exists = `select from pg_publication where pubname = ${literal(made)}`;
      return { database, sql: unless(exists, `create publication ${name(made)} for ${what}${params}`) };
    }),
  ];
  return all.filter(({ sql }) => sql !== "");
}
