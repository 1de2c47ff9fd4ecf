import type * as pulumi from "@pulumi/pulumi";

import type { BucketRequest, ObjectStore, TableCatalog } from "../../core/capabilities";
import { serviceEndpoint, serviceHost, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import type { ContainerArgs } from "../../core/pod";
import { properties } from "../../core/render";
import { Service } from "../../core/service";
import { COMPATIBILITY } from "../../core/versions";
import { Workload } from "../../core/workload";
import { engineProbes } from "../engine-probes";
import * as access from "./access";
import * as catalogs from "./catalogs";
import * as config from "./config";
import { jmxExporter, monitoring } from "./monitoring";
import { prestoImage } from "./pins";
import { prestoPods, type Role, works } from "./pods";
import type { PrestoSettings } from "./settings";
import { readable } from "./versions";

export interface PrestoArgs {
  readonly platform: Platform;
  readonly settings: PrestoSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
}

/** `nobody`, which every base of images has: Hadoop's client asks for the name of its user, and fails for one without a name. */
const USER = 65_534;
/** Where tables of the schema for results are, in the bucket `warehouse`. */
export const RESULTS_PREFIX = "presto/";

/** Presto on the metastore's tables: read only, but for a schema of results where the settings ask for one. */
export class Presto extends Service {
  constructor(name: string, args: PrestoArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables } = args;
    const pods = prestoPods(platform, settings);
    const workers = settings.worker.replicas > 0;
    super(
      "query:Presto",
      name,
      { namespace: platform.namespace("query"), pods, monitoring: monitoring(workers) },
      opts,
    );
    const coordinator = serviceEndpoint({ name, peer: this.peer("coordinator"), service: name, port: config.PORT });
    // Every node connects to every other: the coordinator assigns work, workers exchange data.
    if (workers) this.link({ ...coordinator, name: `${name}-nodes`, peer: this.peer() });
    const { hive } = readable(settings.version, COMPATIBILITY[0].hive);
    this.link(tables.rest);
    if (hive) this.link(tables.thrift);
    const s3 = this.use(objects.grant(this, buckets(settings)));
    const sharedSecret = password(`${name}-shared-secret`, this, 64);
    this.secret("internal", { "shared-secret": sharedSecret });

    const store = { s3Url: url(objects.endpoint), writes: settings.write.enabled };
    const catalogFiles = {
      [`${access.ICEBERG}.properties`]: catalogs.icebergCatalog(tables.restUrl, store),
      ...(hive ? { [`${access.HIVE}.properties`]: catalogs.hiveCatalog(tables.thrift, store) } : {}),
    };
    const env = {
      PRESTO_SHARED_SECRET: fromSecret(`${name}-internal`, "shared-secret"),
      ...credentialsEnv(s3, "PRESTO_S3_ACCESS_KEY", "PRESTO_S3_SECRET_KEY"),
    };
    for (const group of pods) {
      const role = group.role as Role;
      const common = commonFiles(settings, hive);
      new Workload(
        `${name}-${role}`,
        {
          group,
          version: settings.version,
          user: USER,
          priorityClass: group.priorityClass,
          containers: [container(settings, env, role)],
          config: {
            etc: { mountPath: config.ETC, files: { ...common, ...this.nodeFiles(settings, role) } },
            catalog: { mountPath: `${config.ETC}/catalog`, files: catalogFiles },
          },
          ...(role === "worker"
            ? { terminationGracePeriodSeconds: settings.drainSeconds + 30 }
            : { servicePorts: { http: { port: config.PORT } }, serviceName: name }),
        },
        { parent: this, dependsOn: this.parts },
      );
    }
    this.registerOutputs({ url: url(coordinator) });
  }

  /** Files that differ from node to node. */
  private nodeFiles(settings: PrestoSettings, role: Role): Record<string, string> {
    const memoryOf = (of: string) => config.prestoMemory(this.group(of).limits.memory);
    const { replicas } = settings.worker;
    const working =
      replicas === 0 ? { memory: memoryOf("coordinator"), replicas: 1 } : { memory: memoryOf("worker"), replicas };
    return {
      "config.properties": config.configProperties({
        coordinator: role === "coordinator",
        memory: memoryOf(role),
        working,
        works: works(role, settings),
        discoveryUrl: `http://${serviceHost(this.service, this.namespace)}:${String(config.PORT)}`,
        spill: settings.spill,
        ...(settings.maxSeconds === undefined ? {} : { maxSeconds: settings.maxSeconds }),
      }),
      "jvm.config": config.jvmConfig(memoryOf(role)),
      ...(role === "coordinator"
        ? {
            "resource-groups.properties": properties({
              "resource-groups.configuration-manager": "file",
              "resource-groups.config-file": `${config.ETC}/resource-groups.json`,
            }),
            "resource-groups.json": access.resourceGroups(settings.groups, settings.concurrency),
          }
        : {}),
    };
  }
}

/** Every layer is read; results have a prefix of their own. */
function buckets({ write }: PrestoSettings): BucketRequest[] {
  const read = (["bronze", "silver", "gold", "warehouse"] as const).map(
    (bucket) => ({ bucket, level: "read" }) as const,
  );
  return write.enabled ? [...read, { bucket: "warehouse", prefix: RESULTS_PREFIX, level: "write" }] : read;
}

/** Files that are the same on every node. */
function commonFiles(settings: PrestoSettings, hive: boolean): Record<string, string> {
  const names = [access.ICEBERG, ...(hive ? [access.HIVE] : []), "system"];
  return {
    "node.properties": config.nodeProperties(),
    "log.properties": properties({ "com.facebook.presto": "INFO" }),
    "access-control.properties": properties({
      "access-control.name": "file",
      "security.config-file": `${config.ETC}/rules.json`,
    }),
    "rules.json": access.catalogRules(names, settings.write),
    [access.TABLE_RULES_FILE]: access.tableRules(settings.write),
    [config.JMX_EXPORTER_FILE]: jmxExporter(),
  };
}

function container(settings: PrestoSettings, env: NonNullable<ContainerArgs["env"]>, role: Role): ContainerArgs {
  return {
    name: "presto",
    image: settings.image ?? prestoImage(settings.version),
    command: config.START_COMMAND,
    env,
    ports: { http: config.PORT, metrics: config.METRICS_PORT },
    ...engineProbes({
      started: config.startedCommand(),
      ...(role === "worker" ? { drain: config.drainCommand() } : {}),
    }),
  };
}
