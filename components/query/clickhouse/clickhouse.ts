import type * as pulumi from "@pulumi/pulumi";

import type {
  AnalyticalStore,
  DatabaseAccess,
  EventLog,
  ObjectStore,
  SecretKeys,
  SqlSource,
  TableCatalog,
  TablesRequest,
  TopicAccess,
} from "../../core/capabilities";
import { type Endpoint, type PodPeer, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { ownObjects } from "../../core/grant";
import { Link } from "../../core/link";
import { password } from "../../core/password";
import type { ContainerArgs } from "../../core/pod";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { ClickhouseUsers } from "./access";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { BACKUP, clickhousePods, KEEPER, NAME, namespaceOf, SERVER, serversOf, SETUP } from "./pods";
import * as resources from "./resources";
import * as scripts from "./scripts";
import type { ClickhouseSettings } from "./settings";
import * as sql from "./sql";
import * as users from "./users";

export interface ClickhouseArgs {
  readonly platform: Platform;
  readonly settings: ClickhouseSettings;
  readonly objects: ObjectStore;
  /** Undefined where the stack has no catalog; then the settings read none. */
  readonly tables: TableCatalog | undefined;
  /** Undefined where the stack runs no Kafka; then the settings read no topic. */
  readonly events: EventLog | undefined;
  /** The pods of the operator, which reads the status of servers. */
  readonly operator: PodPeer;
  /** Done when the whole stack is described: then every client has asked for its user. */
  readonly described: pulumi.Input<readonly object[]>;
}

/** Grants of the servers. */
interface Granted {
  readonly s3: SecretKeys | undefined;
  readonly kafka: TopicAccess | undefined;
}

/** ClickHouse with ClickHouse Keeper, by Altinity's operator. */
export class Clickhouse extends Service implements AnalyticalStore {
  readonly endpoint: Endpoint;
  /** The databases that the settings open to SQL engines. */
  readonly source: SqlSource;
  private readonly users: ClickhouseUsers;
  private readonly settings: ClickhouseSettings;

  constructor(args: ClickhouseArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings } = args;
    super(
      "query:Clickhouse",
      NAME,
      { namespace: namespaceOf(platform), pods: clickhousePods(platform, settings), monitoring },
      opts,
    );
    this.settings = settings;
    this.users = new ClickhouseUsers(this, platform);
    this.endpoint = this.port("http");
    this.source = { name: NAME, kind: "clickhouse", grant: (client) => this.engine(client) };
    this.connect(args.operator);
    const granted = this.grants(args);

    const { secret, cluster, interserver } = resources.INTERNAL;
    this.secret(secret.replace(`${NAME}-`, ""), {
      [cluster]: password(`${NAME}-cluster`, this),
      [interserver]: password(`${NAME}-interserver`, this),
    });
    this.users.admit(this, { profile: "administrator", grants: undefined }, "admin");
    const login = this.users.admit(this, { profile: "service", grants: users.serviceGrants(settings) });
    const group = this.group(SERVER);
    this.secret("users", { [config.USERS_FILE]: this.users.file(args.described, group, settings) });

    const keepers = this.custom(
      `${NAME}-keeper`,
      { ...resources.KEEPERS, metadata: this.metadata(NAME, KEEPER, pins.clickhouseKeeper.version) },
      resources.keeperSpec(this.group(KEEPER)),
      platform.dataOptions,
    );
    const servers = this.custom(
      NAME,
      { ...resources.INSTALLATION, metadata: this.metadata(NAME, SERVER, pins.clickhouse.version) },
      resources.installationSpec({
        group,
        settings,
        xml: config.serverXml(group, this.places(args, granted)),
        env: this.environment(granted),
      }),
      { dependsOn: [keepers, ...this.parts], ...platform.dataOptions },
    );
    this.setup(args, granted, login, servers);
    if (settings.backup.method !== "off") this.backup(login, servers);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  grant(client: Service, access: readonly TablesRequest[]): DatabaseAccess {
    const { databases, iceberg } = this.settings;
    const known = [...databases.map(({ name }) => name), ...(iceberg === "off" ? [] : ["lakehouse"])];
    for (const { database } of access)
      if (!known.includes(database))
        throw new Error(
          `${client.service} asks for the database ${database}, but lakehouse:query.clickhouse.databases has none of that name: ${known.join(", ") || "it is empty"}`,
        );
    const writes = access.some(({ level }) => level === "write");
    const grants = access.flatMap(({ database, level }) => users.databaseGrants(database, level));
    return this.access(client, writes ? "writer" : "reader", grants);
  }

  /** The user of a SQL engine. */
  private engine(client: Service): DatabaseAccess {
    const { databases } = this.settings;
    const writes = databases.some(({ engines }) => engines === "write");
    return this.access(client, writes ? "writer" : "reader", users.engineGrants(databases));
  }

  private access(client: Service, profile: users.Profile, grants: readonly string[]): DatabaseAccess {
    const { endpoint } = this;
    const jdbcUrl = `jdbc:clickhouse://${endpoint.host}:${String(endpoint.port)}/`;
    return { ...this.users.admit(client, { profile, grants }), endpoint, database: "", jdbcUrl };
  }

  /** The Service of all servers that are ready, by one of its ports. */
  private port(name: "http" | "tcp"): Endpoint {
    const peer = this.peer(SERVER);
    const at = name === "http" ? peer.name : `${peer.name}-${name}`;
    const scheme = name === "http" ? "http" : "clickhouse";
    return serviceEndpoint({ name: at, peer, service: config.SERVICE, port: config.PORTS[name], scheme });
  }

  /** Links among servers (queries, replication), from servers to Keeper, among Keepers (Raft), and from the operator. */
  private connect(operator: PodPeer): void {
    const { tcp, interserver } = config.PORTS;
    const { zk, raft } = config.KEEPER_PORTS;
    const servers = this.port("tcp");
    const keepers: Endpoint = {
      ...servers,
      name: `${NAME}-${KEEPER}`,
      peer: this.peer(KEEPER),
      port: zk,
      targetPorts: [zk],
    };
    if (this.group(SERVER).replicas > 1)
      this.link({ ...servers, name: `${NAME}-servers`, targetPorts: [tcp, interserver] }, SERVER);
    this.link(keepers, SERVER);
    if (this.group(KEEPER).replicas > 1)
      this.link({ ...keepers, name: `${NAME}-raft`, port: raft, targetPorts: [raft] }, KEEPER);
    new Link(`${operator.name}-to-${this.endpoint.name}`, { from: operator, to: this.endpoint }, { parent: this });
  }

  /** Grants by settings: own objects, backups, files of Iceberg tables, topics. */
  private grants({ settings, objects, tables, events }: ClickhouseArgs): Granted {
    const { storage, backup, iceberg, streams } = settings;
    const reads = ["bronze", "silver", "gold", "warehouse"] as const;
    const asked = [
      ...(storage === "s3" ? [{ bucket: "services", level: "write" } as const] : []),
      ...(backup.method === "s3" ? [{ bucket: "backups", prefix: `${NAME}/`, level: "write" } as const] : []),
      ...(iceberg === "off" ? [] : reads.map((bucket) => ({ bucket, level: "read" }) as const)),
    ];
    const s3 = asked.length === 0 ? undefined : this.use(objects.grant(this, asked), SERVER);
    if (iceberg !== "off" && tables !== undefined) this.link(tables.rest, SERVER);
    if (streams.length === 0 || events === undefined) return { s3, kafka: undefined };
    const topics = streams.map((each) => ({
      topic: each.topic,
      level: "read" as const,
      group: sql.consumerGroup(each),
    }));
    return { s3, kafka: this.use(events.grant(this, topics), SERVER) };
  }

  private places({ settings, objects }: ClickhouseArgs, { kafka }: Granted): config.Places {
    const { buckets } = objects;
    return {
      s3: { url: url(objects.endpoint), region: objects.region },
      objects: settings.storage === "s3" ? ownObjects(NAME, buckets) : undefined,
      backups: settings.backup.method === "s3" ? buckets.backups : undefined,
      kafka,
    };
  }

  private environment({ s3, kafka }: Granted): NonNullable<ContainerArgs["env"]> {
    const { accessKey, secretKey, kafkaUser, kafkaPassword, interserver } = config.VARIABLES;
    return {
      [interserver]: fromSecret(resources.INTERNAL.secret, resources.INTERNAL.interserver),
      ...(s3 === undefined ? {} : credentialsEnv(s3, accessKey, secretKey)),
      ...(kafka === undefined ? {} : credentialsEnv(kafka, kafkaUser, kafkaPassword)),
    };
  }

  /** Task that creates databases and tables of streams. It runs again when the settings or the number of servers change. */
  private setup(
    { settings, objects, tables }: ClickhouseArgs,
    { s3, kafka }: Granted,
    login: SecretKeys,
    servers: pulumi.Resource,
  ): void {
    if (!this.pods.some(({ role }) => role === SETUP)) return;
    const lake =
      settings.iceberg === "off" || tables === undefined
        ? undefined
        : { restUrl: tables.restUrl, warehouse: tables.warehouse, s3Url: url(objects.endpoint) };
    // Statements name these hosts, and the pack requires a Link for every named host.
    if (kafka !== undefined) this.use(kafka, SETUP);
    if (lake !== undefined && tables !== undefined)
      for (const to of [tables.rest, objects.endpoint]) this.link(to, SETUP);
    const count = serversOf(settings);
    const all = sql.statements(settings, { bootstrap: kafka?.bootstrap });
    const script = scripts.setupScript(
      this.endpoint.host,
      count,
      lake === undefined ? undefined : sql.lakeDatabase(lake),
    );
    const { access, secret } = scripts.LAKE_KEYS;
    this.client(
      SETUP,
      { script, env: lake === undefined || s3 === undefined ? {} : credentialsEnv(s3, access, secret) },
      login,
      servers,
      {
        // The catalog may start later.
        backoffLimit: 8,
        config: { sql: { mountPath: scripts.SQL_DIRECTORY, files: { [scripts.SQL_FILE]: sql.sqlFile(all, count) } } },
      },
    );
  }

  private backup(login: SecretKeys, servers: pulumi.Resource): void {
    const { schedule } = this.settings.backup;
    this.client(BACKUP, { script: scripts.backupScript(this.endpoint.host), env: {} }, login, servers, {
      schedule,
      // No retry: it would find the lock of the failed backup.
      backoffLimit: 0,
      deadlineSeconds: 6 * 3600,
    });
  }

  /** Task with the client of the image. */
  private client(
    role: string,
    { script, env }: { readonly script: string; readonly env: NonNullable<ContainerArgs["env"]> },
    login: SecretKeys,
    servers: pulumi.Resource,
    more: Partial<ConstructorParameters<typeof Task>[1]>,
  ): void {
    const group = this.group(role);
    this.link(this.port("tcp"), role);
    new Task(
      this.peer(role).name,
      {
        group,
        version: pins.clickhouse.version,
        user: resources.USER,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: role,
            image: pins.clickhouse.image,
            command: ["/bin/bash", "-ec"],
            args: [script],
            env: { HOME: "/tmp", ...credentialsEnv(login, "CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD"), ...env },
          },
        ],
        ...more,
      },
      { parent: this, dependsOn: [servers, ...this.parts] },
    );
  }
}
