import type * as pulumi from "@pulumi/pulumi";

import type { Access } from "../../core/access";
import type { PublicDoor } from "../../core/door";
import type { IdentityProvider } from "../../core/identity";
import type { Platform } from "../../core/platform";
import { password } from "../../core/password";
import type {
  EventLog,
  KeyValueStore,
  KnownTopics,
  ObjectStore,
  SqlEngine,
  SqlSource,
  TableCatalog,
} from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { Service } from "../../core/service";
import { VENDED_CATALOG, type VendingCatalog } from "../../core/vending";
import type { ContainerArgs } from "../../core/pod";
import { Workload } from "../../core/workload";
import { engineProbes } from "../engine-probes";
import { trinoImage } from "./pins";
import type { TrinoSettings } from "./settings";
import { sourceCatalog, sourceEnv } from "./catalogs";
import { cacheSize, deltaCatalog, icebergCatalog, type Lake, VENDED_TOKEN, vendedCatalog } from "./catalogs/lake";
import * as config from "./config";
import { etcFiles } from "./files";
import * as kafka from "./kafka";
import { monitoring } from "./monitoring";
import { trinoPods } from "./pods";
import { SIGNED_IN, SignIn } from "./sign-in";
import * as valkey from "./valkey";

export interface TrinoArgs {
  readonly platform: Platform;
  readonly settings: TrinoSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  /** Gives keys for its tables. @default the stack has none */
  readonly vending?: VendingCatalog | undefined;
  /** Databases that tables are joined with. */
  readonly sources: readonly SqlSource[];
  /** Undefined where the stack runs no Kafka. */
  readonly events: EventLog | undefined;
  readonly topics: KnownTopics;
  /** Undefined where the stack runs no Valkey. */
  readonly cache: KeyValueStore | undefined;
  readonly access: Access;
  /** How people outside of the cluster reach it. @default they do not */
  readonly doors?: readonly PublicDoor[];
  /** Where people sign in by their browser, if they sign in at all. @default Trino has passwords of theirs */
  readonly identity: IdentityProvider | undefined;
  /** Resolves once the whole stack is described: every client has asked for its login by then. */
  readonly described: pulumi.Input<readonly object[]>;
}

const USER = 1000;
/** Catalogs that are read-only for everybody. */
const TOPICS = "kafka";
const KEYS = "valkey";
const READ_ONLY: readonly string[] = [TOPICS, KEYS];

/** The SQL engine: Iceberg and Delta tables in the object store, joined with PostgreSQL and with topics of Kafka. */
export class Trino extends Service {
  readonly sql: SqlEngine;

  constructor(name: string, args: TrinoArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables, access } = args;
    const namespace = platform.namespace("query");
    const facts = { namespace, pods: trinoPods(platform, settings), monitoring: monitoring(access.signIn, namespace) };
    super("query:Trino", name, facts, opts);

    const nodes = serviceEndpoint({ name, peer: this.peer("coordinator"), service: name, port: config.PORT });
    const tls = access.signIn || platform.tls;
    const coordinator = tls ? secured(nodes) : nodes;
    // Every node connects to every other: the coordinator assigns work, workers exchange data.
    this.link({ ...nodes, name: `${name}-nodes`, peer: this.peer() });
    this.link(tables.rest);
    this.link(tables.thrift);
    const s3 = this.use(
      objects.grant(this, [
        { bucket: "bronze", level: "read" },
        { bucket: "silver", level: "read" },
        { bucket: "gold", level: "write" },
        { bucket: "warehouse", level: "write" },
      ]),
    );
    const sources = args.sources.map((source) => ({ source, access: this.use(source.grant(this)) }));
    const vended = args.vending?.client(this);
    if (vended !== undefined) this.use(vended);
    const topics = this.readTopics(args);
    const keys = this.readKeys(args);

    const sharedSecret = password(`${name}-shared-secret`, this, 64);
    this.secret("internal", { "shared-secret": sharedSecret });
    // Trino's metrics need a user, which has no password over plain HTTP.
    this.secret("metrics", { username: "prometheus", password: "" });

    const lakeOf = (role: config.Role): Lake => ({
      version: settings.version,
      s3: { url: url(objects.endpoint), region: objects.region },
      cache: cacheSize(settings.cache, role),
    });
    const catalogsOf = (lake: Lake) => ({
      "lakehouse.properties": icebergCatalog(tables.restUrl, lake),
      "delta.properties": deltaCatalog(tables.thrift, lake),
      ...(vended === undefined || args.vending === undefined
        ? {}
        : { [`${VENDED_CATALOG}.properties`]: vendedCatalog(args.vending.url, lake) }),
      ...Object.fromEntries(
        sources.map(({ source, access }) => [`${source.name}.properties`, sourceCatalog(source, access.jdbcUrl)]),
      ),
      ...topics?.catalog,
      ...keys?.catalog,
    });
    const catalogNames = Object.keys(catalogsOf(lakeOf("worker"))).map((file) => file.replace(".properties", ""));
    const rights = {
      writable: catalogNames.filter((catalog) => !READ_ONLY.includes(catalog)),
      readOnly: catalogNames.filter((catalog) => READ_ONLY.includes(catalog)),
    };
    const { identity, described } = args;
    const signIn = access.signIn
      ? new SignIn(this, { platform, access, identity, described, endpoint: coordinator, catalogs: rights })
      : undefined;
    if (signIn?.client !== undefined) this.use(signIn.client, "coordinator");
    const { doors = [] } = args;
    const hosts = [...new Set(doors.map(({ host }) => host))];
    const front = config.behind(doors, tls);
    const certificate = this.tlsCertificate({ ...platform, tls }, config.serverCertificate(nodes.host, hosts));
    const env = {
      TRINO_SHARED_SECRET: fromSecret(`${name}-internal`, "shared-secret"),
      ...credentialsEnv(s3, "TRINO_S3_ACCESS_KEY", "TRINO_S3_SECRET_KEY"),
      ...Object.fromEntries(sources.flatMap(({ source, access }) => Object.entries(sourceEnv(source, access)))),
      ...(vended === undefined ? {} : { [VENDED_TOKEN]: fromSecret(vended.secret, vended.tokenKey) }),
      ...topics?.env,
      ...keys?.env,
    };

