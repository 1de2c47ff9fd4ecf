import type { IncomingMessage } from "node:http";

import { type Answer, basic, JsonServer } from "../../../support/json-server";

interface Permission {
  readonly resource: { readonly type: string; readonly name: string };
  readonly action: string;
}

/** A fake of Druid's API of users, as upstream documents it: creating a user twice is an error. */
export class FakeDruid extends JsonServer {
  readonly passwords = new Map<string, string>([["admin", "of-admin"]]);
  readonly users = new Map<string, Set<string>>([["admin", new Set(["admin"])]]);
  readonly roles = new Map<string, readonly Permission[]>([["admin", []]]);
  readonly asked: string[] = [];
  /** Tasks by id and their state; supervisors by data source. */
  readonly tasks = new Map<string, string>();
  readonly supervisors: string[] = [];
  /** Final state of tasks. */
  outcome: (id: string) => string = () => "SUCCESS";
  /** Number of first requests that are answered with 503. */
  away = 0;
  protected answer(request: IncomingMessage, body: string): Answer {
    if (this.away > 0) {
      this.away -= 1;
      return [503, {}];
    }
    const { method = "", url: path = "" } = request;
    const [name, password] = basic(request);
    if (password === undefined || this.passwords.get(name) !== password) return [401, {}];
    this.asked.push(`${method} ${path}`);
    return path.startsWith("/druid/indexer/v1/")
      ? this.ingestion(method, path.replace("/druid/indexer/v1/", ""), body)
      : this.security(method, path, body);
  }

  private ingestion(method: string, path: string, body: string): [number, unknown] {
    const [kind = "", id = ""] = path.split("/");
    if (method === "GET") {
      const state = this.tasks.get(id);
      return state === undefined ? [404, {}] : [200, { task: id, status: { statusCode: state } }];
    }
    const spec = JSON.parse(body) as { readonly id?: string; readonly spec: { dataSchema: { dataSource: string } } };
    const { dataSource } = spec.spec.dataSchema;
    if (dataSource === "refused") return [400, { error: "no" }];
    if (kind === "supervisor") this.supervisors.push(dataSource);
    if (kind === "supervisor") return [200, { id: dataSource }];
    const task = spec.id ?? "none";
    if (this.tasks.has(task)) return [400, { error: `Task[${task}] already exists!` }];
    this.tasks.set(task, this.outcome(task));
    return [200, { task }];
  }

  private security(method: string, path: string, body: string): [number, unknown] {
    const [, kind = "", , , what = "", name = "", more, role = ""] = path
      .replace("/druid-ext/basic-security", "")
      .split("/");
    const all: Map<string, unknown> =
      kind === "authentication" ? this.passwords : what === "roles" ? this.roles : this.users;
    if (method === "GET" && name === "") return [200, [...all.keys()]];
    if (method === "GET") return [200, { name, roles: [...(this.users.get(name) ?? [])] }];
    if (method === "DELETE") return all.delete(name) ? [200, {}] : [400, {}];
    if (more === undefined) {
      if (all.has(name)) return [400, { error: `[${name}] already exists.` }];
      all.set(name, kind === "authentication" ? "" : what === "roles" ? [] : new Set());
      return [200, {}];
    }
    if (!all.has(name)) return [400, { error: `[${name}] does not exist.` }];
    if (more === "credentials") this.passwords.set(name, (JSON.parse(body) as { readonly password: string }).password);
    else if (more === "permissions") this.roles.set(name, JSON.parse(body) as Permission[]);
    else if (this.users.get(name)?.has(role) === true || !this.roles.has(role)) return [400, {}];
    else this.users.get(name)?.add(role);
    return [200, {}];
  }
}
