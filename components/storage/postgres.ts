import * as k8s from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import { password } from "../core/password";
import type { Database, DatabaseAccess, ObjectStore, ReplicationAccess } from "../core/capabilities";
import { type Endpoint, type PodPeer, serviceEndpoint, url } from "../core/endpoint";
import { EXPOSED_REASON } from "../core/labels";
import { Link } from "../core/link";
import type { PodGroup } from "../core/pod-group";
import { Service } from "../core/service";
import { PEM_FILE } from "../core/trust";
import { versions } from "../core/versions";
import type { Settings } from "../settings";
import { DatabaseGrants } from "./postgres.access";
import * as config from "./postgres.config";
import { monitoring } from "./postgres.monitoring";

/** Where base backups and write-ahead log go. */
const STORE = "postgres-backups";

type PostgresSettings = Settings["storage"]["postgres"];

export interface PostgresArgs {
  readonly platform: Platform;
  readonly settings: PostgresSettings;
  readonly objects: ObjectStore;
  /** The pods of the operator, which looks after the instances. */
  readonly operator: PodPeer;
}

export function postgresPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  const volumes = [platform.volume("data", settings.storage), platform.volume("wal", settings.walStorage)];
  const spread = settings.server.replicas > 1 ? "one-per-node" : "any";
  const names = { service: "postgres", role: "server", namespace: platform.namespace("storage") };
  const { plugin, sidecar } = settings.backup;
  const sidecars = plugin === "off" ? [] : [platform.sidecar(config.SIDECAR, sidecar)];
  return [platform.podGroup({ ...names, volumes, spread, sidecars }, settings.server)];
}

/** PostgreSQL by CloudNativePG; databases, roles and rights by the postgresql provider once the server is up. */
export class Postgres extends Service implements Database {
  readonly endpoint: Endpoint;
  private readonly access: DatabaseGrants;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, operator } = args;
    super(
      "storage:Postgres",
      name,
      {
        namespace: platform.namespace("storage"),
        pods: postgresPods(platform, settings),
        monitoring,
        // CloudNativePG labels instances itself, and the jobs that make them too.
        podLabels: () => ({ "cnpg.io/cluster": name }),
      },
      opts,
    );
    const endpoint = serviceEndpoint({
      name,
      peer: this.peer("server"),
      service: `${name}-rw`,
      port: config.PORT,
      scheme: "postgresql",
    });
    this.endpoint = endpoint;
    const status: Endpoint = {
      ...endpoint,
      name: `${name}-status`,
      port: config.STATUS_PORT,
      targetPorts: [config.STATUS_PORT],
      scheme: "https",
    };
    this.link({ ...endpoint, name: `${name}-replication` });
    this.link(platform.apiServer);
    for (const to of [endpoint, status])
      new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
    this.publish(settings);
    if (settings.admin.from.length > 0) {
      const from = { kind: "range", name: "operator", cidrs: settings.admin.from } as const;
      new Link("operator-to-postgres", { from, to: endpoint }, { parent: this });
    }

    const generated = password("postgres-superuser", this);
    this.secret("superuser", { username: "postgres", password: generated }, { type: "kubernetes.io/basic-auth" });
    const backup = this.backup(settings, objects, platform);
    const cluster = new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: {
          ...this.metadata(name, "server", versions.postgres),
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: config.clusterSpec(
          this.group("server"),
          backup,
          settings.restore === undefined ? {} : config.recovery(STORE, settings.restore),
          settings.synchronous,
        ),
      },
      { parent: this, dependsOn: this.parts, ...platform.dataOptions },
    );
    // The address is known only once the server is up: a first preview shows the databases, a first update makes them.
    const provider = new postgresql.Provider(
      name,
      {
        host: cluster.id.apply(() => settings.admin.host),
        port: settings.admin.port,
        username: "postgres",
        password: generated,
        sslmode: settings.admin.sslMode,
        superuser: true,
      },
      { parent: this },
    );
    this.access = new DatabaseGrants(this, endpoint, { provider, parent: this }, platform);
    this.registerOutputs({ host: endpoint.host });
  }

  own(client: Service, database: string): DatabaseAccess {
    return this.access.own(client, database);
  }

  read(client: Service, database: string): DatabaseAccess {
    return this.access.read(client, database);
  }

  replicate(client: Service, database: string): ReplicationAccess {
    return this.access.replicate(client, database);
  }

  /** The way in for `pulumi up`, where the settings open one: to the primary, whichever instance that is. */
  private publish({ admin: { nodePort } }: PostgresSettings): void {
    if (nodePort === undefined) return;
    const name = `${this.service}-admin`;
    new k8s.core.v1.Service(
      name,
      {
        metadata: {
          ...this.metadata(name, "server", versions.postgres),
          annotations: { [EXPOSED_REASON]: "pulumi up makes databases, roles and rights from outside of the cluster" },
        },
        spec: {
          type: "NodePort",
          selector: { "cnpg.io/cluster": this.service, "cnpg.io/instanceRole": "primary" },
          ports: [{ name: "postgresql", port: config.PORT, targetPort: config.PORT, nodePort }],
        },
      },
      { parent: this },
    );
  }

  /** Base backups and write-ahead log in the backups bucket. Returns the plugin's part of the cluster. */
  private backup(settings: PostgresSettings, objects: ObjectStore, { caBundle }: Platform): object[] {
    if (settings.backup.plugin === "off") return [];
    const keys = this.use(objects.grant(this, [{ bucket: "backups", prefix: "postgres/", level: "write" }]));
    // The plugin takes a CA from a Secret only.
    const ca = caBundle === undefined ? undefined : { secret: `${this.service}-ca`, key: PEM_FILE };
    const after = caBundle === undefined ? [] : [this.secret("ca", { [PEM_FILE]: caBundle })];
    new k8s.apiextensions.CustomResource(
      STORE,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: this.metadata(STORE, "server", versions.postgres),
        spec: config.backupStore({
          destination: `s3://${objects.buckets.backups}/postgres/`,
          endpointUrl: url(objects.endpoint),
          retentionDays: settings.backup.retentionDays,
          sidecar: this.group("server").sidecars?.find(({ name }) => name === config.SIDECAR),
          ...keys,
          ca,
          env: objects.sdk.env,
        }),
      },
      { parent: this, dependsOn: after },
    );
    new k8s.apiextensions.CustomResource(
      `${this.service}-backup`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: this.metadata(`${this.service}-backup`, "server", versions.postgres),
        spec: {
          schedule: config.withSeconds(settings.backup.schedule),
          immediate: true,
          backupOwnerReference: "self",
          cluster: { name: this.service },
          method: "plugin",
          pluginConfiguration: { name: config.PLUGIN },
        },
      },
      { parent: this },
    );
    return [config.archiver(STORE, settings.backup.serverName)];
  }
}
