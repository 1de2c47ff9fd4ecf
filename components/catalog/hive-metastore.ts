import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, ObjectStore, TableCatalog } from "../core/capabilities";
import { serviceEndpoint, url } from "../core/endpoint";
import { Service } from "../core/service";
import { Task } from "../core/task";
import { Workload } from "../core/workload";
import { BACKUP_PREFIX } from "./hive-metastore.backup";
import * as config from "./hive-metastore.config";
import { monitoring } from "./hive-metastore.monitoring";
import * as pods from "./hive-metastore.pods";

export interface HiveMetastoreArgs {
  readonly platform: Platform;
  readonly settings: pods.HiveMetastoreSettings;
  readonly objects: ObjectStore;
  readonly database: Database;
}

/** Where engines find tables: the Hive metastore with its own Iceberg REST catalog, on PostgreSQL, with regular dumps. */
export class HiveMetastore extends Service {
  readonly tables: TableCatalog;

  constructor(name: string, args: HiveMetastoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database } = args;
    const groups = pods.hiveMetastorePods(platform, settings);
    super("catalog:HiveMetastore", name, { namespace: platform.namespace("catalog"), pods: groups, monitoring }, opts);

    const server = { peer: this.peer("server"), service: name };
    const rest = serviceEndpoint({ ...server, name: `${name}-rest`, port: config.REST_PORT });
    const thrift = serviceEndpoint({ ...server, name: `${name}-thrift`, port: config.THRIFT_PORT, scheme: "thrift" });
    this.link(database.endpoint);
    this.link(objects.endpoint, "server");
    this.link(objects.endpoint, "backup");
    if (settings.jars === "fetch") for (const role of ["server", "schema"]) this.link(platform.maven, role);
    // The REST catalog commits for its clients, wherever their tables are; in bronze even it cannot delete.
    const s3 = objects.grant(this, [
      { bucket: "bronze", level: "append" },
      { bucket: "silver", level: "write" },
      { bucket: "gold", level: "write" },
      { bucket: "warehouse", level: "write" },
      { bucket: "backups", prefix: BACKUP_PREFIX, level: "write" },
    ]);
    const facts = { platform, settings, objects, metastore: database.own(this, "metastore"), s3 };

    // The schema is made by this one task and by nobody else: servers are started by a command that never touches it, they
    // are registered after the task, and Pulumi waits until a Job is complete. A Job runs one pod at a time, and a new
    // version of the image makes a new Job of it, so each version upgrades once. Even if Kubernetes starts a second pod,
    // nothing is done twice: it fails at its first CREATE TABLE, and the next try finds the version that the first one
    // writes last. Only a pod that is killed halfway leaves a database without a version, where every try fails: nobody
    // has used it yet, so drop it and run `pulumi up` again.
    const schema = new Task(`${name}-schema`, pods.schemaPod(this.group("schema"), facts), { parent: this });
    new Workload(
      `${name}-server`,
      {
        ...pods.serverPod(this.group("server"), facts),
        servicePorts: { thrift: { port: config.THRIFT_PORT }, rest: { port: config.REST_PORT } },
        serviceName: name,
      },
      { parent: this, dependsOn: [schema] },
    );
    const { schedule } = settings.backup;
    new Task(`${name}-backup`, { ...pods.backupPod(this.group("backup"), facts), schedule }, { parent: this });

    const restUrl = `${url(rest)}/${config.REST_PATH}`;
    this.tables = { rest, restUrl, thrift, warehouse: `s3://${objects.buckets.warehouse}/` };
    this.registerOutputs({ rest: restUrl, thrift: url(thrift) });
  }
}
