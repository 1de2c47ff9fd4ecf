import { readFileSync } from "node:fs";
import { join } from "node:path";

import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import { password } from "../core/password";
import type { Database, EventLog, KnownTopics, ObjectStore, SqlEngine, TableCatalog } from "../core/capabilities";
import { serviceEndpoint, serviceHost, url } from "../core/endpoint";
import { credentialsEnv, fromSecret } from "../core/env";
import type { PodGroup } from "../core/pod-group";
import { GiB } from "../core/quantity";
import { properties } from "../core/render";
import { Service } from "../core/service";
import { trinoImage } from "../core/versions";
import type { ConfigFiles, ContainerArgs } from "../core/pod";
import { Workload } from "../core/workload";
import type { Settings } from "../settings";
import {
  CACHE_PATH,
  cacheManager,
  cacheSize,
  deltaCatalog,
  icebergCatalog,
  type Lake,
  postgresqlCatalog,
} from "./trino.catalogs";
import * as config from "./trino.config";
import * as kafka from "./trino.kafka";
import { monitoring } from "./trino.monitoring";

type TrinoSettings = Settings["query"]["trino"];

export interface TrinoArgs {
  readonly platform: Platform;
  readonly settings: TrinoSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly database: Database;
  /** Undefined where the stack runs no Kafka. */
  readonly events: EventLog | undefined;
  readonly topics: KnownTopics;
}

const USER = 1000;
/** The catalog of topics; nobody writes to one by SQL. */
const TOPICS = "kafka";

/** Coordinator and workers, one worker a node at the most. */
export function trinoPods(platform: Platform, settings: TrinoSettings): PodGroup[] {
  const names = { service: "trino", namespace: platform.namespace("query") };
  const scratch = (role: config.Role) => ({
    "/tmp": GiB,
    "/data/trino": 2 * GiB,
    ...(role === "worker" ? { [config.SPILL_PATH]: settings.spill } : {}),
    ...(cacheSize(settings.cache, role) > 0 ? { [CACHE_PATH]: cacheSize(settings.cache, role) } : {}),
  });
  return [
    platform.podGroup({ ...names, role: "coordinator", scratch: scratch("coordinator") }, settings.coordinator),
    platform.podGroup(
      { ...names, role: "worker", spread: "one-per-node", scratch: scratch("worker") },
      settings.worker,
    ),
  ];
}

/** The SQL engine: Iceberg and Delta tables in the object store, joined with PostgreSQL and with topics of Kafka. */
export class Trino extends Service {
  readonly sql: SqlEngine;

  constructor(name: string, args: TrinoArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables, database } = args;
    const namespace = platform.namespace("query");
    super("query:Trino", name, { namespace, pods: trinoPods(platform, settings), monitoring }, opts);

    const coordinator = serviceEndpoint({ name, peer: this.peer("coordinator"), service: name, port: config.PORT });
    // Every node talks to every other: the coordinator hands out work, workers exchange data.
    this.link({ ...coordinator, name: `${name}-nodes`, peer: this.peer() });
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
    const postgres = this.use(database.own(this, "analytics"));
    const topics = this.readTopics(args);

    const sharedSecret = password(`${name}-shared-secret`, this, 64);
    this.secret("internal", { "shared-secret": sharedSecret });
    // Trino's metrics ask for a user, and over plain HTTP for one without a password.
    this.secret("metrics", { username: "prometheus", password: "" });

    const lakeOf = (role: config.Role): Lake => ({
      version: settings.version,
      s3: { url: url(objects.endpoint), region: objects.region },
      cache: cacheSize(settings.cache, role),
    });
    const catalogsOf = (lake: Lake) => ({
      "lakehouse.properties": icebergCatalog(tables.restUrl, lake),
      "delta.properties": deltaCatalog(url(tables.thrift), lake),
      "postgres.properties": postgresqlCatalog(postgres.jdbcUrl),
      ...topics?.catalog,
    });
    const catalogNames = Object.keys(catalogsOf(lakeOf("worker"))).map((file) => file.replace(".properties", ""));
    const env = {
      TRINO_SHARED_SECRET: fromSecret(`${name}-internal`, "shared-secret"),
      ...credentialsEnv(s3, "TRINO_S3_ACCESS_KEY", "TRINO_S3_SECRET_KEY"),
      ...credentialsEnv(postgres, "TRINO_POSTGRES_USER", "TRINO_POSTGRES_PASSWORD"),
      ...topics?.env,
    };

