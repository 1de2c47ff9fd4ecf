import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { EventLog, ObjectStore, TopicAccess } from "../../core/capabilities";
import { certified } from "../../core/certificates";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { selector } from "../../core/labels";
import { hashedPassword, password } from "../../core/password";
import type { ContainerArgs } from "../../core/pod";
import { accountWithRights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import { Workload } from "../../core/workload";
import { certificates, SECRETS } from "./certificates";
import * as config from "./config";
import * as flow from "./flow";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { CHECK, DIRECTORIES, FLOWS, heapMiB, NAME, namespaceOf, nifiPods, NODES, VOLUMES } from "./pods";
import { ADMIN, nifiHash } from "./rights";
import type { NifiSettings } from "./settings";

export interface NifiArgs extends Facts<NifiSettings> {
  readonly objects: ObjectStore;
  /** Undefined where the stack runs no Kafka; settings see to it that no topic is landed then. */
  readonly events: EventLog | undefined;
}

/** The image's user. */
const USER = 1000;
const [ADMIN_SECRET, KEY_SECRET, CERTIFICATE, INBOX] = ["admin", "key", "certificate", "inbox"] as const;

/** Parameters name store and brokers, so the task that hands them over is held to have a way there too. */
const USING = ["node", FLOWS];

/** NiFi's nodes without ZooKeeper, and the flow that lands files and records in bronze. */
export class Nifi extends Service {
  private readonly endpoint: Endpoint;

  constructor(name: string, args: NifiArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects } = args;
    const facts = { namespace: namespaceOf(platform), pods: nifiPods(platform, settings), monitoring };
    super("streaming:Nifi", name, facts, opts);
    const peer = this.peer("node");
    this.endpoint = serviceEndpoint({ name, peer, service: NAME, port: config.PORTS.https, scheme: "https" });
    this.connect(args);
    this.credentials();
    const s3 = objects.grant(this, [{ bucket: "bronze", prefix: flow.PREFIX, level: "append" }]);
    for (const role of USING) this.use(s3, role);
    const kafka = this.topics(args);

    const shown = certified(this.certificate, NAME, certificates(settings, this.namespace));
    const nodes = this.nodes(args, shown);
    this.publish();
    const files = { "flow.json": flow.flowFile(settings, kafka), [flow.DEPLOY_FILE]: flow.deployProgram() };
    const parameters = { "parameters.json": flow.parametersFile(settings, { objects, kafka }) };
    const env = { ...credentialsEnv(s3, flow.VARIABLES.s3User, flow.VARIABLES.s3Password), ...secretOf(kafka) };
    // Again when the flow, its parameters or a login changes.
    const deployed = this.task(FLOWS, { files: { ...files, ...parameters }, env }, [nodes]);
    this.task(CHECK, { files, args: ["check"], schedule: CHECKS }, [deployed]);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  /** Of several nodes each talks to every other, and asks the API server who leads. */
  private connect({ platform, settings }: NifiArgs): void {
    if (settings.node.replicas > 1) {
      const targetPorts = Object.values(config.PORTS);
      this.link({ ...this.endpoint, name: `${NAME}-nodes`, targetPorts }, "node");
      this.link(platform.apiServer, "node");
    }
    for (const role of [FLOWS, CHECK]) this.link(this.endpoint, role);
  }

  /** The password of people, and the key of what is secret in the flow: that one has no generations, since nodes could not read what they have. */
  private credentials(): void {
    const admin = hashedPassword(`${NAME}-admin`, this);
    this.secret(ADMIN_SECRET, { username: ADMIN, password: admin.value, hash: admin.hash.apply(nifiHash) });
    this.secret(KEY_SECRET, { key: password(`${NAME}-sensitive-key`, this) });
  }

  /** The right to read the topics that are landed. */
  private topics({ events, settings: { topics } }: NifiArgs): TopicAccess | undefined {
    if (events === undefined || topics.length === 0) return undefined;
    const access = events.grant(
      this,
      topics.map((topic) => ({ topic, level: "read" })),
    );
    for (const role of USING) this.use(access, role);
    return access;
  }

  private nodes({ platform, settings }: NifiArgs, after: pulumi.Resource[]): Workload {
    const group = this.group("node");
    const several = settings.node.replicas > 1;
    const metadata = this.metadata(NODES, "account");
    const account = several ? accountWithRights({ metadata, rules: RULES }, this) : [];
    return new Workload(
      NODES,
      {
        group,
        version: pins.nifi.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceName: config.HEADLESS,
        servicePorts: Object.fromEntries(
          Object.entries(config.PORTS).map(([port, number]) => [port, { port: number }]),
        ),
        dataOptions: platform.dataOptions,
        terminationGracePeriodSeconds: config.GRACE_SECONDS,
        ...(several ? { serviceAccount: NODES, token: true } : {}),
        config: { conf: { mountPath: config.FILES_DIRECTORY, files: config.nodeFiles(settings, this.namespace) } },
        secrets: { [CERTIFICATE]: SECRETS.node },
        ...(settings.inbox === undefined ? {} : { claims: { [INBOX]: { name: settings.inbox, readOnly: false } } }),
        containers: [node(heapMiB(group), this.namespace, settings)],
      },
      { parent: this, dependsOn: [...after, ...account, ...this.parts] },
    );
  }

  /** The Service for people and for the task: a session is known to the node that began it. */
  private publish(): void {
    const { https: port } = config.PORTS;
    new k8s.core.v1.Service(
      NAME,
      {
        metadata: this.metadata(NAME, "node", pins.nifi.version),
        spec: {
          selector: selector({ service: NAME, role: "node" }),
          sessionAffinity: "ClientIP",
          ports: [{ name: "https", port, targetPort: port }],
        },
      },
      { parent: this },
    );
  }

  /** A task with the flow's program: it deploys, or only looks. */
  private task(role: string, { files, args = [], env = {}, schedule }: FlowTask, after: pulumi.Resource[]): Task {
    const group = this.group(role);
    return new Task(
      this.peer(role).name,
      {
        group,
        version: pins.nifi.version,
        user: USER,
        priorityClass: group.priorityClass,
        config: { flows: { mountPath: flow.FLOWS_DIRECTORY, files } },
        secrets: { [CERTIFICATE]: SECRETS.flows },
        ...(schedule === undefined ? {} : { schedule, backoffLimit: 0, deadlineSeconds: 300 }),
        containers: [
          {
            name: role,
            image: pins.nifi.image,
            command: ["python3", `${flow.FLOWS_DIRECTORY}/${flow.DEPLOY_FILE}`],
            args: [...args],
            env: {
              NIFI_URL: url(this.endpoint),
              NIFI_FLOWS: flow.FLOWS_DIRECTORY,
              NIFI_CERTIFICATE: config.CERTIFICATE_DIRECTORY,
              PYTHONDONTWRITEBYTECODE: "1",
              ...env,
            },
            mounts: { [config.CERTIFICATE_DIRECTORY]: CERTIFICATE },
          },
        ],
      },
      { parent: this, dependsOn: [...after, ...this.parts] },
    );
  }
}

interface FlowTask {
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: NonNullable<ContainerArgs["env"]>;
  readonly schedule?: string;
}

/** The flow's metrics do not tell what is stopped or invalid. */
const CHECKS = "*/15 * * * *";

const secretOf = (kafka: TopicAccess | undefined): NonNullable<ContainerArgs["env"]> =>
  kafka === undefined ? {} : { [flow.VARIABLES.kafkaPassword]: fromSecret(kafka.secret, kafka.passwordKey) };

const node = (heap: number, namespace: string, settings: NifiSettings): ContainerArgs => ({
  name: NAME,
  image: pins.nifi.image,
  command: ["/bin/bash", "-ec"],
  args: [config.startScript(heap, namespace)],
  env: {
    POD_NAME: { fieldRef: { fieldPath: "metadata.name" } },
    [config.VARIABLES.key]: fromSecret(`${NAME}-${KEY_SECRET}`, "key"),
    [config.VARIABLES.admin]: fromSecret(`${NAME}-${ADMIN_SECRET}`, "hash"),
  },
  ports: config.PORTS,
  mounts: {
    ...Object.fromEntries(VOLUMES.map((name) => [DIRECTORIES[name], name])),
    [config.CERTIFICATE_DIRECTORY]: CERTIFICATE,
    ...(settings.inbox === undefined ? {} : { [DIRECTORIES.inbox]: INBOX }),
  },
  // It unpacks its archives first.
  startupProbe: { tcpSocket: { port: "https" }, periodSeconds: 10, failureThreshold: 90 },
  readinessProbe: {
    exec: { command: ["/bin/bash", `${config.FILES_DIRECTORY}/${config.READY_FILE}`] },
    periodSeconds: 15,
    timeoutSeconds: 10,
  },
  livenessProbe: { tcpSocket: { port: "https" }, periodSeconds: 20, failureThreshold: 6 },
});

/**
 * Leaders are elected by Leases, and the cluster's state is in ConfigMaps, whose names are those of processors that are made later.
 * Upstream's guide leaves out that its client patches Leases: without that verb nobody leads, as the proof on a real API server shows.
 */
const RULES = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "patch", "update"] },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "delete", "get", "list", "patch", "update"] },
];
