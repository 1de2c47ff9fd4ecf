import * as k8s from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import { password } from "../../core/password";
import type {
  Database,
  DatabaseAccess,
  ObjectStore,
  ReplicationAccess,
  SqlSource,
  TableUser,
} from "../../core/capabilities";
import type { VectorStore } from "../../core/vector-spaces";
import { bare, type Endpoint, outsideEndpoint, type PodPeer, serviceEndpoint, url } from "../../core/endpoint";
import { Link } from "../../core/link";
import { Service } from "../../core/service";
import { shared } from "../../core/versions";
import type { PostgresSettings } from "./settings";
import { DatabaseGrants } from "./access";
import { adminService } from "./admin-service";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { instancesOf } from "./instances";
import { pins } from "./pins";
import { namespaceOf, postgresPods } from "./pods";
import { PostgresVectors } from "./vectors";
import * as zalando from "./zalando";
import { zalandoMonitoring } from "./zalando.monitoring";

/** ObjectStore resource of base backups and write-ahead log. */
const STORE = "postgres-backups";
/** The database of SQL engines. */
const ANALYTICS = "analytics";

export interface PostgresArgs {
  readonly platform: Platform;
  readonly settings: PostgresSettings;
  readonly objects: ObjectStore;
  /** The pods of the operator, which connects to the instances. */
  readonly operator: PodPeer;
}

/** Zalando's operator has no conditions. */
const RUNNING = { "pulumi.com/waitFor": "jsonpath={.status.PostgresClusterStatus}=Running" };

