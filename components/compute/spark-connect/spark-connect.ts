import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { icebergTableDefaults } from "../../catalog/iceberg";
import type {
  EventLogs,
  Libraries,
  ObjectStore,
  SecretKeys,
  SparkConnect,
  SparkConnectAccess,
  TableCatalog,
} from "../../core/capabilities";
import { type Endpoint, podsEndpoint, serviceEndpoint, url } from "../../core/endpoint";
import { awsEnv, fromSecret } from "../../core/env";
import { type Governance, lineageEnv } from "../../core/governance";
import { missingJars } from "../../core/jars";
import { password } from "../../core/password";
import { accountWithRights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { sparkFor } from "../event-logs";
import { deltaFacts } from "../delta-conf";
import { BLOCK_PORT, DRIVER_PORT, UI_PORT } from "../spark-conf";
import { DRIVER_RULE, sparkPodTemplate, USER } from "../spark-pod";
import { bucketRequests, locations } from "./access";
import * as config from "./config";
import { sparkConnectMonitoring } from "./monitoring";
import { sparkConnectPods } from "./pods";
import type { SparkConnectSettings } from "./settings";

export interface SparkConnectArgs extends Facts<SparkConnectSettings> {
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly libraries: Libraries;
  readonly eventLogs: EventLogs | undefined;
  readonly governance: Governance | undefined;
}

/** One long-lived driver for the sessions of all clients, which makes executors while they have work and gives them back. */
export class SparkConnectServer extends Service implements SparkConnect {
  readonly endpoint: Endpoint;
  readonly version = shared.spark.version;
  /** Tokens by the suffix of their generation, the server's own first: it knows one, and the previous one's Secrets stay for pods that name them. */
  private readonly tokens: readonly (readonly [suffix: string, token: pulumi.Output<string>])[];

  constructor(name: string, args: SparkConnectArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables, eventLogs, stack } = args;
    const namespace = platform.namespace("spark-connect");
    const pods = sparkConnectPods(platform, settings);
    super("compute:SparkConnect", name, { namespace, pods, monitoring: sparkConnectMonitoring(namespace) }, opts);
    const child = { parent: this };

    this.endpoint = serviceEndpoint({
      name,
      peer: this.peer("server"),
      service: name,
      port: config.PORT,
      scheme: "sc",
    });
    this.tokens = platform
      .logins(name)
      .map(({ suffix }) => [suffix, password(`${name}-token${suffix}`, this)] as const);
    for (const [suffix, token] of this.tokens) this.secret(`token${suffix}`, { token });

    this.link(platform.apiServer, "server");
    this.linkPods();
    this.link(tables.rest, "server");
    if (stack.formats.delta) this.link(tables.thrift, "server");
    const s3 = this.use(
      objects.grant(this, [...bucketRequests(settings.access), ...(eventLogs === undefined ? [] : [eventLogs.access])]),
    );

    const metadata = this.metadata(`${name}-server`, "server");
    // In a namespace that holds nothing but this service: users' code runs beside the account's token.
    const account = accountWithRights({ metadata, rules: [DRIVER_RULE] }, this);
    const executors = new k8s.core.v1.ServiceAccount(
      config.EXECUTOR,
      { metadata: this.metadata(config.EXECUTOR, "executor"), automountServiceAccountToken: false },
      child,
    );
    const facts = this.facts(args, s3);
    const template = new k8s.core.v1.PodTemplate(
      config.EXECUTOR,
      {
        metadata: {
          ...this.metadata(config.EXECUTOR, "executor", shared.spark.version),
          annotations: config.templateAnnotations(facts.executor),
        },
        template: facts.template,
      },
      child,
    );
    const after = [...account, executors, template, ...(eventLogs === undefined ? [] : [eventLogs.running])];
    this.server(name, facts, [...after, ...this.parts]);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  grant(client: Service): SparkConnectAccess {
    const secret = `${this.service}${this.suffix}`;
    for (const [suffix, token] of this.tokens)
      client.secret(`${this.service}${suffix}`, {
        token,
        remote: token.apply((value) => config.remote(url(this.endpoint), value)),
      });
    return { endpoint: this.endpoint, secret: `${client.service}-${secret}`, remoteKey: "remote", tokenKey: "token" };
  }

  /** Of the generation that the server accepts: empty for the first. */
  private get suffix(): string {
    return this.tokens[0]?.[0] ?? "";
  }

  /** Executors register at the server; it and they fetch blocks from each other. */
  private linkPods(): void {
    this.link(podsEndpoint(this.peer("server"), [DRIVER_PORT, BLOCK_PORT], "spark"), "executor");
    const executors = podsEndpoint(this.peer("executor"), [BLOCK_PORT], "spark");
    this.link(executors, "server");
    this.link(executors, "executor");
  }

  private facts(
    { settings, objects, tables, libraries, eventLogs, governance, stack }: SparkConnectArgs,
    s3: SecretKeys,
  ) {
    const told = governance === undefined ? undefined : this.use(governance.lineageOf(this), "server");
    const { formats } = stack;
    const executor = this.group("executor");
    const image = settings.image ?? shared.spark.image;
    const lacking = sparkFor({
      tables: true,
      eventLogs: eventLogs !== undefined,
      delta: formats.delta,
      lineage: told !== undefined,
    });
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, missingJars(lacking)) : undefined;
    const env = awsEnv(s3, objects);
    const template = sparkPodTemplate("executor", { group: executor, image, env, fetcher });
    return {
      settings,
      image,
      server: this.group("server"),
      executor,
      template: config.executorTemplate(template, executor),
      fetcher,
      env,
      lineage: told !== undefined,
      lineageEnv: told === undefined ? {} : lineageEnv(told),
      restUrl: tables.restUrl,
      s3: { url: url(objects.endpoint), region: objects.region, properties: objects.sdk.iceberg },
      locations: locations(settings.access, objects.buckets),
      tableDefaults: icebergTableDefaults(formats),
      eventLogs,
      delta: formats.delta ? deltaFacts(tables) : undefined,
      formats,
    };
  }

  private server(name: string, facts: ReturnType<SparkConnectServer["facts"]>, dependsOn: pulumi.Resource[]): void {
    const group = facts.server;
    const connect = { tcpSocket: { port: "connect" } };
    new Workload(
      `${name}-server`,
      {
        group,
        version: shared.spark.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceAccount: `${name}-server`,
        token: true,
        servicePorts: config.SERVICE_PORTS,
        serviceName: name,
        // Executors connect to the pod before it is ready, and it binds to the address of its name.
        headless: true,
        config: { conf: { mountPath: config.CONFIG_DIRECTORY, files: config.files(facts) } },
        ...(facts.fetcher === undefined ? {} : { initContainers: [facts.fetcher] }),
        containers: [
          {
            name,
            image: facts.image,
            command: [...config.COMMAND],
            env: {
              ...facts.env,
              ...facts.lineageEnv,
              POD_NAME: { fieldRef: { fieldPath: "metadata.name" } },
              SPARK_CONNECT_AUTHENTICATE_TOKEN: fromSecret(`${name}-token${this.suffix}`, "token"),
            },
            ports: { "connect": config.PORT, "driver": DRIVER_PORT, "blocks": BLOCK_PORT, "spark-ui": UI_PORT },
            startupProbe: { ...connect, periodSeconds: 5, failureThreshold: 60 },
            readinessProbe: { ...connect, periodSeconds: 10, timeoutSeconds: 5 },
            livenessProbe: { ...connect, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
          },
        ],
      },
      { parent: this, dependsOn },
    );
  }
}
