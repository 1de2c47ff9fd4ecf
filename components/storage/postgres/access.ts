import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { DatabaseAccess, ReplicationAccess, TableUser } from "../../core/capabilities";
import { type Endpoint, postgresJdbc } from "../../core/endpoint";
import type { Login } from "../../core/login";
import { password } from "../../core/password";
import type { Service } from "../../core/service";
import { grantTables } from "./tables";

/** Extensions by the name of the database. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = { analytics: ["vector"], vectors: ["vector"] };

/** The database of vectors, whose schemas are the spaces. */
export const VECTORS = "vectors";

export interface SchemaRequest {
  readonly schema: string;
  readonly level: "read" | "write";
}

/** A part of a database: a schema, and the role that owns its tables. */
interface Part {
  readonly database: postgresql.Database;
  readonly schema: pulumi.Input<string>;
  readonly owner: pulumi.Input<string>;
  /** Service of that role, in a schema of a service's own. */
  readonly writer?: string;
  /** Added to the names of rights. @default none */
  readonly suffix?: string;
}

/** What distinguishes the roles of one user of a client from those of another. */
interface Signing {
  /** Name of the resource, and with `_` of the role: `hasura`, `hasura-shop`. Later generations have a suffix. */
  readonly base: string;
  /** Role of its Secrets: `postgres`, `postgres-shop`. */
  readonly secret: string;
  /** What its roles are besides. @default nothing */
  readonly roles?: Pick<postgresql.RoleArgs, "replication" | "connectionLimit" | "statementTimeout">;
  /** Roles whose rights it has too. @default none */
  readonly member?: readonly postgresql.Role[];
  /** Makes its rights, which are there before a pod signs in. @default none */
  readonly rights?: (role: postgresql.Role) => pulumi.Resource[];
}

/** Roles, databases and rights on a server: one role for each client, its password a Secret in the client's namespace. */
export class DatabaseGrants {
  private readonly databases = new Map<string, postgresql.Database>();
  private readonly roles = new Map<string, postgresql.Role>();
  /** Schemas, by database and name. */
  private readonly parts = new Map<string, Part>();
  /** Readers of schemas, by service and schema. */
  private readonly readers = new Set<string>();
  /** Clients that may connect, by service and database. */
  private readonly connected = new Set<string>();

  constructor(
    /** The server, whose namespace has the passwords of roles that belong to no service. */
    private readonly server: Service,
    private readonly endpoint: Endpoint,
    private readonly admin: pulumi.CustomResourceOptions,
    private readonly platform: Pick<Platform, "dataOptions" | "logins">,
  ) {}

  /** A database of the client's own. */
  own(client: Service, name: string): DatabaseAccess {
    const { role, access } = this.role(client, name);
    this.database(name, role);
    return access;
  }

  /** Reads the public schema of another service's database. */
  read(client: Service, name: string): DatabaseAccess {
    const { role, access } = this.role(client, name);
    const database = this.databases.get(name);
    if (database === undefined) throw new Error(`${client.service} reads database ${name}, which no service owns`);
    this.mayRead(client, name, role, publicPart(database));
    return access;
  }

  /** Schemas of a database that several services share: the client owns those that it writes, and reads the others. */
  schemas(client: Service, name: string, asked: readonly SchemaRequest[]): DatabaseAccess {
    const { role, access } = this.role(client, name);
    for (const { schema, level } of asked) {
      const key = `${name}-${schema}`;
      const part = this.parts.get(key) ?? (level === "write" ? this.ownSchema(client, name, schema, role) : undefined);
      if (part === undefined) throw new Error(`${client.service} reads schema ${schema}, which no service owns`);
      this.parts.set(key, part);
      const reader = `${client.service}/${key}`;
      if (level === "write" || part.writer === client.service || this.readers.has(reader)) continue;
      this.readers.add(reader);
      this.mayRead(client, name, role, part);
    }
    return access;
  }

  private ownSchema(client: Service, name: string, schema: string, owner: postgresql.Role): Part {
    const database = this.databases.get(name) ?? this.unowned(name);
    this.mayConnect(client, name, owner, database);
    const made = new postgresql.Schema(
      `${name}-${schema}`,
      { name: schema, database: database.name, owner: owner.name },
      { ...this.admin, ...this.platform.dataOptions },
    );
    return { database, schema: made.name, owner: owner.name, writer: client.service, suffix: `-${schema}` };
  }

  /**
   * Logical replication of a database: a role that may replicate and read (for the snapshot), a publication of all tables, later
   * ones included, and the name of the slot.
   */
  replicate(client: Service, name: string): ReplicationAccess {
    const { role, access } = this.role(client, name, true);
    const database = this.databases.get(name) ?? this.unowned(name);
    this.mayRead(client, name, role, publicPart(database));
    const stream = `${client.service.replaceAll("-", "_")}_${name}`;
    const names = { name: stream, database: database.name };
    new postgresql.Publication(`${client.service}-${name}`, { ...names, allTables: true }, this.admin);
    // The client creates the slot: the provider has no option for one that survives a failover.
    return { ...access, publication: stream, slot: stream };
  }

  /** A user beside the client's own, with rights on tables that are there. */
  user(client: Service, user: TableUser): DatabaseAccess {
    const { name, database, connections, statementSeconds } = user;
    const base = `${client.service}-${name}`;
    const made = this.databases.get(database) ?? this.unowned(database);
    const alive = this.platform.logins(client.service);
    const { updater, grant } = grantTables({ base, sql: roleName, user, database: made.name, admin: this.admin });
    const secret = `postgres-${name.replaceAll("_", "-")}`;
    this.createRoles(client, alive, {
      base,
      secret,
      roles: { connectionLimit: connections, statementTimeout: 1000 * statementSeconds },
      member: updater === undefined ? [] : [updater],
      rights: grant,
    });
    return this.signingIn(client, database, `${secret}${alive[0].suffix}`);
  }

