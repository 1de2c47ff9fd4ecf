import * as pulumi from "@pulumi/pulumi";

import type { Bucket } from "../../core/bucket";
import type { BucketNames, BucketRequest, ObjectAccess, ObjectStore } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, serviceHost, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import { type BucketGrant, bucketGrant } from "../../core/grant";
import { DOMAIN } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { type S3Sdk, s3Sdk } from "../../core/s3-sdk";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { bucketNames } from "../buckets";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { NAME, type Role, seaweedfsPods, workloadOf } from "./pods";
import type { SeaweedfsSettings } from "./settings";

export interface SeaweedfsArgs {
  readonly platform: Platform;
  readonly settings: SeaweedfsSettings;
  readonly buckets: readonly Bucket[];
  /** All grants of the stack: the gateways read one file with every user. */
  readonly grants: pulumi.Input<readonly BucketGrant[]>;
}

/** The image's user. */
const USER = 1000;
const IDENTITIES = "identities";

/** Object storage by SeaweedFS: masters, servers, a filer and S3 gateways; a user for each grant in the gateways' own file. */
export class Seaweedfs extends Service implements ObjectStore {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly sdk: S3Sdk;
  readonly buckets: BucketNames;
  readonly grants: BucketGrant[] = [];
  private readonly platform: Platform;
  private readonly users: pulumi.Output<config.Identity>[] = [];
  /** What a client waits for: a gateway that knows it, and its buckets. */
  private readonly running: pulumi.Resource[];

