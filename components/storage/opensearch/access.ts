import * as pulumi from "@pulumi/pulumi";

import type { IndexRequest, SearchAccess, SearchStore, SqlSource } from "../../core/capabilities";
import { type Endpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import { indexPrefix } from "../../core/index-prefix";
import { DOMAIN } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { clientUsers, type Users } from "../../core/users";
import { SearchExporter } from "../search-exporter";
import { calls } from "./indices";
import { accessMonitoring } from "./monitoring";
import { ADMIN_SECRET, type Opensearch } from "./opensearch";
import { pins } from "./pins";
import { ACCESS, accessPods, NAME } from "./pods";
import * as security from "./security";
import type { OpensearchSettings } from "./settings";
import * as setup from "./setup";

export interface AccessArgs {
  readonly platform: Platform;
  readonly settings: OpensearchSettings;
  readonly store: Opensearch;
  /** Done when the whole stack is described: then every client has asked for its rights. */
  readonly described: pulumi.Input<readonly object[]>;
}

const USER = 1000;
const RIGHTS = "rights";

/** What a person or a service may do, and who it signs in as. */
interface Known {
  readonly access: IndexRequest[];
  /** What it has besides, or instead. */
  readonly role: security.Role | undefined;
  /** Roles that the plugin brings. */
  readonly roles: readonly string[];
  readonly users: Users["passwords"];
}

interface Client extends Known {
  readonly keys: SearchAccess;
}

/** Who may do what with OpenSearch, made by a task; and who tells how it is. */
export class OpensearchAccess extends Service implements SearchStore {
  readonly kind = "opensearch";
  readonly endpoint: Endpoint;
  /** What SQL engines see: the indices that the settings open to them. */
  readonly source: SqlSource;
  private readonly platform: Platform;
  private readonly people = new Map<string, Known>();
  private readonly clients = new Map<string, Client>();
  private readonly made: Task;

  constructor(
    name: string,
    { platform, settings, store, described }: AccessArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const pods = accessPods(platform, settings);
    super("storage:OpensearchAccess", name, { namespace: store.namespace, pods, monitoring: accessMonitoring }, opts);
    this.platform = platform;
    this.endpoint = store.endpoint;
    this.source = { name: NAME, kind: "opensearch", grant: (client) => this.engine(client, settings) };
    this.link(this.endpoint, "setup");
    this.made = this.setup(settings, store, described);
    for (const { name: user, indices, level } of settings.users) this.person(user, indices, level);
    this.watched();
    this.registerOutputs({ url: url(this.endpoint) });
  }

  grant(client: Service, access: readonly IndexRequest[]): SearchAccess {
    const { access: known, keys } = this.client(client, {});
    known.push(...access.map((one) => ({ ...one, prefix: indexPrefix(client.service, one.prefix) })));
    return keys;
  }

  /** For the one who shows it to people: who it asks for is theirs to say. */
  show(client: Service): SearchAccess {
    return this.client(client, { roles: ["kibana_server"] }).keys;
  }

  private engine(client: Service, { indices }: OpensearchSettings) {
    const open = indices.filter(({ engines }) => engines === "read");
    const access = this.grant(
      client,
      open.map(({ name }) => ({ prefix: `${name}-`, level: "read" })),
    );
    return { ...access, database: "", jdbcUrl: url(this.endpoint) };
  }

  /** A user whom no service has. Its generations are those of this one. */
  private person(name: string, indices: readonly string[], level: "read" | "write"): void {
    const logins = this.platform.logins(this.service);
    const users = logins.map(({ suffix }) => {
      const generated = password(`${NAME}-user-${name}${suffix}`, this);
      this.secret(
        `user-${name}${suffix}`,
        { username: `${name}${suffix}`, password: generated },
        { after: [this.made] },
      );
      return [`${name}${suffix}`, generated] as const;
    });
    const access = indices.map((prefix) => ({ prefix, level }));
    const person = { access, role: undefined, roles: ["kibana_user"], users: Object.fromEntries(users) };
    this.people.set(`user-${name}`, person);
  }

  private client(
    client: Service,
    { role, roles = [] }: { readonly role?: security.Role; readonly roles?: readonly string[] },
  ): Client {
    const { service } = client;
    const known = this.clients.get(service);
    if (known !== undefined) return known;
    const alive = this.platform.logins(service);
    const { passwords: users, keys } = clientUsers(this, client, { at: NAME, alive, after: [this.made] });
    const made = { access: [], role, roles, users, keys: { ...keys, endpoint: this.endpoint } };
    this.clients.set(service, made);
    return made;
  }

  /** The task. It runs again when rights, users or templates change. */
  private setup(settings: OpensearchSettings, store: Opensearch, described: AccessArgs["described"]): Task {
    const known = pulumi.output(described);
    const rights = known.apply(() => pulumi.all(this.known().flatMap(userLines)));
    this.secret(RIGHTS, {
      [setup.RIGHTS_FILE]: rights.apply((users) => text([...this.rolesLines(), ...users])),
      [setup.NAMES_FILE]: known.apply(() => text(this.names())),
    });
    const group = this.group("setup");
    return new Task(
      `${ACCESS}-setup`,
      {
        group,
        version: pins.opensearch.version,
        user: USER,
        priorityClass: group.priorityClass,
        backoffLimit: 6,
        annotations: {
          [`${DOMAIN}/rights`]: known.apply(() => fingerprint(JSON.stringify([this.rolesLines(), this.names()]))),
        },
        config: {
          calls: { mountPath: setup.CALLS_DIRECTORY, files: { [setup.CALLS_FILE]: calls(settings, store.copy) } },
        },
        secrets: { [RIGHTS]: `${ACCESS}-${RIGHTS}` },
        containers: [
          {
            name: "setup",
            image: settings.image ?? pins.opensearch.image,
            command: ["/bin/sh", "-ec"],
            args: [setup.setupScript()],
            env: {
              OPENSEARCH_URL: url(this.endpoint),
              ADMIN_PASSWORD: fromSecret(ADMIN_SECRET.secret, ADMIN_SECRET.key),
            },
            mounts: { [setup.RIGHTS_DIRECTORY]: RIGHTS },
          },
        ],
      },
      { parent: this, dependsOn: [...store.running, ...store.parts, ...this.parts] },
    );
  }

  private known(): (readonly [string, Known])[] {
    return [...this.people, ...this.clients];
  }

  private rolesLines(): string[] {
    return this.known().map(([name, { role, access }]) => security.roleLine(name, role ?? security.clientRole(access)));
  }

  /** What the task leaves: everything else that it once made goes. */
  private names(): string[] {
    return this.known().flatMap(([name, { users }]) => [
      `role ${security.roleName(name)}`,
      ...Object.keys(users).map((user) => `user ${user}`),
    ]);
  }

  /** The exporter, with a user who sees no document. */
  private watched(): void {
    this.link(this.endpoint, "exporter");
    const { keys: login } = this.client(this, { role: security.MONITOR });
    new SearchExporter(
      { group: this.group("exporter"), url: url(this.endpoint), login },
      { parent: this, dependsOn: this.parts },
    );
  }
}

const userLines = ([name, { users, roles }]: readonly [string, Known]): pulumi.Output<string>[] =>
  Object.entries(users).map(([user, generated]) =>
    generated.apply((secret) => security.userLine(user, secret, [security.roleName(name), ...roles])),
  );

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
