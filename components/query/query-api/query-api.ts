import type * as pulumi from "@pulumi/pulumi";

import type { KeyValueStore, ObjectStore, SqlEngine, TableCatalog } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { tagOf } from "../../core/image";
import { password } from "../../core/password";
import type { ContainerArgs } from "../../core/pod";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { CA_FILE } from "../../core/trust";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { queryApiPods } from "./pods";
import type { QueryApiSettings } from "./settings";

export interface QueryApiArgs extends Facts<QueryApiSettings> {
  readonly sql: SqlEngine;
  readonly cache: KeyValueStore | undefined;
  readonly objects: ObjectStore | undefined;
  readonly tables: TableCatalog | undefined;
}

/** The image's user. */
const USER = 10_001;
const TOKENS = "tokens";
/** What its tables may lie in. */
const READ = ["bronze", "silver", "gold", "warehouse"] as const;

/** SQL over HTTP: the replicas share nothing but a key and the cache. */
export class QueryApi extends Service {
  constructor(name: string, args: QueryApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, sql, cache } = args;
    const pods = queryApiPods(platform, settings);
    super("query:QueryApi", name, { namespace: platform.namespace("query"), pods, monitoring }, opts);
    const { login } = this.use(sql.grant(this, { as: "everybody" }));
    // With it every replica reads the pages that another has begun.
    this.secret("key", { key: password(`${name}-key`, this, 64) });
    const store = cache === undefined ? undefined : this.use(cache.grant(this, config.KEY_PREFIX));
    const lake = this.lake(args);
    const group = this.group("server");
    const { image = "", callers } = settings;
    const env = {
      ...config.environment(settings, group.limits.memory, {
        trino: url(sql.endpoint),
        catalog: sql.catalogs[0] ?? "lakehouse",
        ...(store === undefined ? {} : { cache: url(store.endpoint) }),
        ...(lake === undefined ? {} : { lake: lake.facts }),
      }),
      QUERY_API_KEY: fromSecret(`${name}-key`, "key"),
      ...(login === undefined
        ? {}
        : {
            ...credentialsEnv(login, "QUERY_API_TRINO_USER", "QUERY_API_TRINO_PASSWORD"),
            QUERY_API_TRINO_CA: CA_FILE,
          }),
      ...(store === undefined ? {} : credentialsEnv(store, "QUERY_API_CACHE_USER", "QUERY_API_CACHE_PASSWORD")),
      ...lake?.env,
    };
    new Workload(
      `${name}-server`,
      {
        group,
        version: tagOf(image),
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PORT } },
        serviceName: name,
        terminationGracePeriodSeconds: config.GRACE_SECONDS,
        ...(callers.tokens === undefined ? {} : { secrets: { [TOKENS]: callers.tokens } }),
        containers: [container(image, env, callers.tokens === undefined ? {} : { [config.TOKENS_DIRECTORY]: TOKENS })],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs();
  }

  /** The right to read tables by DuckDB; undefined where it is off, or the stack has none. */
  private lake({ settings, objects, tables }: QueryApiArgs) {
    if (!settings.duckdb.enabled || objects === undefined || tables === undefined) return undefined;
    this.link(tables.rest);
    const access = this.use(
      objects.grant(
        this,
        READ.map((bucket) => ({ bucket, level: "read" })),
      ),
    );
    return {
      facts: {
        restUrl: tables.restUrl,
        warehouse: tables.warehouse,
        s3Url: url(objects.endpoint),
        region: objects.region,
        buckets: READ.map((key) => objects.buckets[key]),
      },
      env: credentialsEnv(access, "QUERY_API_S3_KEY", "QUERY_API_S3_SECRET"),
    };
  }
}

function container(
  image: string,
  env: NonNullable<ContainerArgs["env"]>,
  mounts: Readonly<Record<string, string>>,
): ContainerArgs {
  return {
    name: "query-api",
    image,
    env,
    mounts,
    ports: { http: config.PORT },
    startupProbe: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: {
      httpGet: { path: "/health/live", port: "http" },
      periodSeconds: 15,
      failureThreshold: 4,
      timeoutSeconds: 5,
    },
  };
}