  constructor(name: string, args: SeaweedfsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, buckets } = args;
    const facts = { namespace: platform.namespace("storage"), pods: seaweedfsPods(platform, settings), monitoring };
    super("storage:Seaweedfs", name, facts, opts);
    this.platform = platform;
    this.region = settings.region;
    this.buckets = bucketNames(buckets);
    this.endpoint = serviceEndpoint({ name, peer: this.peer("gateway"), service: name, port: config.PORTS.gateway });
    this.sdk = s3Sdk({ endpoint: url(this.endpoint), legacyMd5: settings.legacyMd5 });
    this.connect();
    this.credentials(args);
    const gateways = this.programs(args);
    this.running = [gateways, this.makeBuckets(buckets, gateways)];
    this.maintain(settings, gateways);
    this.registerOutputs({ endpoint: url(this.endpoint), buckets: this.buckets });
  }

  grant(client: Service, access: readonly BucketRequest[]): ObjectAccess {
    const { service } = client;
    const alive = this.platform.logins(service);
    for (const { user, suffix } of alive) {
      const secret = password(`${service}-s3${suffix}`, this);
      this.grants.push(bucketGrant(user, access, this.buckets, service));
      this.users.push(secret.apply((text) => ({ user, secret: text })));
      client.secret(`s3${suffix}`, { AccessKey: user, SecretKey: secret }, { after: this.running });
    }
    const secret = `${service}-s3${alive[0].suffix}`;
    return { secret, userKey: "AccessKey", passwordKey: "SecretKey", endpoint: this.endpoint };
  }

  /** Links of the programs among each other. */
  private connect(): void {
    const to = (role: Role): Endpoint => ({
      name: role === "gateway" ? `${NAME}-lifecycle` : workloadOf(role),
      peer: this.peer(role),
      host: serviceHost(workloadOf(role), this.namespace),
      port: config.PORTS[role],
      targetPorts: role === "gateway" ? [config.grpcPort(role)] : [config.PORTS[role], config.grpcPort(role)],
      protocol: "TCP",
      scheme: "http",
    });
    const ways: Readonly<Record<Role | "maintenance", readonly Role[]>> = {
      master: ["master", "server"],
      server: ["master", "server"],
      filer: ["master", "server"],
      gateway: ["master", "server", "filer"],
      maintenance: ["master", "server", "filer", "gateway"],
    };
    for (const [from, all] of Object.entries(ways)) for (const role of all) this.link(to(role), from);
    this.link(this.endpoint, "buckets");
  }

  /** The administrator, the keys of the programs, and the file of all users, which is complete once every client has asked. */
  private credentials({ grants }: SeaweedfsArgs): void {
    const root = password(`${NAME}-root-password`, this);
    this.secret("root", { [config.ROOT.userKey]: config.ROOT_USER, [config.ROOT.passwordKey]: root });
    this.secret("keys", { servers: password(`${NAME}-servers-key`, this), filer: password(`${NAME}-filer-key`, this) });
    const file = pulumi
      .output(grants)
      .apply(() => pulumi.all([root, pulumi.all(this.users)]))
      .apply(([own, users]) => config.identities(own, users, this.grants));
    this.secret(IDENTITIES, { [config.IDENTITIES_FILE]: file });
  }

  /** Each role after those that it asks, so that a first update waits for a whole store. Returns the gateways. */
  private programs(args: SeaweedfsArgs): pulumi.Resource {
    const masters = this.program("master", args, []);
    const servers = this.program("server", args, [masters]);
    const filer = this.program("filer", args, [servers]);
    return this.program("gateway", args, [filer]);
  }

  private program(role: Role, { settings, grants, platform }: SeaweedfsArgs, after: pulumi.Resource[]): Workload {
    const group = this.group(role);
    const port = config.PORTS[role];
    const probe = (path: string) => ({ httpGet: { path, port: "http" }, periodSeconds: 10, timeoutSeconds: 5 });
    const gateway = role === "gateway";
    return new Workload(
      workloadOf(role),
      {
        group,
        version: pins.seaweedfs.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceName: gateway ? NAME : workloadOf(role),
        servicePorts: gateway
          ? { s3: { port }, grpc: { port: config.grpcPort(role) } }
          : { http: { port }, grpc: { port: config.grpcPort(role) } },
        dataOptions: platform.dataOptions,
        terminationGracePeriodSeconds: 60,
        ...(gateway ? { secrets: { [IDENTITIES]: `${NAME}-${IDENTITIES}` } } : {}),
        // Gateways read the file when they start, so other rights are other pods.
        ...(gateway
          ? {
              annotations: {
                [`${DOMAIN}/rights`]: pulumi.output(grants).apply((all) => fingerprint(JSON.stringify(all))),
              },
            }
          : {}),
        containers: [
          {
            name: NAME,
            image: pins.seaweedfs.image,
            command: [config.PROGRAM],
            args: config.programArgs(role, settings, this.namespace),
            env: {
              ...(gateway ? {} : { POD_NAME: { fieldRef: { fieldPath: "metadata.name" } } }),
              ...config.signingKeys,
            },
            ports: { http: port, grpc: config.grpcPort(role), [config.METRICS.portName]: config.METRICS.port },
            mounts: {
              ...Object.fromEntries(
                group.volumes.map((volume) => [`${config.DATA_DIRECTORY}/${volume.name}`, volume.name]),
              ),
              ...(gateway ? { [config.IDENTITIES_DIRECTORY]: IDENTITIES } : {}),
            },
            readinessProbe: probe("/readyz"),
            livenessProbe: probe("/healthz"),
            startupProbe: { ...probe("/healthz"), failureThreshold: 60 },
          },
        ],
      },
      { parent: this, dependsOn: [...after, ...this.parts] },
    );
  }

  private makeBuckets(buckets: readonly Bucket[], gateways: pulumi.Resource): Task {
    const group = this.group("buckets");
    return new Task(
      `${NAME}-buckets`,
      {
        group,
        version: shared.minioClient.version,
        user: USER,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: "mc",
            image: shared.minioClient.image,
            command: ["/bin/sh", "-ec"],
            args: [config.bucketsScript(buckets)],
            env: {
              S3_URL: url(this.endpoint),
              MC_CONFIG_DIR: "/tmp/mc",
              ...credentialsEnv(config.ROOT, "ROOT_USER", "ROOT_PASSWORD"),
            },
          },
        ],
      },
      { parent: this, dependsOn: [gateways, ...this.parts] },
    );
  }

  private maintain(settings: SeaweedfsSettings, gateways: pulumi.Resource): void {
    const group = this.group("maintenance");
    new Task(
      `${NAME}-maintenance`,
      {
        group,
        version: pins.seaweedfs.version,
        user: USER,
        priorityClass: group.priorityClass,
        schedule: settings.maintenance,
        // Half-done work is continued by the next run.
        backoffLimit: 0,
        containers: [
          {
            name: NAME,
            image: pins.seaweedfs.image,
            command: ["/bin/sh", "-ec"],
            args: [config.maintenanceScript(settings, this.namespace, this.endpoint.host)],
            env: { ...config.signingKeys },
          },
        ],
      },
      { parent: this, dependsOn: [gateways, ...this.parts] },
    );
  }
}
