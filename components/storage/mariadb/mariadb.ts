import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { DatabaseAccess, ObjectStore, SqlSource } from "../../core/capabilities";
import { type Endpoint, type PodPeer, serviceEndpoint } from "../../core/endpoint";
import { Link } from "../../core/link";
import type { Login } from "../../core/login";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { REPRODUCIBLE } from "../../core/labels";
import { Service } from "../../core/service";
import * as access from "./access";
import { BACKUP, backupSpec, PREFIX } from "./backup.config";
import * as config from "./config";
import { Exporter } from "./exporter";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { mariadbPods, NAME, podLabels, PORT, writeService } from "./pods";
import type { MariadbSettings } from "./settings";

export interface MariadbArgs {
  readonly platform: Platform;
  readonly settings: MariadbSettings;
  readonly objects: ObjectStore;
  /** The pods of the operator, which connects to the servers. */
  readonly operator: PodPeer;
}

/** MariaDB by mariadb-operator; databases, users and grants are custom resources too. */
export class Mariadb extends Service {
  /** The databases that the settings open to SQL engines. */
  readonly source: SqlSource;
  /** Endpoint of the primary. */
  readonly endpoint: Endpoint;
  private readonly server: k8s.apiextensions.CustomResource;
  private readonly databases = new Map<string, pulumi.Resource>();
  private readonly platform: Platform;
  private readonly settings: MariadbSettings;

  constructor(args: MariadbArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, operator } = args;
    const namespace = platform.namespace("storage");
    const pods = mariadbPods(platform, settings);
    super("storage:Mariadb", NAME, { namespace, pods, monitoring: monitoring(platform, settings), podLabels }, opts);
    this.platform = platform;
    this.settings = settings;
    const group = this.group("server");
    const several = group.replicas > 1;
    this.endpoint = serviceEndpoint({
      name: NAME,
      peer: this.peer("server"),
      service: writeService(group.replicas),
      port: PORT,
      scheme: "mariadb",
    });
    this.source = {
      name: NAME,
      kind: "mariadb",
      grant: (client) => this.grant(client, access.engineRights(settings.databases)),
      read: (client, database) => ({ ...this.grant(client, access.readerRights(database)), database }),
    };
    this.connect(operator, several);

