import * as pulumi from "@pulumi/pulumi";

import type { IndexRequest, SearchAccess, SearchStore, SqlSource } from "../../core/capabilities";
import { type Endpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import { indexPrefix } from "../../core/index-prefix";
import { DOMAIN } from "../../core/labels";
import { hashedPassword } from "../../core/password";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { clientUsers, type Users } from "../../core/users";
import { SearchExporter } from "../search-exporter";
import { frontNodes } from "./config";
import type { Elasticsearch } from "./elasticsearch";
import { calls } from "./indices";
import { accessMonitoring } from "./monitoring";
import { pins } from "./pins";
import { ACCESS, accessPods, NAME } from "./pods";
import * as roles from "./roles";
import type { ElasticsearchSettings } from "./settings";
import * as setup from "./setup";
import { USER } from "./template";

export interface AccessArgs {
  readonly platform: Platform;
  readonly settings: ElasticsearchSettings;
  readonly store: Elasticsearch;
  /** Resolved when the whole stack is described: then every client has requested its rights. */
  readonly described: pulumi.Input<readonly object[]>;
}

/** Key of the Secret with the admin's password. */
export const ADMIN_SECRET = { secret: `${ACCESS}-admin`, key: "password" } as const;
const KNOWN = "known";

interface Rights {
  readonly access: IndexRequest[];
  /** @default the role that follows from `access` */
  readonly role?: roles.Role;
  /** Roles of Elasticsearch's own. */
  readonly roles: readonly string[];
  /** Hashes by user. */
  readonly users: Users["hashes"];
}

interface Known {
  readonly rights: Rights;
  readonly keys: SearchAccess;
}

/** Users and rights of Elasticsearch, in files that the operator hands to the nodes; templates and policies; the exporter. */
export class ElasticsearchAccess extends Service implements SearchStore {
  readonly kind = "elasticsearch";
  readonly endpoint: Endpoint;
  /** The indices that the settings open to SQL engines. */
  readonly source: SqlSource;
  private readonly platform: Platform;
  /** Of services and of people. */
  private readonly clients = new Map<string, Rights>();
  private readonly known = new Map<string, Known>();
  private readonly made: Task;

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, store } = args;
    const pods = accessPods(platform, settings);
    super(
      "storage:ElasticsearchAccess",
      name,
      { namespace: store.namespace, pods, monitoring: accessMonitoring },
      opts,
    );
    this.platform = platform;
    this.endpoint = store.endpoint;
    this.source = { name: NAME, kind: "elasticsearch", grant: (client) => this.engine(client, settings) };
    this.link(this.endpoint, "setup");
    this.made = this.setup(args);
    for (const person of settings.users) this.person(person, settings.kibana);
    this.watched();
    this.registerOutputs({ url: url(this.endpoint) });
  }

  grant(client: Service, access: readonly IndexRequest[]): SearchAccess {
    const { rights, keys } = this.client(client);
    rights.access.push(...access.map((one) => ({ ...one, prefix: indexPrefix(client.service, one.prefix) })));
    return keys;
  }

  /** The user by which Kibana keeps its own indices; people sign in as themselves. */
  show(client: Service): SearchAccess {
    return this.client(client, { role: roles.NOTHING, roles: [roles.KIBANA_SYSTEM] }).keys;
  }

  /** Resources that a client of Elasticsearch's admin waits for. */
  get ready(): pulumi.Resource[] {
    return [this.made];
  }

  private engine(client: Service, { indices }: ElasticsearchSettings) {
    const open = indices.filter(({ engines }) => engines === "read");
    const access = this.grant(
      client,
      open.map(({ name }) => ({ prefix: `${name}-`, level: "read" })),
    );
    return { ...access, database: "", jdbcUrl: url(this.endpoint) };
  }

  /** A user that belongs to no service of the stack. Its generations of credentials are this service's. */
  private person(
    { name, indices, level }: ElasticsearchSettings["users"][number],
    { enabled, spaces }: ElasticsearchSettings["kibana"],
  ): void {
    const users: Record<string, pulumi.Output<string>> = {};
    for (const { suffix } of this.platform.logins(this.service)) {
      const user = `${name}${suffix}`;
      const { value, hash } = hashedPassword(`${NAME}-user-${user}`, this);
      this.secret(`user-${user}`, { username: user, password: value }, { after: this.ready });
      users[user] = hash;
    }
    const role = roles.clientRole(indices.map((prefix) => ({ prefix, level })));
    const applications = enabled ? roles.spaceRights(level, spaces) : [];
    this.clients.set(`user-${name}`, { access: [], role: { ...role, applications }, roles: [], users });
  }

  /** Creates a client's users: one for each generation of credentials that is valid. */
  private client(client: Service, special: Partial<Pick<Rights, "role" | "roles">> = {}): Known {
    const { service } = client;
    const known = this.known.get(service);
    if (known !== undefined) return known;
    const alive = this.platform.logins(service);
    const { hashes, keys } = clientUsers(this, client, { at: NAME, alive, after: this.ready });
    const rights: Rights = { access: [], roles: [], users: hashes, ...special };
    const made = { rights, keys: { ...keys, endpoint: this.endpoint } };
    this.known.set(service, made);
    this.clients.set(service, rights);
    return made;
  }

  /** Roles and users as plain data, complete once the stack is described. */
  private described(): ReadonlyMap<string, roles.Client> {
    return new Map(
      [...this.clients].map(([name, { access, role, roles: more, users }]) => [
        name,
        { role: role ?? roles.clientRole(access), roles: more, users: Object.keys(users) },
      ]),
    );
  }

  /** The task that waits for the users and creates the rest. It runs again when rights, users or templates change. */
  private setup({ settings, store, described }: AccessArgs): Task {
    const complete = pulumi.output(described);
    const admin = hashedPassword(`${NAME}-admin`, this);
    this.secret("admin", { username: roles.ADMIN, [ADMIN_SECRET.key]: admin.value });
    const hashes = complete.apply(() =>
      pulumi.all({
        [roles.ADMIN]: admin.hash,
        ...Object.assign({}, ...[...this.clients.values()].map(({ users }) => users)),
      } as Rights["users"]),
    );
    this.secret("users", {
      users: hashes.apply(roles.usersFile),
      users_roles: complete.apply(() => roles.usersRolesFile(this.described())),
    });
    this.secret("roles", { "roles.yml": complete.apply(() => roles.rolesFile(this.described())) });
    this.secret(KNOWN, { [setup.KNOWN_FILE]: complete.apply(() => roles.knownUsers(this.described())) });
    const group = this.group("setup");
    return new Task(
      `${ACCESS}-setup`,
      {
        group,
        version: pins.elasticsearch.version,
        user: USER,
        priorityClass: group.priorityClass,
        backoffLimit: 6,
        annotations: { [`${DOMAIN}/rights`]: complete.apply(() => fingerprint(JSON.stringify([...this.described()]))) },
        config: {
          calls: { mountPath: setup.CALLS_DIRECTORY, files: { [setup.CALLS_FILE]: calls(settings, store.copy) } },
        },
        secrets: { [KNOWN]: `${ACCESS}-${KNOWN}` },
        containers: [
          {
            name: "setup",
            image: pins.elasticsearch.image,
            command: ["/bin/bash", "-ec"],
            args: [setup.setupScript()],
            env: {
              ELASTICSEARCH_URL: url(this.endpoint),
              NODES: frontNodes(settings, this.namespace).join(" "),
              ADMIN_PASSWORD: fromSecret(ADMIN_SECRET.secret, ADMIN_SECRET.key),
            },
            mounts: { [setup.USERS_DIRECTORY]: KNOWN },
          },
        ],
      },
      { parent: this, dependsOn: [store.running, ...store.parts, ...this.parts] },
    );
  }

  /** The exporter, with a user that reads no document. */
  private watched(): void {
    this.link(this.endpoint, "exporter");
    const { keys: login } = this.client(this, { role: roles.MONITOR });
    new SearchExporter(
      { group: this.group("exporter"), url: url(this.endpoint), login },
      { parent: this, dependsOn: this.parts },
    );
  }
}
