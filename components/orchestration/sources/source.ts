import type * as pulumi from "@pulumi/pulumi";

import type { Database, DatabaseAccess, ObjectStore, SqlSource } from "../../core/capabilities";
import { outsideEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { tagOf } from "../../core/image";
import type { ContainerArgs } from "../../core/pod";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import * as config from "./config";
import type { Item, Jdbc } from "./items";
import { sourceMonitoring } from "./monitoring";
import { sourcesPods } from "./pods";
import type { SourcesSettings } from "./settings";

export interface SourceArgs extends Facts<SourcesSettings> {
  readonly name: string;
  readonly item: Item;
  readonly objects: ObjectStore;
  readonly database: Database | undefined;
  readonly stores: readonly SqlSource[];
}

/** The image's user. */
const USER = 10_001;
/** Connections of a source's user at the same time: a run, and one that still ends. */
const CONNECTIONS = 2;
const DROP_VOLUME = "drop";
const ONCE_MORE = 2;

/** One source: a CronJob with a user of its own, that may write below its own prefixes of bronze and may read nothing else. */
export class Source extends Service {
  constructor(args: SourceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, name, item, objects } = args;
    const service = config.serviceOf(name);
    const pods = sourcesPods(platform, settings).filter((group) => group.service === service);
    const namespace = platform.namespace("sources");
    const monitoring = sourceMonitoring(service, namespace, item.freshHours);
    super("orchestration:Source", service, { namespace, pods, monitoring }, opts);
    const bronze = this.use(
      objects.grant(this, [
        { bucket: "bronze", prefix: config.landingPrefix(name), level: "append" },
        { bucket: "bronze", prefix: config.quarantinePrefix(name), level: "append" },
      ]),
    );
    this.open(item);
    const access = item.kind === "jdbc" ? this.database(item, args) : undefined;
    const lake = { endpoint: url(objects.endpoint), region: objects.region, bucket: objects.buckets.bronze };
    const group = this.group(service);
    const { image = "" } = settings;
    new Task(
      service,
      {
        group,
        version: tagOf(image),
        user: USER,
        priorityClass: group.priorityClass,
        schedule: item.schedule,
        deadlineSeconds: item.deadlineMinutes * 60,
        backoffLimit: ONCE_MORE,
        finalCodes: [config.QUARANTINED],
        config: {
          source: {
            mountPath: config.DIRECTORY,
            files: { [config.FILE]: config.declaration(name, item, lake, access) },
          },
        },
        ...(item.kind === "files"
          ? { claims: { [DROP_VOLUME]: { name: item.claim, readOnly: item.after === "keep" } } }
          : {}),
        containers: [
          {
            name: "source",
            image,
            args: [`${config.DIRECTORY}/${config.FILE}`],
            env: {
              ...credentialsEnv(bronze, "SOURCE_S3_KEY", "SOURCE_S3_SECRET"),
              ...(access === undefined ? secretEnv(item) : credentialsEnv(access, "SOURCE_USER", "SOURCE_PASSWORD")),
            },
            ...(item.kind === "files" ? { mounts: { [config.DROP]: DROP_VOLUME } } : {}),
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs();
  }

  /** Opens the way to hosts outside of the cluster: to those that the settings name, and to no others. */
  private open(item: Item): void {
    const { service } = this;
    const reason = "the source stands outside of the cluster";
    const link = (name: string, address: string, cidrs: readonly string[]) =>
      this.link(outsideEndpoint({ name: `${service}-${name}`, url: address, cidrs, reason }));
    if (item.kind === "http") {
      link("host", item.url, item.cidrs);
      for (const [index, { origin, cidrs }] of item.redirects.entries())
        link(`redirect-${String(index + 1)}`, origin, cidrs);
    }
    if (item.kind === "s3") link("host", item.endpoint, item.cidrs);
    if (item.kind === "jdbc" && item.url !== undefined) link("host", item.url, item.cidrs ?? []);
  }

  /** A user of a database of the stack, that may read what the source reads; undefined where it is elsewhere. */
  private database(item: Jdbc, { database, stores }: SourceArgs): DatabaseAccess | undefined {
    const { store, database: name = "", table, tables } = item;
    if (store === "postgres" && database !== undefined) {
      const read = table === undefined ? tables : [table];
      return this.use(
        database.user(this, {
          name: "reader",
          database: name,
          tables: read.map((each) => ({ ...tableOf(each), privileges: ["SELECT"] })),
          connections: CONNECTIONS,
          statementSeconds: item.seconds,
        }),
      );
    }
    const other = stores.find(({ kind }) => kind === store);
    return other?.read === undefined ? undefined : this.use(other.read(this, name));
  }
}

function tableOf(name: string): { readonly schema: string; readonly table: string } {
  const [first = "", second] = name.split(".");
  return second === undefined ? { schema: "public", table: first } : { schema: first, table: second };
}

/** Variables with the keys of the Secret that the settings name. */
function secretEnv(item: Item): NonNullable<ContainerArgs["env"]> {
  const secret = item.kind === "files" ? undefined : item.secret;
  if (secret === undefined) return {};
  return item.kind === "http" && item.auth === "bearer"
    ? { SOURCE_TOKEN: fromSecret(secret, "token") }
    : { SOURCE_USER: fromSecret(secret, "user"), SOURCE_PASSWORD: fromSecret(secret, "password") };
}