    const secrets = [
      this.generated("root"),
      ...(several ? [this.generated("replication"), this.generated("agent")] : []),
    ];
    this.server = this.custom(
      NAME,
      {
        apiVersion: config.API,
        kind: "MariaDB",
        metadata: this.metadata(NAME, "server", pins.mariadb.version),
        ready: true,
      },
      config.serverSpec(group),
      { dependsOn: secrets, ...platform.dataOptions },
    );
    for (const { name, follower } of settings.databases) this.database(name, follower);
    this.exporter(platform);
    if (settings.backup.method !== "off") this.backup(objects);
    this.registerOutputs({ host: this.endpoint.host });
  }

  /** Creates the users of a client. */
  private grant(client: Service, rights: readonly access.Right[]): DatabaseAccess {
    const { service } = client;
    const alive = this.platform.logins(service);
    for (const login of alive) {
      const { known, generated } = this.user(login.user, login.suffix, service, rights);
      const keys = { username: access.sqlName(login.user), password: generated };
      client.secret(`${NAME}${login.suffix}`, keys, { after: known });
    }
    const { endpoint } = this;
    return {
      secret: `${service}-${NAME}${alive[0].suffix}`,
      userKey: "username",
      passwordKey: "password",
      endpoint,
      database: "",
      jdbcUrl: `jdbc:mariadb://${endpoint.host}:${String(endpoint.port)}`,
    };
  }

  /** A database with its owner, whose password is a Secret in the server's namespace. */
  private database(name: string, follower: boolean): void {
    const resource = access.resourceName(name);
    const made = this.custom(
      `${NAME}-database-${resource}`,
      { apiVersion: config.API, kind: "Database", metadata: this.metadata(resource, "database"), ready: true },
      // A database is dropped by hand only: one that is dropped by mistake is lost.
      { ...this.ofServer(), name, ...config.CHARACTERS, cleanupPolicy: "Skip" },
      { dependsOn: [this.server], ...this.platform.dataOptions },
    );
    this.databases.set(name, made);
    this.externalUser(`${name}_owner`, access.ownerRights(name));
    if (follower) this.externalUser(`${name}_follower`, access.followerRights(name));
  }

  /** A user that belongs to no service of the stack. Its generations of credentials are the server's. */
  private externalUser(name: string, rights: readonly access.Right[]): void {
    const role = access.resourceName(name);
    for (const { suffix } of this.platform.logins(this.service)) {
      const user = `${role}${suffix}`;
      const { known, generated } = this.user(user, suffix, role, rights);
      this.secret(user, { username: access.sqlName(user), password: generated }, { after: known });
    }
  }

  /** A user with grants, and its password in a Secret that the operator reads. */
  private user(name: string, suffix: string, client: string, rights: readonly access.Right[]) {
    const generated = password(`${client}-${NAME}${suffix}`, this);
    const stored = this.secret(`password-${name}`, { [config.PASSWORD_KEY]: generated });
    const username = access.sqlName(name);
    const user = this.custom(
      `${NAME}-user-${name}`,
      { apiVersion: config.API, kind: "User", metadata: this.metadata(name, "user"), ready: true },
      {
        ...this.ofServer(),
        name: username,
        passwordSecretKeyRef: { name: `${NAME}-password-${name}`, key: config.PASSWORD_KEY },
        // No limit besides the server's.
        maxUserConnections: 0,
      },
      { dependsOn: [this.server, stored] },
    );
    const grants = rights.map(({ database, privileges }) => {
      const of = database === "*" ? "all" : access.resourceName(database);
      const before = this.databases.get(database);
      return this.custom(
        `${NAME}-grant-${name}-${of}`,
        { apiVersion: config.API, kind: "Grant", metadata: this.metadata(`${name}-${of}`, "grant"), ready: true },
        { ...this.ofServer(), username, database, table: "*", privileges: [...privileges] },
        { dependsOn: [user, ...(before === undefined ? [] : [before])] },
      );
    });
    return { generated, known: [user, ...grants] };
  }

  private ofServer() {
    return { mariaDbRef: { name: NAME } };
  }

  /** A password of the servers and their operator. */
  private generated(role: "root" | "replication" | "agent"): k8s.core.v1.Secret {
    return this.secret(role, { [config.PASSWORD_KEY]: password(`${NAME}-${role}`, this) });
  }

  /** Links between servers and operator. Agents of several servers read and write the MariaDB resource. */
  private connect(operator: PodPeer, several: boolean): void {
    const { endpoint } = this;
    const agent: Endpoint = {
      ...endpoint,
      name: `${NAME}-agent`,
      port: config.AGENT_PORT,
      targetPorts: [config.AGENT_PORT],
      scheme: "http",
    };
    if (several) {
      this.link({ ...endpoint, name: `${NAME}-replication` }, "server");
      this.link(this.platform.apiServer, "server");
    }
    for (const to of several ? [endpoint, agent] : [endpoint])
      new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
  }

  /** The exporter, with a user that reads status and no data. */
  private exporter(platform: Platform): void {
    this.link(this.endpoint, "exporter");
    const alive: readonly Login[] = platform.logins(this.service);
    const users = alive.map(({ suffix }) => this.user(`exporter${suffix}`, suffix, "exporter", access.EXPORTER_RIGHTS));
    const user = `exporter${alive[0]?.suffix ?? ""}`;
    new Exporter(
      {
        group: this.group("exporter"),
        user: access.sqlName(user),
        secret: `${NAME}-password-${user}`,
        address: `${this.endpoint.host}:${String(PORT)}`,
      },
      { parent: this, dependsOn: users.flatMap(({ known }) => known) },
    );
  }

  /** Backups in the bucket `backups`. */
  private backup(objects: ObjectStore): void {
    const { schedule, retentionDays } = this.settings.backup;
    const keys = this.use(objects.grant(this, [{ bucket: "backups", prefix: PREFIX, level: "write" }]), "backup");
    this.link(this.endpoint, "backup");
    // The operator takes a CA from a Secret only.
    const ca = this.caSecret(this.platform);
    const metadata = this.metadata(BACKUP, "backup", pins.mariadb.version);
    // The operator would create an account whose token is mounted without need.
    const account = new k8s.core.v1.ServiceAccount(
      BACKUP,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    );
    const annotations = { [REPRODUCIBLE]: "its volume holds a copy until that is in the object store" };
    this.custom(
      BACKUP,
      { apiVersion: config.API, kind: "PhysicalBackup", metadata: { ...metadata, annotations } },
      backupSpec({
        group: this.group("backup"),
        schedule,
        retentionDays,
        bucket: objects.buckets.backups,
        region: objects.region,
        keys,
        ca: ca === undefined ? undefined : { name: ca.secret, key: ca.key },
      }),
      { dependsOn: [this.server, account, ...this.parts] },
    );
  }
}
