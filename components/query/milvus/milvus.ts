import * as pulumi from "@pulumi/pulumi";

import type { ObjectStore, SecretKeys } from "../../core/capabilities";
import type { VectorStore } from "../../core/vector-spaces";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { fingerprint } from "../../core/fingerprint";
import { DOMAIN } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { MilvusUsers } from "./access";
import * as backup from "./backup.config";
import * as config from "./config";
import * as containers from "./containers";
import type { Etcd } from "./etcd";
import { monitoringOf } from "./monitoring";
import { pins } from "./pins";
import { BACKUP, doorRole, milvusPods, NAME, type Role, rolesOf, searches, SETUP } from "./pods";
import type { MilvusSettings } from "./settings";
import { RIGHTS_FILE } from "./setup";

export interface MilvusArgs {
  readonly platform: Platform;
  readonly settings: MilvusSettings;
  readonly objects: ObjectStore;
  readonly etcd: Etcd;
  /** Done when the whole stack is described: then every client has asked for its rights. */
  readonly described: pulumi.Input<readonly object[]>;
}

/** The user of upstream's operator. */
const USER = 1000;
/** Only owner and group may run the image's program: one of both is this user, or the group 0. */
const GROUPS = [0];
/** The user of the copies' and of the task's images, which need none. */
const TASK_USER = 101;

/** Milvus without other stores than etcd and the object store: segments, indexes and the log of changes are objects. */
export class Milvus extends Service {
  readonly endpoint: Endpoint;
  readonly vectors: VectorStore;
  private readonly users: MilvusUsers;

  constructor(args: MilvusArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, etcd } = args;
    const facts = { namespace: platform.namespace("query"), pods: milvusPods(platform, settings) };
    super("query:Milvus", NAME, { ...facts, monitoring: monitoringOf(settings) }, opts);
    const peer = this.peer(doorRole(settings));
    this.endpoint = serviceEndpoint({ name: NAME, peer, service: NAME, port: config.PORT });
    this.secret(containers.ROOT.role, { [containers.ROOT.key]: password(`${NAME}-root`, this) });
    const s3 = this.store(args);
    this.connect(args);
    const processes = rolesOf(settings).map((role) => this.processes(role, args, s3));
    this.users = new MilvusUsers(this, this.endpoint, platform, () => setup);
    this.vectors = this.users;
    const setup: pulumi.Resource = this.setup(args, processes);
    if (settings.backup.method !== "off") this.backup(args, s3, processes);
    this.registerOutputs({ url: url(this.endpoint), etcd: etcd.hosts });
  }

  /** Own objects, and the place of copies. Milvus asks at each start whether its bucket exists. */
  private store({ settings, objects }: MilvusArgs): SecretKeys {
    const s3 = objects.grant(this, [
      { bucket: "services", level: "write", listing: "bucket" },
      ...(settings.backup.method === "off" ? [] : [{ bucket: "backups", prefix: `${NAME}/`, level: "write" } as const]),
    ]);
    for (const role of rolesOf(settings)) this.use(s3, role);
    return s3;
  }

  /** Every part of a cluster calls others; all of them have metadata in etcd. */
  private connect({ settings, etcd }: MilvusArgs): void {
    const { pulsar } = settings;
    const nodes = { ...this.endpoint, name: `${NAME}-nodes`, peer: this.peer(), targetPorts: config.INTERNAL_PORTS };
    for (const role of rolesOf(settings)) {
      this.link(etcd.endpoint, role);
      if (settings.mode === "cluster") this.link(nodes, role);
      if (pulsar !== undefined) this.link(pulsarEndpoint(pulsar), role);
    }
    this.link(this.endpoint, SETUP);
  }

  private processes(role: Role, { settings, objects, etcd }: MilvusArgs, s3: SecretKeys): Workload {
    const group = this.group(role);
    const isDoor = role === doorRole(settings);
    const places = containers.places(objects, etcd.hosts, group);
    return new Workload(
      this.peer(role).name,
      {
        group,
        version: pins.milvus.version,
        user: USER,
        groups: GROUPS,
        priorityClass: group.priorityClass,
        config: { conf: { mountPath: config.CONFIG_DIRECTORY, files: config.files(settings, places) } },
        containers: [containers.process(group, objects, s3)],
        terminationGracePeriodSeconds: config.GRACE_SECONDS + 30,
        ...(isDoor
          ? {
              serviceName: NAME,
              servicePorts: { grpc: { port: config.PORT }, [config.METRICS.portName]: { port: config.METRICS.port } },
              headless: false,
            }
          : // A StatefulSet has a Service, though nobody asks for its pods by name.
            searches(role)
            ? { servicePorts: { [config.METRICS.portName]: { port: config.METRICS.port } } }
            : {}),
        ...(searches(role) ? { reproducible: "every segment and index is in the object store too" } : {}),
      },
      { parent: this, dependsOn: [etcd.running, ...this.parts] },
    );
  }

  /** Makes spaces, roles and users. It runs again when one of them changes. */
  private setup({ described }: MilvusArgs, processes: pulumi.Resource[]): Task {
    const known = pulumi.output(described);
    this.secret(containers.RIGHTS, { [RIGHTS_FILE]: known.apply(() => this.users.file()) });
    const group = this.group(SETUP);
    return new Task(
      `${NAME}-${SETUP}`,
      {
        group,
        version: shared.nginx.version,
        user: TASK_USER,
        priorityClass: group.priorityClass,
        backoffLimit: 6,
        annotations: { [`${DOMAIN}/rights`]: known.apply(() => fingerprint(this.users.lines().join("\n"))) },
        secrets: { [containers.RIGHTS]: `${NAME}-${containers.RIGHTS}` },
        containers: [containers.setupContainer(url(this.endpoint))],
      },
      { parent: this, dependsOn: [...processes, ...this.parts] },
    );
  }

  private backup({ settings, objects }: MilvusArgs, s3: SecretKeys, processes: pulumi.Resource[]): void {
    const group = this.group(BACKUP);
    const management = { ...this.endpoint, name: `${NAME}-management`, port: config.METRICS.port };
    this.link(this.endpoint, BACKUP);
    this.link({ ...management, targetPorts: [config.METRICS.port] }, BACKUP);
    this.link(objects.endpoint, BACKUP);
    const places = containers.places(objects, [], group);
    const file = backup.backupYaml({ ...places, host: this.endpoint.host, backups: objects.buckets.backups });
    new Task(
      `${NAME}-${BACKUP}`,
      {
        group,
        version: pins.milvusBackup.version,
        user: TASK_USER,
        priorityClass: group.priorityClass,
        schedule: settings.backup.schedule,
        deadlineSeconds: 6 * 3600,
        config: { conf: { mountPath: backup.BACKUP_DIRECTORY, files: { [backup.BACKUP_FILE]: file } } },
        containers: [containers.backupContainer(s3)],
      },
      { parent: this, dependsOn: [...processes, ...this.parts] },
    );
  }
}

const pulsarEndpoint = ({ host, port, cidrs }: NonNullable<MilvusSettings["pulsar"]>): Endpoint => ({
  name: "pulsar",
  peer: { kind: "range", name: "pulsar", cidrs, reason: "the log of changes stands outside the stack" },
  host,
  port,
  targetPorts: [port],
  protocol: "TCP",
  scheme: "pulsar",
});
