import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { Database, Libraries, ObjectStore, TableCatalog } from "../../core/capabilities";
import { issued } from "../../core/certificates";
import { serviceEndpoint, url } from "../../core/endpoint";
import { missingJars } from "../../core/jars";
import { password } from "../../core/password";
import { Service } from "../../core/service";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import * as pods from "./pods";
import { MetastoreTasks } from "./tasks";
import type { HiveMetastoreSettings } from "./settings";

export interface HiveMetastoreArgs {
  readonly platform: Platform;
  readonly settings: HiveMetastoreSettings;
  readonly objects: ObjectStore;
  readonly database: Database;
  readonly libraries: Libraries;
  /** Name at which clients outside of the cluster reach its REST port. @default none do */
  readonly door?: string | undefined;
}

/** The table catalog: the Hive metastore with its own Iceberg REST catalog, on PostgreSQL, with regular dumps. */
export class HiveMetastore extends Service {
  readonly tables: TableCatalog;
  readonly tasks: MetastoreTasks;

  constructor(name: string, args: HiveMetastoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database, libraries } = args;
    const groups = pods.hiveMetastorePods(platform, settings);
    super("catalog:HiveMetastore", name, { namespace: platform.namespace("catalog"), pods: groups, monitoring }, opts);

    const server = { peer: this.peer("server"), service: name };
    const { tls } = platform;
    const scheme = tls ? "https" : "http";
    const rest = serviceEndpoint({ ...server, name: `${name}-rest`, port: config.REST_PORT, scheme });
    const thriftPort = { name: `${name}-thrift`, port: config.THRIFT_PORT, scheme: "thrift", tls };
    const thrift = serviceEndpoint({ ...server, ...thriftPort });
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, missingJars(pins.hiveMetastore)) : undefined;
    // The REST catalog writes metadata files for its clients, in any bucket of tables; in bronze it cannot delete either.
    const s3 = this.use(
      objects.grant(this, [
        { bucket: "bronze", level: "append" },
        { bucket: "silver", level: "write" },
        { bucket: "gold", level: "write" },
        { bucket: "warehouse", level: "write" },
      ]),
    );
    const metastore = this.use(database.own(this, "metastore"));
    const facts = { settings, objects, metastore, after: this.parts };
    this.tasks = new MetastoreTasks("metastore-tasks", { ...facts, platform, database, libraries }, { parent: this });
    const certificate = tls
      ? this.certified(platform, [rest.host, ...(args.door === undefined ? [] : [args.door])])
      : undefined;
    new Workload(
      `${name}-server`,
      {
        ...pods.serverPod(this.group("server"), { ...facts, s3, fetcher, tls: certificate }),
        servicePorts: { thrift: { port: config.THRIFT_PORT }, rest: { port: config.REST_PORT } },
        serviceName: name,
      },
      { parent: this, dependsOn: [this.tasks.schema, ...(certificate?.parts ?? []), ...this.parts] },
    );

    const restUrl = `${url(rest)}/${config.REST_PATH}`;
    this.tables = { rest, restUrl, thrift, warehouse: `s3://${objects.buckets.warehouse}/` };
    this.registerOutputs({ rest: restUrl, thrift: url(thrift) });
  }

  /** The servers' certificate in the form that Java reads, which has a password. */
  private certified({ issuer }: Platform, hosts: readonly [string, ...string[]]) {
    const made = this.secret("keystore", { password: password(`${this.service}-keystore`, this) });
    const secret = `${this.service}-keystore`;
    const wanted = config.serverCertificate(hosts, secret);
    return { secret, parts: [issued(this.certificate, issuer, wanted, [made])] };
  }
}
