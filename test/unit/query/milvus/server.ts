import type { IncomingMessage } from "node:http";

import { type Answer, basic, JsonServer } from "../../../support/json-server";

type Body = Readonly<Record<string, string>>;

/**
 * A fake of Milvus' HTTP API (v2) as its source answers: 200 with a code in the text, keys in alphabetical order, 401 with code 1800
 * for a wrong password; creating something twice is an error, and so is a role's end while it has rights.
 */
export class FakeMilvus extends JsonServer {
  readonly passwords = new Map<string, string>([["root", "of-root"]]);
  readonly users = new Map<string, Set<string>>([["root", new Set(["admin"])]]);
  /** Rights as `<database> <privilege>`. */
  readonly roles = new Map<string, Set<string>>([
    ["admin", new Set()],
    ["public", new Set()],
  ]);
  readonly databases = new Set(["default"]);
  readonly changes: string[] = [];
  /** Number of first requests that are answered as by a proxy that is not ready. */
  away = 0;
  /** Whether rights are not told, and granting one once more is an error. */
  strict = false;
  protected answer(request: IncomingMessage, text: string): Answer {
    if (this.away > 0) {
      this.away -= 1;
      return [200, { code: 65535, message: "proxy is not ready" }];
    }
    const [user, password] = basic(request);
    if (password === undefined || this.passwords.get(user) !== password)
      return [401, { code: 1800, message: "user hasn't authenticated" }];
    const call = (request.url ?? "").replace("/v2/vectordb/", "");
    if (user !== "root" && call !== "databases/list") return [403, { code: 65535, message: "deny" }];
    try {
      const data = this.call(call, JSON.parse(text) as Body);
      if (!/list|describe/.test(call)) this.changes.push(call);
      return [200, { code: 0, data: data ?? {} }];
    } catch (error) {
      return [200, { code: 65535, message: (error as Error).message }];
    }
  }

  private call(
    call: string,
    { userName = "", password = "", roleName = "", dbName = "", privilege = "" }: Body,
  ): unknown {
    const of = <T>(all: Map<string, T>, name: string): T => {
      const found = all.get(name);
      if (found === undefined) throw new Error(`not found: ${name}`);
      return found;
    };
    const add = (all: { has(name: string): boolean }, name: string) => {
      if (all.has(name)) throw new Error(`${name} already exists`);
    };
    switch (call) {
      case "databases/list":
        return [...this.databases];
      case "databases/create":
        add(this.databases, dbName);
        return void this.databases.add(dbName);
      case "users/list":
        return [...this.users.keys()];
      case "users/describe":
        return [...of(this.users, userName)];
      case "users/create":
        add(this.users, userName);
        this.passwords.set(userName, password);
        return void this.users.set(userName, new Set());
      case "users/drop":
        of(this.users, userName);
        this.passwords.delete(userName);
        return void this.users.delete(userName);
      case "users/grant_role":
        of(this.roles, roleName);
        return void of(this.users, userName).add(roleName);
      case "users/revoke_role":
        if (!of(this.users, userName).delete(roleName)) throw new Error("not granted");
        return undefined;
      case "roles/list":
        return [...this.roles.keys()];
      case "roles/create":
        add(this.roles, roleName);
        return void this.roles.set(roleName, new Set());
      case "roles/describe":
        return (this.strict ? [] : [...of(this.roles, roleName)])
          .map((right) => right.split(" "))
          .filter(([database]) => database === dbName)
          .map(([database, name]) => ({
            dbName: database,
            grantor: "root",
            objectName: "*",
            objectType: "Global",
            privilege: name,
          }));
      case "roles/drop":
        if (of(this.roles, roleName).size > 0) throw new Error("fail to drop the role that it has privileges");
        return void this.roles.delete(roleName);
      case "roles/grant_privilege_v2":
        if (!this.databases.has(dbName)) throw new Error(`database not found: ${dbName}`);
        if (this.strict && of(this.roles, roleName).has(`${dbName} ${privilege}`))
          throw new Error("the privilege has been granted");
        return void of(this.roles, roleName).add(`${dbName} ${privilege}`);
      case "roles/revoke_privilege_v2":
        if (!of(this.roles, roleName).delete(`${dbName} ${privilege}`)) throw new Error("not granted");
        return undefined;
      default:
        throw new Error(`unknown call ${call}`);
    }
  }
}