  /** A database that no service owns. The password of its owner is a Secret in the server's namespace. */
  private unowned(name: string): postgresql.Database {
    const user = `${name}_owner`;
    const generated = password(`${name}-owner`, this.admin.parent);
    const owner = new postgresql.Role(`${name}-owner`, { name: user, login: true, password: generated }, this.admin);
    this.server.secret(`owner-${name.replaceAll("_", "-")}`, { username: user, password: generated });
    return this.database(name, owner);
  }

  private database(name: string, owner: postgresql.Role): postgresql.Database {
    const database = new postgresql.Database(
      name,
      { name, owner: owner.name, encoding: "UTF8" },
      { ...this.admin, ...this.platform.dataOptions },
    );
    this.databases.set(name, database);
    // PostgreSQL lets every role connect to every database until that is revoked.
    new postgresql.Grant(
      `${name}-public`,
      { database: database.name, role: "public", objectType: "database", privileges: [] },
      this.admin,
    );
    for (const extension of EXTENSIONS[name] ?? []) {
      new postgresql.Extension(`${name}-${extension}`, { name: extension, database: database.name }, this.admin);
    }
    return database;
  }

  /** PostgreSQL lets nobody connect but the owner and these. */
  private mayConnect(client: Service, name: string, role: postgresql.Role, database: postgresql.Database): void {
    const key = `${client.service}-${name}`;
    if (this.connected.has(key)) return;
    this.connected.add(key);
    const right = { objectType: "database", privileges: ["CONNECT"], database: database.name, role: role.name };
    new postgresql.Grant(`${key}-database`, right, this.admin);
  }

  /** Read access to existing and later tables: the owner creates tables after the update that grants them. */
  private mayRead(client: Service, name: string, role: postgresql.Role, part: Part): void {
    const { database, schema, owner, suffix = "" } = part;
    this.mayConnect(client, name, role, database);
    const rights = [
      { objectType: "schema", privileges: ["USAGE"] },
      { objectType: "table", privileges: ["SELECT"] },
      // A dump contains the values of sequences.
      { objectType: "sequence", privileges: ["SELECT"] },
    ];
    for (const right of rights) {
      new postgresql.Grant(
        `${client.service}-${name}${suffix}-${right.objectType}`,
        { ...right, schema, database: database.name, role: role.name },
        this.admin,
      );
    }
    for (const objectType of ["table", "sequence"]) {
      new postgresql.DefaultPrivileges(
        `${client.service}-${name}${suffix}-${objectType}-default`,
        { database: database.name, owner, role: role.name, schema, objectType, privileges: ["SELECT"] },
        this.admin,
      );
    }
  }

  /** The role of a client, the same for all databases that it uses. */
  private role(
    client: Service,
    database: string,
    replication = false,
  ): { role: postgresql.Role; access: DatabaseAccess } {
    const { service } = client;
    const alive = this.platform.logins(service);
    const signing = { base: service, secret: "postgres", roles: replication ? { replication } : {} };
    const role = this.roles.get(service) ?? this.createRoles(client, alive, signing);
    this.roles.set(service, role);
    return { role, access: this.signingIn(client, database, `postgres${alive[0].suffix}`) };
  }

  /** @param secret the Secret's name after that of the client */
  private signingIn(client: Service, database: string, secret: string): DatabaseAccess {
    return {
      secret: `${client.service}-${secret}`,
      userKey: "username",
      passwordKey: "password",
      endpoint: this.endpoint,
      database,
      jdbcUrl: postgresJdbc(this.endpoint, database),
    };
  }

  /**
   * Roles of a user. The first generation of credentials signs in as the role that has its rights and owns its objects. Later
   * generations are members that assume that role, so that it owns what they create.
   */
  private createRoles(
    client: Service,
    alive: readonly Login[],
    { base, secret, roles = {}, member = [], rights = () => [] }: Signing,
  ): postgresql.Role {
    const passwords = new Map(
      alive.map(({ suffix }) => [suffix, password(`${client.service}-${secret}${suffix}`, this.admin.parent)]),
    );
    const first = passwords.get("");
    const role = new postgresql.Role(
      base,
      {
        name: roleName(base),
        login: first !== undefined,
        ...(first && { password: first }),
        ...(member.length > 0 && { roles: member.map(({ name }) => name) }),
        ...roles,
      },
      this.admin,
    );
    const granted = rights(role);
    for (const { suffix } of alive) {
      const user = `${base}${suffix}`;
      const login = { name: roleName(user), login: true, password: passwords.get(suffix) ?? "" };
      const acts = { roles: [role.name], assumeRole: role.name };
      const signsIn = suffix === "" ? role : new postgresql.Role(user, { ...login, ...acts, ...roles }, this.admin);
      client.secret(
        `${secret}${suffix}`,
        { username: login.name, password: login.password },
        { after: [signsIn, ...granted] },
      );
    }
    return role;
  }
}

const publicPart = (database: postgresql.Database): Part => ({ database, schema: "public", owner: database.owner });

/** Name of a role in SQL: one with `-` would need quotes everywhere. */
const roleName = (user: string) => user.replaceAll("-", "_");
