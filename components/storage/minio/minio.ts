import * as k8s from "@pulumi/kubernetes";
import * as minio from "@pulumi/minio";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import { password } from "../../core/password";
import type {
  BucketNames,
  BucketRequest,
  EventLog,
  ObjectAccess,
  ObjectStore,
  TopicAccess,
} from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import type { ContainerArgs } from "../../core/pod";
import { type BucketGrant, bucketGrant, userPolicy } from "../../core/grant";
import { EXPOSED_REASON, selector } from "../../core/labels";
import { Link } from "../../core/link";
import { type S3Sdk, s3Sdk } from "../../core/s3-sdk";
import { Service } from "../../core/service";
import { Workload } from "../../core/workload";
import { pins } from "./pins";
import type { MinioSettings } from "./settings";
import type { Bucket } from "../../core/bucket";
import { bucketNames } from "../buckets";
import * as config from "./config";
import { notifiedTopics, queues, targetEnv } from "./events";
import { monitoring } from "./monitoring";
import { retention } from "./retention";
import { minioPods } from "./pods";

export interface MinioArgs {
  readonly platform: Platform;
  readonly settings: MinioSettings;
  readonly buckets: readonly Bucket[];
  /** Event log of bucket notifications. Undefined where the stack runs no Kafka; the settings then allow no notifications. */
  readonly events: EventLog | undefined;
  /** Name at which clients outside of the cluster reach it. @default none do */
  readonly door?: string | undefined;
}

const HEADLESS = "minio-nodes";
const ENCRYPTION = "encryption";
const ROOT_SECRET = "minio-root";
/** Volume of the certificate. */
const TLS = "tls";

