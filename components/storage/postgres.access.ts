import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";

import type { DatabaseAccess } from "../core/capabilities";
import { password } from "../core/password";
import type { Endpoint } from "../core/endpoint";
import type { Service } from "../core/service";

/** Extensions that a database gets, by its name. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = { analytics: ["vector"] };

/** Roles, databases and rights on a server: one role for each client, its password a Secret in the client's namespace. */
export class DatabaseGrants {
  private readonly databases = new Map<string, postgresql.Database>();

  constructor(
    private readonly endpoint: Endpoint,
    private readonly admin: pulumi.CustomResourceOptions,
    private readonly dataOptions: pulumi.CustomResourceOptions,
  ) {}

  /** A database of the client's own. */
  own(client: Service, name: string): DatabaseAccess {
    const { role, access } = this.role(client, name);
    const database = new postgresql.Database(
      name,
      { name, owner: role.name, encoding: "UTF8" },
      { ...this.admin, ...this.dataOptions },
    );
    this.databases.set(name, database);
    for (const extension of EXTENSIONS[name] ?? []) {
      new postgresql.Extension(`${name}-${extension}`, { name: extension, database: database.name }, this.admin);
    }
    return access;
  }

  /** Reads the public schema of another service's database. */
  read(client: Service, name: string): DatabaseAccess {
    const { role, access } = this.role(client, name);
    const database = this.databases.get(name);
    if (database === undefined) throw new Error(`${client.service} reads database ${name}, which nobody owns`);
    const rights = [
      { objectType: "database", privileges: ["CONNECT"] },
      { objectType: "schema", privileges: ["USAGE"], schema: "public" },
      { objectType: "table", privileges: ["SELECT"], schema: "public" },
    ];
    for (const right of rights) {
      new postgresql.Grant(
        `${client.service}-${name}-${right.objectType}`,
        { ...right, database: database.name, role: role.name },
        this.admin,
      );
    }
    return access;
  }

  private role(client: Service, database: string): { role: postgresql.Role; access: DatabaseAccess } {
    const user = client.service.replaceAll("-", "_");
    const secret = `${client.service}-postgres`;
    const generated = password(secret, this.admin.parent);
    const role = new postgresql.Role(client.service, { name: user, login: true, password: generated }, this.admin);
    client.secret("postgres", { username: user, password: generated });
    const { host, port } = this.endpoint;
    return {
      role,
      access: {
        secret,
        userKey: "username",
        passwordKey: "password",
        endpoint: this.endpoint,
        database,
        jdbcUrl: `jdbc:postgresql://${host}:${String(port)}/${database}`,
      },
    };
  }
}