    for (const role of ["coordinator", "worker"] as const) {
      const group = this.group(role);
      const person = role === "coordinator" ? signIn : undefined;
      const secure = tls && role === "coordinator";
      const mounts = { ...(person === undefined ? {} : SIGNED_IN.mounts), ...(secure ? config.HTTPS.mounts : {}) };
      const container = trinoContainer(settings, { ...env, ...person?.env }, role, secure ? mounts : undefined);
      const lake = lakeOf(role);
      new Workload(
        `${name}-${role}`,
        {
          group,
          version: settings.version,
          user: USER,
          priorityClass: group.priorityClass,
          containers: [container],
          config: {
            etc: etcFiles(this.pods, settings, lake, role, rights, {
              ...(secure ? { https: config.HTTPS.config } : {}),
              ...(person === undefined ? {} : { signIn: person.config }),
              front: role === "coordinator" ? front : {},
            }),
            catalog: { mountPath: "/etc/trino/catalog", files: catalogsOf(lake) },
            ...topics?.config,
            ...keys?.config,
          },
          ...(role === "worker"
            ? { terminationGracePeriodSeconds: settings.drainSeconds + 30 }
            : {
                servicePorts: {
                  http: { port: config.PORT },
                  ...(secure ? { https: { port: config.SECURE_PORT } } : {}),
                },
                serviceName: name,
              }),
          ...(secure
            ? { secrets: { ...(person === undefined ? {} : SIGNED_IN.secrets), ...config.HTTPS.secrets } }
            : {}),
        },
        { parent: this, dependsOn: [...this.parts, ...(secure ? certificate : [])] },
      );
    }
    this.sql = {
      endpoint: coordinator,
      catalogs: catalogNames,
      grant: (client, wanted) => signIn?.grant(client, wanted) ?? { endpoint: coordinator, login: undefined },
    };
    this.registerOutputs({ url: url(coordinator) });
  }

  /** Catalog of topics with access to them; undefined without topics. */
  private readTopics({ settings, events, topics }: TrinoArgs) {
    const tables = kafka.topicTables(topics, settings.kafka);
    if (events === undefined || !settings.kafka.enabled || tables.length === 0) return undefined;
    const access = this.use(
      events.grant(
        this,
        tables.map(({ topic }) => ({ topic, level: "read", group: false })),
      ),
    );
    return {
      catalog: { [`${TOPICS}.properties`]: kafka.kafkaCatalog(access, tables) },
      env: credentialsEnv(access, "TRINO_KAFKA_USER", "TRINO_KAFKA_PASSWORD"),
      config: { [TOPICS]: { mountPath: kafka.KAFKA_DIRECTORY, files: kafka.kafkaFiles(access, tables) } },
    };
  }

  /** Catalog of keys with access to them; undefined without tables. */
  private readKeys({ settings, cache }: TrinoArgs) {
    const { enabled, tables } = settings.valkey;
    if (cache === undefined || !enabled || tables.length === 0) return undefined;
    const access = this.use(cache.read(this, [...new Set(tables.map(valkey.prefixOf))]));
    return {
      catalog: { [`${KEYS}.properties`]: valkey.valkeyCatalog(cache.endpoint, tables) },
      env: credentialsEnv(access, "TRINO_VALKEY_USER", "TRINO_VALKEY_PASSWORD"),
      config: { [KEYS]: { mountPath: valkey.VALKEY_DIRECTORY, files: valkey.valkeyFiles(tables) } },
    };
  }
}

/** The same server by TLS, for all who sign in. */
const secured = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  port: config.SECURE_PORT,
  targetPorts: [config.SECURE_PORT],
  scheme: "https",
});

function trinoContainer(
  settings: TrinoSettings,
  env: NonNullable<ContainerArgs["env"]>,
  role: config.Role,
  mounts: Readonly<Record<string, string>> | undefined,
): ContainerArgs {
  return {
    name: "trino",
    image: settings.image ?? trinoImage(settings.version),
    env,
    ports: { http: config.PORT, ...(mounts === undefined ? {} : { https: config.SECURE_PORT }) },
    ...(mounts === undefined ? {} : { mounts }),
    ...engineProbes({
      started: config.startedCommand(),
      ...(role === "worker" ? { drain: config.drainCommand() } : {}),
    }),
  };
}
