import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ObjectAccess, ObjectStore } from "../../core/capabilities";
import { certified } from "../../core/certificates";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { selector } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import type { ContainerArgs } from "../../core/pod";
import { Service } from "../../core/service";
import { Workload } from "../../core/workload";
import * as certificates from "./certificates";
import * as config from "./config";
import type { CopyFacts } from "./indices";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { front, type NodeRole, usedRoles } from "../search-nodes";
import { CONFIG_DIRECTORY, DATA, DATA_DIRECTORY, NAME, nodePods } from "./pods";
import { securityFiles } from "./security";
import type { OpensearchSettings } from "./settings";

export interface OpensearchArgs {
  readonly platform: Platform;
  readonly settings: OpensearchSettings;
  readonly objects: ObjectStore;
}

/** The image's user. */
const USER = 1000;
/** Key of the Secret `opensearch-admin`. */
export const ADMIN_SECRET = { secret: `${NAME}-admin`, key: "password" } as const;
/** Where copies stand in the bucket. */
const PREFIX = `${NAME}/`;
const TRANSPORT = "transport";

/** The nodes of OpenSearch, and what they know each other by. */
export class Opensearch extends Service {
  readonly endpoint: Endpoint;
  /** Where copies go; undefined where none are made. */
  readonly copy: CopyFacts | undefined;
  /** There once the nodes are. */
  readonly running: readonly Workload[];
  private readonly settings: OpensearchSettings;

  constructor(name: string, { platform, settings, objects }: OpensearchArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts = { namespace: platform.namespace("storage"), pods: nodePods(platform, settings), monitoring };
    super("storage:Opensearch", name, facts, opts);
    this.settings = settings;
    const peer = this.peer(front(settings));
    this.endpoint = serviceEndpoint({ name, peer, service: name, port: config.HTTP_PORT });
    // Every node talks to every other.
    const transport = { peer: this.peer(), port: config.TRANSPORT_PORT, targetPorts: [config.TRANSPORT_PORT] };
    this.link({ ...this.endpoint, ...transport, name: `${name}-nodes` });

    this.secret("admin", { [ADMIN_SECRET.key]: password(`${name}-admin-password`, this) });
    const copies = settings.snapshots.method === "s3" ? this.copies(objects) : undefined;
    this.copy = copies?.facts;
    const certificate = this.certify();
    this.running = this.pods.map((group) => this.nodes(group.role as NodeRole, platform, copies, certificate));
    this.publish();
    this.registerOutputs({ url: url(this.endpoint) });
  }

  /** The way to the bucket of copies. */
  private copies(objects: ObjectStore) {
    const access = this.use(objects.grant(this, [{ bucket: "backups", prefix: PREFIX, level: "write" }]));
    const facts = { bucket: objects.buckets.backups, path: PREFIX.replace(/\/$/, "") };
    return { access, facts, s3: { url: url(objects.endpoint), region: objects.region } };
  }

  /** The certificate that nodes show each other. */
  private certify(): pulumi.Resource[] {
    const wanted = [certificates.nodes(usedRoles(this.settings), this.namespace)];
    return certified(this.certificate, NAME, wanted);
  }

  private nodes(
    role: NodeRole,
    platform: Platform,
    copies: ReturnType<Opensearch["copies"]> | undefined,
    certificate: pulumi.Resource[],
  ): Workload {
    const { settings } = this;
    const group = this.group(role);
    const files = {
      "opensearch.yml": config.nodeYaml(role, settings, this.namespace, copies?.s3),
      [config.READY_FILE]: config.readyScript(settings),
      [config.ASK_FILE]: config.askScript(),
    };
    const stateful = group.volumes.length > 0;
    return new Workload(
      config.nodeName(role),
      {
        group,
        version: pins.opensearch.version,
        user: USER,
        priorityClass: group.priorityClass,
        dataOptions: stateful ? platform.dataOptions : {},
        ...(stateful
          ? { serviceName: config.headless(role), servicePorts: { transport: { port: config.TRANSPORT_PORT } } }
          : {}),
        // What is in memory is written, and others take over as leaders of shards.
        terminationGracePeriodSeconds: 120,
        config: {
          conf: { mountPath: config.FILES_DIRECTORY, files },
          security: { mountPath: config.SECURITY_DIRECTORY, files: securityFiles() },
        },
        secrets: { [TRANSPORT]: certificates.NODES },
        containers: [
          node(settings.image ?? pins.opensearch.image, config.javaOptions(group), stateful, copies?.access),
        ],
      },
      { parent: this, dependsOn: [...certificate, ...this.parts] },
    );
  }

  /** The Service for clients. */
  private publish(): void {
    const role = front(this.settings);
    new k8s.core.v1.Service(
      NAME,
      {
        metadata: this.metadata(NAME, role, pins.opensearch.version),
        spec: {
          selector: selector({ service: NAME, role }),
          ports: [{ name: "http", port: config.HTTP_PORT, targetPort: config.HTTP_PORT }],
        },
      },
      { parent: this },
    );
  }
}

const node = (
  image: string,
  javaOptions: string,
  stateful: boolean,
  copies: ObjectAccess | undefined,
): ContainerArgs => ({
  name: "opensearch",
  image,
  command: ["/bin/sh", "-ec"],
  args: [config.startScript(copies !== undefined)],
  env: {
    OPENSEARCH_PATH_CONF: CONFIG_DIRECTORY,
    OPENSEARCH_JAVA_OPTS: javaOptions,
    ADMIN_PASSWORD: fromSecret(ADMIN_SECRET.secret, ADMIN_SECRET.key),
    ...(copies === undefined ? {} : credentialsEnv(copies, "S3_ACCESS_KEY", "S3_SECRET_KEY")),
  },
  ports: { http: config.HTTP_PORT, transport: config.TRANSPORT_PORT },
  mounts: { ...(stateful ? { [DATA_DIRECTORY]: DATA } : {}), [config.CERTIFICATE_DIRECTORY]: TRANSPORT },
  // It listens once it has read what is on its volume.
  startupProbe: { tcpSocket: { port: "http" }, periodSeconds: 5, failureThreshold: 120 },
  readinessProbe: {
    exec: { command: ["/bin/sh", `${config.FILES_DIRECTORY}/${config.READY_FILE}`] },
    periodSeconds: 10,
    timeoutSeconds: 10,
  },
  livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 15, failureThreshold: 4 },
});