/** PostgreSQL by CloudNativePG or Zalando's operator; databases, roles and rights by the postgresql provider once the server is up. */
export class Postgres extends Service implements Database {
  readonly endpoint: Endpoint;
  /** A database for SQL engines, shared by all of them. */
  readonly source: SqlSource;
  /** Vectors of services, by pgvector. */
  readonly vectors: VectorStore;
  private readonly access: DatabaseGrants;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, operator } = args;
    super(
      "storage:Postgres",
      name,
      {
        namespace: namespaceOf(platform, settings),
        pods: postgresPods(platform, settings),
        monitoring: settings.by === "zalando" ? zalandoMonitoring : monitoring,
        // The operator labels instances itself, and the jobs that create them.
        podLabels: () => instancesOf(name, settings).labels,
      },
      opts,
    );
    const instances = instancesOf(name, settings);
    const endpoint = serviceEndpoint({
      name,
      peer: this.peer("server"),
      service: instances.service,
      port: config.PORT,
      scheme: "postgresql",
      tls: platform.tls,
    });
    this.endpoint = endpoint;
    this.source = { name, kind: "postgresql", grant: (client) => this.own(client, ANALYTICS) };
    const status: Endpoint = {
      ...endpoint,
      name: `${name}-status`,
      port: instances.status.port,
      targetPorts: [instances.status.port],
      scheme: instances.status.scheme,
    };
    this.link({ ...endpoint, name: `${name}-replication` });
    if (instances.asksOthers) this.link(status);
    this.link(platform.apiServer);
    for (const to of [endpoint, status])
      new Link(`${operator.name}-to-${to.name}`, { from: operator, to }, { parent: this });
    this.publish(settings);
    if (settings.admin.from.length > 0) {
      const from = { kind: "range", name: "operator", cidrs: settings.admin.from } as const;
      new Link("operator-to-postgres", { from, to: endpoint }, { parent: this });
    }

    const generated = password("postgres-superuser", this);
    const cluster =
      settings.by === "zalando" ? this.spilo(name, args, generated) : this.cloudNativePg(name, args, generated);
    // The address resolves once the server is ready, so that a first update creates databases after it.
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
    this.vectors = new PostgresVectors(endpoint, this.access);
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

  user(client: Service, user: TableUser): DatabaseAccess {
    return this.access.user(client, user);
  }

  private cloudNativePg(
    name: string,
    { platform, settings, objects }: PostgresArgs,
    generated: pulumi.Output<string>,
  ): pulumi.CustomResource {
    this.secret("superuser", { username: "postgres", password: generated }, { type: "kubernetes.io/basic-auth" });
    const backup = this.backup(settings, objects, platform);
    const wanted = config.serverCertificate(name, this.namespace, settings.admin.host);
    const certificate = this.tlsCertificate(platform, wanted);
    return this.custom(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: this.metadata(name, "server", shared.postgres.version),
        ready: true,
      },
      config.clusterSpec(
        this.group("server"),
        backup,
        settings.restore === undefined ? {} : config.recovery(STORE, settings.restore),
        settings.synchronous,
        platform.tls,
      ),
      { dependsOn: [...certificate, ...this.parts], ...platform.dataOptions },
    );
  }

  /** By Zalando's operator, which takes the superuser's password from a Secret of its own naming. */
  private spilo(
    name: string,
    { platform, settings, objects }: PostgresArgs,
    generated: pulumi.Output<string>,
  ): pulumi.CustomResource {
    const superuser = new k8s.core.v1.Secret(
      `${name}-superuser`,
      {
        metadata: this.metadata(zalando.superuserSecret(name), "superuser"),
        stringData: { username: "postgres", password: generated },
      },
      { parent: this },
    );
    const spec = zalando.zalandoSpec({
      name,
      group: this.group("server"),
      major: shared.postgres.version.split(".")[0] ?? "",
      wal: settings.walStorage,
      durability: settings.synchronous,
      archive: this.archive(settings, objects, platform),
    });
    return this.custom(
      name,
      {
        apiVersion: zalando.API,
        kind: zalando.KIND,
        metadata: { ...this.metadata(name, "server", pins.spilo.version), annotations: RUNNING },
      },
      spec,
      { dependsOn: [superuser, ...this.parts], ...platform.dataOptions },
    );
  }

  /** Where Spilo's WAL-G writes; undefined without backups. */
  private archive(settings: PostgresSettings, objects: ObjectStore, platform: Platform): zalando.Archive | undefined {
    const { plugin, serverName, schedule, retentionDays } = settings.backup;
    if (plugin === "off") return undefined;
    const kept = this.kept(settings.backup, objects);
    return {
      prefix: `${kept.destination}${serverName}`,
      url: kept.endpointUrl,
      region: settings.backup.store?.region ?? objects.region,
      keys: kept,
      encryption: kept.encryption,
      schedule,
      retentionDays,
      ca: this.caSecret(platform),
    };
  }

  /** NodePort of the primary for `pulumi up`, where the settings have one. */
  private publish(settings: PostgresSettings): void {
    const { nodePort } = settings.admin;
    if (nodePort === undefined) return;
    const metadata = this.metadata(`${this.service}-admin`, "server", shared.postgres.version);
    adminService({ metadata, selector: instancesOf(this.service, settings).leader, nodePort }, { parent: this });
  }

  /** Where backups are kept: the stack's bucket, or a store elsewhere, which is in another failure domain. */
  private kept({ store }: PostgresSettings["backup"], objects: ObjectStore) {
    if (store === undefined) {
      const keys = this.use(objects.grant(this, [{ bucket: "backups", prefix: "postgres/", level: "write" }]));
      const place = { destination: `s3://${objects.buckets.backups}/postgres/`, endpointUrl: url(objects.endpoint) };
      return { ...keys, ...place, env: objects.sdk.env, encryption: undefined };
    }
    const { endpoint, bucket, region, secret, cidrs, encryption } = store;
    const reason = "backups are kept where a loss of this cluster does not reach them";
    this.link(outsideEndpoint({ name: "postgres-backup-store", url: endpoint, cidrs, reason }));
    return {
      destination: `s3://${bucket}/postgres/`,
      endpointUrl: bare(endpoint),
      secret,
      userKey: "AccessKey",
      passwordKey: "SecretKey",
      env: { AWS_DEFAULT_REGION: region },
      encryption: encryption === "off" ? undefined : encryption,
    };
  }

  /** Base backups and write-ahead log. Returns the plugins of the Cluster resource. */
  private backup(settings: PostgresSettings, objects: ObjectStore, platform: Platform): object[] {
    if (settings.backup.plugin === "off") return [];
    const kept = this.kept(settings.backup, objects);
    const ca = this.caSecret(platform);
    this.custom(
      STORE,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: this.metadata(STORE, "server", shared.postgres.version),
      },
      config.backupStore({
        retentionDays: settings.backup.retentionDays,
        sidecar: this.group("server").sidecars?.find(({ name }) => name === config.SIDECAR),
        ...kept,
        ca,
      }),
      { dependsOn: ca === undefined ? [] : [ca.made] },
    );
    this.custom(
      `${this.service}-backup`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: this.metadata(`${this.service}-backup`, "server", shared.postgres.version),
      },
      {
        schedule: config.withSeconds(settings.backup.schedule),
        immediate: true,
        backupOwnerReference: "self",
        cluster: { name: this.service },
        method: "plugin",
        pluginConfiguration: { name: config.PLUGIN },
      },
    );
    return [config.archiver(STORE, settings.backup.serverName)];
  }
}