/** Object storage with the MinIO API, deployed by this stack: buckets, versioning, lifecycle, and a user for each grant. */
export class Minio extends Service implements ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly sdk: S3Sdk;
  readonly buckets: BucketNames;
  readonly grants: BucketGrant[] = [];
  private readonly admin: pulumi.CustomResourceOptions;
  private readonly platform: Platform;

  constructor(name: string, args: MinioArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, buckets, events, door } = args;
    const locked = buckets.filter(({ lockDays }) => lockDays > 0);
    super(
      "storage:Minio",
      name,
      {
        namespace: platform.namespace("storage"),
        pods: minioPods(platform, settings, buckets),
        monitoring: monitoring(platform),
      },
      opts,
    );
    this.platform = platform;
    this.region = settings.region;
    this.buckets = bucketNames(buckets);
    const scheme = platform.tls ? "https" : "http";
    this.endpoint = serviceEndpoint({ name, peer: this.peer("server"), service: name, port: config.S3_PORT, scheme });
    this.sdk = s3Sdk({ endpoint: url(this.endpoint), legacyMd5: settings.legacyMd5 });
    // The servers of a pool connect to each other.
    if (settings.server.replicas > 1) this.link({ ...this.endpoint, name: "minio-nodes" });

    const rootPassword = password("minio-root-password", this);
    this.secret("root", { user: ROOT_USER, password: rootPassword });
    const topics = notifiedTopics(buckets);
    const kafka = topics.length === 0 ? undefined : this.writer(topics, events);
    const targets = kafka === undefined ? {} : targetEnv(topics, kafka);
    const env = { ...targets, ...(settings.encrypted ? this.encryption() : {}) };
    const names = [settings.admin.host, ...(door === undefined ? [] : [door])];
    const workload = this.servers(settings, platform, env, names);
    this.publish(settings);

    // The address resolves once the servers are ready, so that a first update creates buckets after them.
    const provider = new minio.Provider(
      "minio",
      {
        minioServer: workload.ready.apply(() => `${settings.admin.host}:${String(settings.admin.port)}`),
        minioUser: ROOT_USER,
        minioPassword: rootPassword,
        minioSsl: settings.admin.tls || platform.tls,
        minioRegion: settings.region,
      },
      { parent: this },
    );
    this.admin = { provider, parent: this };
    const made = buckets.map((bucket) => this.bucket(bucket, platform));
    if (locked.length > 0) {
      this.link(this.endpoint, "retention");
      const root = { secret: ROOT_SECRET, userKey: "user", passwordKey: "password" };
      const task = { group: this.group("retention"), url: url(this.endpoint), root, locked };
      retention("minio-retention", task, { parent: this, dependsOn: [...made, ...this.parts] });
    }
    this.registerOutputs({ endpoint: url(this.endpoint), buckets: this.buckets });
  }

  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess {
    const { service } = client;
    const grant = bucketGrant(service, access, this.buckets);
    this.grants.push(grant);
    const policy = new minio.IamPolicy(service, { name: service, policy: userPolicy(grant) }, this.admin);
    const alive = this.platform.logins(service);
    for (const { user, suffix } of alive) {
      const generated = password(`${service}-s3${suffix}`, this);
      const owner = new minio.IamUser(user, { name: user, secret: generated }, this.admin);
      const names = { userName: owner.name, policyName: policy.name };
      const allowed = new minio.IamUserPolicyAttachment(user, names, this.admin);
      client.secret(`s3${suffix}`, { AccessKey: user, SecretKey: generated }, { after: [allowed] });
    }
    return {
      secret: `${service}-s3${alive[0].suffix}`,
      userKey: "AccessKey",
      passwordKey: "SecretKey",
      endpoint: this.endpoint,
    };
  }

  /** Access of the servers to the topics. */
  private writer(topics: readonly string[], events: EventLog | undefined): TopicAccess | undefined {
    const access = events?.grant(
      this,
      topics.map((topic) => ({ topic, level: "write" })),
    );
    if (access !== undefined) this.link(access.endpoint, "server");
    return access;
  }

  /** A key that MinIO seals the key of each object with; it has no other way without a server of keys. */
  private encryption(): NonNullable<ContainerArgs["env"]> {
    // Of one generation alone: what was sealed by it is read by nothing else.
    const sealed = password("minio-encryption", this, 32).apply(config.encryptionKey);
    this.secret(ENCRYPTION, { key: sealed });
    return { MINIO_KMS_SECRET_KEY: fromSecret(`minio-${ENCRYPTION}`, "key"), MINIO_KMS_AUTO_ENCRYPTION: "on" };
  }

  private servers(
    settings: MinioSettings,
    platform: Platform,
    targets: NonNullable<ContainerArgs["env"]>,
    names: readonly string[],
  ): Workload {
    const group = this.group("server");
    const { tls } = platform;
    const place = { headless: HEADLESS, namespace: this.namespace };
    const certificate = this.tlsCertificate(platform, config.serverCertificate(place, names));
    const health = (path: string) => ({
      httpGet: { path: `/minio/health/${path}`, port: "s3", ...(tls ? { scheme: "HTTPS" } : {}) },
      periodSeconds: 10,
      timeoutSeconds: 5,
    });
    return new Workload(
      "minio",
      {
        group,
        version: pins.minio.version,
        user: 1000,
        priorityClass: group.priorityClass,
        serviceName: HEADLESS,
        servicePorts: { s3: { port: config.S3_PORT } },
        dataOptions: platform.dataOptions,
        terminationGracePeriodSeconds: 60,
        ...(tls ? { secrets: { [TLS]: { secret: config.CERTIFICATE, files: config.CERTIFICATE_FILES } } } : {}),
        containers: [
          {
            name: "minio",
            image: pins.minio.image,
            args: config.serverArgs(settings.server.replicas, settings.drives, { ...place, tls }),
            env: {
              MINIO_ROOT_USER: fromSecret(ROOT_SECRET, "user"),
              MINIO_ROOT_PASSWORD: fromSecret(ROOT_SECRET, "password"),
              MINIO_REGION_NAME: settings.region,
              // Metrics are reachable through a link only; a bearer token would be one more secret to rotate.
              MINIO_PROMETHEUS_AUTH_TYPE: "public",
              MINIO_UPDATE: "off",
              ...targets,
            },
            ports: { s3: config.S3_PORT, console: config.CONSOLE_PORT },
            mounts: {
              ...Object.fromEntries(group.volumes.map((volume) => [`/${volume.name}`, volume.name])),
              ...(tls ? { [config.CERTIFICATES]: TLS } : {}),
            },
            livenessProbe: health("live"),
            readinessProbe: health("ready"),
            startupProbe: { ...health("live"), failureThreshold: 60 },
          },
        ],
      },
      { parent: this, dependsOn: [...certificate, ...this.parts] },
    );
  }

  /** The Service for clients, and the NodePort and policy for `pulumi up` where the settings have them. */
  private publish(settings: MinioSettings): void {
    const ports = [{ name: "s3", port: config.S3_PORT, targetPort: config.S3_PORT }];
    const spec = { selector: selector({ service: "minio", role: "server" }), ports };
    const metadata = (name: string) => this.metadata(name, "server", pins.minio.version);
    new k8s.core.v1.Service("minio", { metadata: metadata("minio"), spec }, { parent: this });
    const { nodePort, from } = settings.admin;
    if (nodePort !== undefined) {
      new k8s.core.v1.Service(
        "minio-admin",
        {
          metadata: {
            ...metadata("minio-admin"),
            annotations: { [EXPOSED_REASON]: "pulumi up makes buckets, users and rights from outside of the cluster" },
          },
          spec: { ...spec, type: "NodePort", ports: ports.map((port) => ({ ...port, nodePort })) },
        },
        { parent: this },
      );
    }
    if (from.length > 0) {
      new Link(
        "operator-to-minio",
        { from: { kind: "range", name: "operator", cidrs: from }, to: this.endpoint },
        { parent: this },
      );
    }
  }

  private bucket(bucket: Bucket, platform: Platform): pulumi.Resource {
    const created = new minio.S3Bucket(
      bucket.key,
      { bucket: bucket.name, acl: "private", ...(bucket.lockDays > 0 ? { objectLocking: true } : {}) },
      { ...this.admin, ...platform.dataOptions },
    );
    if (bucket.versioning) {
      new minio.S3BucketVersioning(
        bucket.key,
        { bucket: created.bucket, versioningConfiguration: { status: "Enabled" } },
        this.admin,
      );
    }
    if (bucket.notify.length > 0) {
      const rules = { bucket: created.bucket, queues: queues(bucket) };
      new minio.S3BucketNotification(bucket.key, rules, this.admin);
    }
    new minio.IlmPolicy(bucket.key, { bucket: created.bucket, rules: config.lifecycleRules(bucket) }, this.admin);
    return created;
  }
}

const ROOT_USER = "lakehouse-root";