    for (const role of ["coordinator", "worker"] as const) {
      const group = this.group(role);
      const container = trinoContainer(settings, env, role);
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
            etc: etcFiles(this.pods, settings, lake, role, catalogNames),
            catalog: { mountPath: "/etc/trino/catalog", files: catalogsOf(lake) },
            ...topics?.config,
          },
          ...(role === "worker"
            ? { terminationGracePeriodSeconds: settings.drainSeconds + 30 }
            : { servicePorts: { http: { port: config.PORT } }, serviceName: name }),
        },
        { parent: this, dependsOn: this.parts },
      );
    }
    this.sql = { endpoint: coordinator, catalogs: catalogNames };
    this.registerOutputs({ url: url(coordinator) });
  }

  /** The right to read the topics that are tables; undefined where there is none. */
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
}

function trinoContainer(
  settings: TrinoSettings,
  env: NonNullable<ContainerArgs["env"]>,
  role: config.Role,
): ContainerArgs {
  const answers = { httpGet: { path: "/v1/info", port: "http" } };
  return {
    name: "trino",
    image: settings.image ?? trinoImage(settings.version),
    env,
    ports: { http: config.PORT },
    startupProbe: {
      exec: { command: config.startedCommand() },
      periodSeconds: 10,
      failureThreshold: 60,
      timeoutSeconds: 10,
    },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { ...answers, periodSeconds: 15, failureThreshold: 6, timeoutSeconds: 5 },
    ...(role === "worker" ? { lifecycle: { preStop: { exec: { command: config.drainCommand() } } } } : {}),
  };
}

/** Everything in /etc/trino except the catalogs. */
export function etcFiles(
  pods: readonly PodGroup[],
  settings: TrinoSettings,
  lake: Lake,
  role: config.Role,
  catalogs: readonly string[],
): ConfigFiles {
  const of = (wanted: string) => {
    const found = pods.find((group) => group.role === wanted);
    if (found === undefined) throw new Error(`Trino has no pods of role ${wanted}`);
    return found;
  };
  const { replicas, cpu } = settings.worker;
  const worker = { query: config.trinoMemory(of("worker").limits.memory).query, replicas, cpu };
  const memory = config.trinoMemory(of(role).limits.memory);
  const cache = cacheManager(lake);
  return {
    mountPath: config.ETC,
    files: {
      ...programs(),
      ...(cache === undefined ? {} : { [config.CACHE_MANAGER_FILE]: cache }),
      "config.properties": config.configProperties({
        coordinator: role === "coordinator",
        memory,
        worker,
        discoveryUrl: `http://${serviceHost("trino", of("coordinator").namespace)}:${String(config.PORT)}`,
        spill: settings.spill,
        cacheManager: cache !== undefined,
      }),
      "jvm.config": config.jvmConfig(memory),
      "node.properties": config.nodeProperties("lakehouse"),
      "log.properties": properties({ "io.trino": "INFO" }),
      "access-control.properties": properties({
        "access-control.name": "file",
        "security.config-file": "/etc/trino/rules.json",
      }),
      "rules.json": config.accessControl(
        catalogs.filter((catalog) => catalog !== TOPICS),
        catalogs.filter((catalog) => catalog === TOPICS),
      ),
      ...(role === "coordinator"
        ? {
            "resource-groups.properties": properties({
              "resource-groups.configuration-manager": "file",
              "resource-groups.config-file": "/etc/trino/resource-groups.json",
            }),
            "resource-groups.json": config.resourceGroups(settings.concurrency),
          }
        : {}),
    },
  };
}

const programs = () =>
  Object.fromEntries(config.PROGRAMS.map((file) => [file, readFileSync(join(__dirname, "programs", file), "utf8")]));
