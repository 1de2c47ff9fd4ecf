import type * as pulumi from "@pulumi/pulumi";

import type { Database, DatabaseAccess, SecretKeys } from "../../core/capabilities";
import { type Endpoint, outsideEndpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import type { ContainerArgs } from "../../core/pod";
import { json } from "../../core/render";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import { clientUsers } from "../../core/users";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { METADATA_DATABASE } from "./check";
import * as config from "./config";
import { divided } from "./connections";
import { replacement } from "./metadata";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { CHECK, hasuraPods, METADATA, SERVER } from "./pods";
import { sourceUser } from "./rights";
import type { HasuraSettings } from "./settings";
import { checkScript, METADATA_DIRECTORY, metadataScript, REQUEST_FILE } from "./setup";

export interface HasuraArgs extends Facts<HasuraSettings> {
  readonly database: Database;
}

type Env = NonNullable<ContainerArgs["env"]>;

/** The image's user. */
const USER = 1001;
const EVERY_TEN_MINUTES = "*/10 * * * *";

/** GraphQL over PostgreSQL: replicas share their metadata's database, and a source each has a user of its own in PostgreSQL. */
export class Hasura extends Service {
  private readonly endpoint: Endpoint;

  constructor(name: string, { platform, settings, database }: HasuraArgs, opts?: pulumi.ComponentResourceOptions) {
    const pods = hasuraPods(platform, settings);
    super(
      "query:Hasura",
      name,
      { namespace: platform.namespace("query"), pods, monitoring: monitoring(settings) },
      opts,
    );
    const connections = divided(settings);
    if (connections === undefined) throw new Error("the settings of Hasura leave its sources too few connections");
    this.endpoint = serviceEndpoint({ name, peer: this.peer(SERVER), service: name, port: config.PORT });
    const metadata = this.use(database.own(this, METADATA_DATABASE), SERVER);
    const sources = settings.sources.map((source) => ({
      name: source.name,
      access: this.use(database.user(this, sourceUser(source, connections, settings.limits.seconds)), SERVER),
    }));
    if (settings.jwt !== undefined) {
      const { jwkUrl, cidrs } = settings.jwt;
      const reason = "keys of callers' tokens are published outside of the cluster";
      this.link(outsideEndpoint({ name: `${name}-jwt`, url: jwkUrl, cidrs, reason }), SERVER);
    }
    // The community's edition takes one admin secret: the newest.
    const admin = clientUsers(this, this, { at: "admin", alive: platform.logins(name) }).keys;

    const server = this.servers(settings, admin, [
      ...databaseEnv(metadata),
      ...sources.flatMap(({ name: source, access }) => databaseEnv(access, source)),
    ]);
    const request = { [REQUEST_FILE]: json(replacement(settings, connections)) };
    this.tasks(admin, request, server);
    this.registerOutputs({ url: url(this.endpoint) });
  }

  private servers(settings: HasuraSettings, admin: SecretKeys, databases: readonly [string, Env[string]][]): Workload {
    const group = this.group(SERVER);
    return new Workload(
      this.peer(SERVER).name,
      {
        group,
        version: pins.hasura.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PORT } },
        serviceName: this.service,
        terminationGracePeriodSeconds: config.GRACE_SECONDS,
        containers: [
          {
            name: "hasura",
            image: pins.hasura.image,
            command: config.command(settings),
            env: {
              ...Object.fromEntries(databases),
              HASURA_GRAPHQL_ADMIN_SECRET: fromSecret(admin.secret, admin.passwordKey),
              ...config.environment(group, settings),
            },
            ports: { http: config.PORT },
            lifecycle: { preStop: config.PRE_STOP },
            // The first start makes the metadata's tables.
            startupProbe: { ...asked(config.HEALTH), periodSeconds: 5, failureThreshold: 60 },
            readinessProbe: { ...asked(config.HEALTH), periodSeconds: 10, failureThreshold: 3 },
            // Not by its health: without PostgreSQL a new start helps nobody.
            livenessProbe: { ...asked(config.ALIVE), periodSeconds: 15, failureThreshold: 4 },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
  }

  /** The metadata, handed over once and again when they change, and a look every ten minutes. */
  private tasks(admin: SecretKeys, request: Readonly<Record<string, string>>, server: Workload): void {
    const secret = { ADMIN_SECRET: fromSecret(admin.secret, admin.passwordKey) };
    const config = { request: { mountPath: METADATA_DIRECTORY, files: request } };
    this.task(METADATA, metadataScript(url(this.endpoint)), server, { config, env: secret, deadlineSeconds: 900 });
    const each = { schedule: EVERY_TEN_MINUTES, backoffLimit: 0, deadlineSeconds: 120 };
    this.task(CHECK, checkScript(url(this.endpoint)), server, { ...each, env: {} });
  }

  /** A client of HTTP that runs a script. Upstream's image has none. */
  private task(
    role: string,
    script: string,
    after: pulumi.Resource,
    { env, ...args }: { readonly env: Env } & Partial<Omit<ConstructorParameters<typeof Task>[1], "containers">>,
  ): void {
    const group = this.group(role);
    this.use({ endpoint: this.endpoint }, role);
    new Task(
      this.peer(role).name,
      {
        ...args,
        group,
        version: shared.nginx.version,
        user: USER,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: role,
            image: shared.nginx.image,
            command: ["/bin/sh", "-ec"],
            args: [script],
            env: { HOME: "/tmp", ...env },
          },
        ],
      },
      { parent: this, dependsOn: [after, ...this.parts] },
    );
  }
}

const asked = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });

/** User, password and the URL of both, in the order in which the kubelet reads them. */
function databaseEnv(access: DatabaseAccess, source?: string): [string, Env[string]][] {
  const { user, password, url: variable } = config.databaseVariables(source);
  const { host, port } = access.endpoint;
  const text = config.databaseUrl({ host, port, database: access.database }, user, password);
  return [...Object.entries(credentialsEnv(access, user, password)), [variable, text]];
}
