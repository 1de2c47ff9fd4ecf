import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { KeyValueAccess, KeyValueStore } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import { selector } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import type { ContainerArgs } from "../../core/pod";
import { Service } from "../../core/service";
import { clientUsers, type Users } from "../../core/users";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { DATA, EXPORTER, valkeyPods } from "./pods";
import type { ValkeySettings } from "./settings";

export interface ValkeyArgs {
  readonly platform: Platform;
  readonly settings: ValkeySettings;
  /** Resolves once the whole stack is described: every client has requested its keys by then. */
  readonly described: pulumi.Input<readonly object[]>;
}

/** The image's user. */
const USER = 999;
const USERS = "users";
const OWN = { secret: "valkey-server", server: "password", monitor: "monitorPassword" };

/** Users of one client, and the prefixes of keys that are its own, and that it reads. */
interface Client extends Users {
  readonly own: Set<string>;
  readonly read: Set<string>;
}

/** Valkey: one server takes writes, the others replicate it. */
export class Valkey extends Service implements KeyValueStore {
  readonly endpoint: Endpoint;
  private readonly platform: Platform;
  private readonly granted = new Map<string, Client>();

  constructor(name: string, { platform, settings, described }: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts = { namespace: platform.namespace("storage"), pods: valkeyPods(platform, settings), monitoring };
    super("storage:Valkey", name, facts, opts);
    this.platform = platform;
    const peer = this.peer("server");
    this.endpoint = serviceEndpoint({ name, peer, service: name, port: config.PORT, scheme: "redis" });
    // With a single server too: a second one then needs no new policy, and a cache without clients is isolated.
    this.link({ ...this.endpoint, name: "valkey-replication" }, "server");
    const server = password("valkey-server-password", this);
    const monitor = password("valkey-monitor-password", this);
    this.secret("server", { [OWN.server]: server, [OWN.monitor]: monitor });
    const clients = pulumi.output(described).apply(() => pulumi.all([...this.granted.values()].flatMap(rules)));
    const users = pulumi
      .all([server, monitor, clients])
      .apply(([own, watching, all]) => config.aclFile({ server: own, monitor: watching }, all));
    this.secret(USERS, { [config.USERS_FILE]: users });
    this.servers(settings, platform);
    this.publish(settings);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  grant(client: Service, prefix: string): KeyValueAccess {
    return this.admit(client, "own", [prefix]);
  }

  read(client: Service, prefixes: readonly string[]): KeyValueAccess {
    return this.admit(client, "read", prefixes);
  }

  private admit(client: Service, right: "own" | "read", prefixes: readonly string[]): KeyValueAccess {
    const { service } = client;
    const known = this.granted.get(service) ?? { ...this.users(client), own: new Set(), read: new Set() };
    this.granted.set(service, known);
    for (const prefix of prefixes) known[right].add(config.keyPrefix(service, prefix));
    return { ...known.keys, endpoint: this.endpoint };
  }

  /** With the next login, so that servers have it before a pod signs in as it. */
  private users(client: Service): Users {
    return clientUsers(this, client, { at: "valkey", alive: this.platform.logins(client.service), ahead: true });
  }

  private servers(settings: ValkeySettings, platform: Platform): void {
    const group = this.group("server");
    const files = { "valkey.conf": config.serverConf(group, settings), [config.READY_FILE]: config.readyScript() };
    new Workload(
      "valkey-server",
      {
        group,
        version: pins.valkey.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceName: config.HEADLESS,
        servicePorts: { redis: { port: config.PORT } },
        dataOptions: platform.dataOptions,
        // Replicas receive the last writes before the writer stops.
        terminationGracePeriodSeconds: 60,
        config: { conf: { mountPath: config.CONFIG_DIRECTORY, files } },
        secrets: { [USERS]: `valkey-${USERS}` },
        containers: [server(config.startScript(settings, this.namespace)), exporter],
      },
      { parent: this, dependsOn: this.parts },
    );
  }

  /** The Service for clients, which selects the writer alone. */
  private publish({ writer }: ValkeySettings): void {
    new k8s.core.v1.Service(
      "valkey",
      {
        metadata: this.metadata("valkey", "server", pins.valkey.version),
        spec: {
          selector: {
            ...selector({ service: "valkey", role: "server" }),
            "statefulset.kubernetes.io/pod-name": config.serverName(writer),
          },
          ports: [{ name: "redis", port: config.PORT, targetPort: config.PORT }],
        },
      },
      { parent: this },
    );
  }
}

const rules = ({ passwords, own, read }: Client): pulumi.Output<string>[] =>
  Object.entries(passwords).map(([user, generated]) =>
    generated.apply((text) => config.clientRule(user, text, [...own], [...read])),
  );

const server = (script: string): ContainerArgs => ({
  name: "valkey",
  image: pins.valkey.image,
  command: ["/bin/sh", "-ec"],
  args: [script],
  env: { VALKEYCLI_AUTH: fromSecret(OWN.secret, OWN.server) },
  ports: { redis: config.PORT },
  mounts: { [config.DATA_DIRECTORY]: DATA, [config.USERS_DIRECTORY]: USERS },
  readinessProbe: {
    exec: { command: ["/bin/sh", `${config.CONFIG_DIRECTORY}/${config.READY_FILE}`] },
    periodSeconds: 10,
    timeoutSeconds: 12,
  },
  // The port is open while the server loads its log, but not while it waits for other servers' answers about their data.
  startupProbe: { tcpSocket: { port: "redis" }, periodSeconds: 5, failureThreshold: 120 },
  livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 15, failureThreshold: 4 },
});

const exporter: ContainerArgs = {
  name: EXPORTER,
  image: pins.redisExporter.image,
  env: {
    REDIS_ADDR: `redis://localhost:${String(config.PORT)}`,
    // Its user may read INFO and nothing else.
    REDIS_EXPORTER_CONFIG_COMMAND: "-",
    REDIS_USER: config.MONITOR_USER,
    REDIS_PASSWORD: fromSecret(OWN.secret, OWN.monitor),
  },
  ports: { [config.METRICS.portName]: config.METRICS.port },
  readinessProbe: { httpGet: { path: "/health", port: config.METRICS.portName }, periodSeconds: 15 },
  livenessProbe: { httpGet: { path: "/health", port: config.METRICS.portName }, periodSeconds: 15 },
};
