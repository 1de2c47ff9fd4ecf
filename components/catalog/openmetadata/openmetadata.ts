import * as pulumi from "@pulumi/pulumi";

import type { Database, SearchStore } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import type { Governance, LineageAccess } from "../../core/governance";
import { DOMAIN } from "../../core/labels";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import type { ContainerArgs } from "../../core/pod";
import { json } from "../../core/render";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import { clientUsers, type Users } from "../../core/users";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import * as config from "./config";
import * as front from "./front";
import * as keys from "./keys";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { LINEAGE, MIGRATION, openmetadataPods, SERVER, SETUP } from "./pods";
import type { OpenmetadataSettings } from "./settings";
import * as setup from "./setup";

export interface OpenmetadataArgs extends Facts<OpenmetadataSettings> {
  readonly database: Database;
  readonly search: SearchStore;
  /** Resolves once the whole stack is described: every emitter has asked for its token by then. */
  readonly described: pulumi.Input<readonly object[]>;
}

type Env = NonNullable<ContainerArgs["env"]>;

/** The image's user. */
const USER = 1000;
const OWN = { secret: "openmetadata-own", admin: "adminPassword", teller: "lineagePassword", fernet: "fernetKey" };
const EMITTERS = "emitters";
const KEY = "key";

/** A catalogue of data in PostgreSQL and OpenSearch, and beside each server a receiver of lineage. */
export class Openmetadata extends Service implements Governance {
  readonly catalog: Endpoint;
  readonly lineage: Endpoint;
  private readonly platform: Platform;
  private readonly emitters = new Map<string, Users>();

  constructor(name: string, args: OpenmetadataArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, database, search, stack, described } = args;
    const facts = { namespace: platform.namespace("catalog"), pods: openmetadataPods(platform, settings), monitoring };
    super("catalog:Openmetadata", name, facts, opts);
    this.platform = platform;
    const place = { peer: this.peer(SERVER), service: name };
    this.catalog = serviceEndpoint({ name, ...place, port: config.PORT });
    this.lineage = serviceEndpoint({ name: `${name}-lineage`, ...place, port: front.FRONT_PORT });

    const own = database.own(this, config.DATABASE);
    const indices = search.grant(this, [{ prefix: config.PREFIX, level: "own" }]);
    for (const role of [SERVER, MIGRATION]) {
      this.use(own, role);
      this.use(indices, role);
    }
    this.use({ endpoint: this.catalog }, SETUP);
    this.secret("own", {
      [OWN.admin]: password(`${name}-admin`, this).apply(keys.accepted),
      [OWN.teller]: password(`${name}-teller`, this).apply(keys.accepted),
      [OWN.fernet]: password(`${name}-fernet`, this).apply(keys.fernetKey),
    });
    const tokens = pulumi.output(described).apply(() => this.tokens());
    this.secret(EMITTERS, { [front.EMITTERS_FILE]: tokens });
    const key = this.key();

    const secrets = {
      ...credentialsEnv(own, "DB_USER", "DB_USER_PASSWORD"),
      ...credentialsEnv(indices, "ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD"),
      FERNET_KEY: fromSecret(OWN.secret, OWN.fernet),
      // The kubelet puts it into the variable that follows.
      ADMIN_PASSWORD: fromSecret(OWN.secret, OWN.admin),
      AUTHORIZER_ADMIN_PRINCIPALS: `[${setup.ADMIN}:$(ADMIN_PASSWORD)]`,
    };
    const where = { settings, database: { ...own.endpoint, database: own.database }, search: indices.endpoint };
    const environment = (role: string): Env => ({
      ...secrets,
      ...config.environment({ ...where, group: this.group(role) }),
    });
    const migrated = this.migration(environment(MIGRATION), [...key, ...this.parts]);
    const server = this.servers(settings, environment(SERVER), tokens, [migrated]);
    this.setUp(settings, { buckets: stack.buckets.map((bucket) => bucket.name) }, server);
    this.registerOutputs({ url: url(this.catalog) });
  }

  /** With the next login, so that the receiver has its token before a pod sends it. */
  lineageOf(client: Service): LineageAccess {
    const known =
      this.emitters.get(client.service) ??
      clientUsers(this, client, { at: LINEAGE, alive: this.platform.logins(client.service), ahead: true });
    this.emitters.set(client.service, known);
    return { endpoint: this.lineage, secret: known.keys.secret, tokenKey: known.keys.passwordKey };
  }

  private tokens(): pulumi.Output<string> {
    const lines = [...this.emitters.values()].flatMap(({ passwords }) =>
      Object.entries(passwords).map(([user, token]) => token.apply((text) => front.emitterLine(text, user))),
    );
    return pulumi.all(lines).apply((all) => all.map((line) => `${line}\n`).join(""));
  }

  /** The key of sessions. */
  private key(): pulumi.Resource[] {
    const issuer = `${this.service}-self`;
    const { spec: self, ...ofIssuer } = keys.issuer;
    const first = this.certificate(issuer, { ...ofIssuer, resource: issuer }, self, []);
    const { spec, ...ofKey } = keys.certificate(issuer);
    return [this.certificate(keys.KEY_SECRET, { ...ofKey, resource: keys.KEY_SECRET }, spec, [first])];
  }

  private migration(env: Env, after: pulumi.Resource[]): Task {
    const group = this.group(MIGRATION);
    return new Task(
      this.peer(MIGRATION).name,
      {
        group,
        version: pins.openmetadata.version,
        user: USER,
        priorityClass: group.priorityClass,
        secrets: { [KEY]: keys.KEY_SECRET },
        containers: [
          {
            name: MIGRATION,
            image: pins.openmetadata.image,
            command: ["/bin/sh", "-ec"],
            args: [config.migrationScript()],
            env,
            mounts: { [config.KEY_DIRECTORY]: KEY },
          },
        ],
      },
      { parent: this, dependsOn: after },
    );
  }

  private servers(
    { domain }: OpenmetadataSettings,
    env: Env,
    tokens: pulumi.Output<string>,
    after: pulumi.Resource[],
  ): Workload {
    const group = this.group(SERVER);
    const asked = { httpGet: { path: config.HEALTH, port: config.METRICS.portName }, timeoutSeconds: 5 };
    return new Workload(
      this.peer(SERVER).name,
      {
        group,
        version: pins.openmetadata.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PORT }, lineage: { port: front.FRONT_PORT } },
        serviceName: this.service,
        config: { front: { mountPath: front.FRONT_DIRECTORY, files: { [front.CONFIG_FILE]: front.nginxConf() } } },
        secrets: { [KEY]: keys.KEY_SECRET, [EMITTERS]: `${this.service}-${EMITTERS}` },
        // An emitter more is another pod.
        annotations: { [`${DOMAIN}/emitters`]: pulumi.unsecret(tokens.apply((text) => fingerprint(text))) },
        containers: [
          {
            name: "openmetadata",
            image: pins.openmetadata.image,
            command: ["/bin/sh", "-ec"],
            args: [config.startScript()],
            env,
            ports: { http: config.PORT, [config.METRICS.portName]: config.ADMIN_PORT },
            mounts: { [config.KEY_DIRECTORY]: KEY },
            startupProbe: { ...asked, periodSeconds: 10, failureThreshold: 60 },
            readinessProbe: { ...asked, periodSeconds: 10, failureThreshold: 3 },
            // Not by its health: without PostgreSQL a new start helps nobody.
            livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 15, failureThreshold: 4 },
          },
          {
            name: LINEAGE,
            image: shared.nginx.image,
            command: ["/bin/sh", "-ec"],
            args: [front.frontScript(setup.TELLER, domain)],
            env: { HOME: "/tmp", LINEAGE_PASSWORD: fromSecret(OWN.secret, OWN.teller) },
            ports: { lineage: front.FRONT_PORT },
            mounts: { [front.EMITTERS_DIRECTORY]: EMITTERS },
            readinessProbe: { httpGet: { path: front.ALIVE, port: "lineage" }, periodSeconds: 10 },
            livenessProbe: { httpGet: { path: front.ALIVE, port: "lineage" }, periodSeconds: 15, failureThreshold: 4 },
          },
        ],
      },
      { parent: this, dependsOn: [...after, ...this.parts] },
    );
  }

  private setUp({ domain }: OpenmetadataSettings, meaning: setup.Meaning, server: Workload): void {
    const group = this.group(SETUP);
    const files = Object.fromEntries(Object.entries(setup.requests(meaning)).map(([file, body]) => [file, json(body)]));
    new Task(
      this.peer(SETUP).name,
      {
        group,
        version: shared.nginx.version,
        user: USER,
        priorityClass: group.priorityClass,
        deadlineSeconds: 1800,
        config: { requests: { mountPath: setup.REQUESTS_DIRECTORY, files } },
        containers: [
          {
            name: SETUP,
            image: shared.nginx.image,
            command: ["/bin/sh", "-ec"],
            args: [setup.setupScript(url(this.catalog), domain)],
            env: {
              HOME: "/tmp",
              ADMIN_PASSWORD: fromSecret(OWN.secret, OWN.admin),
              LINEAGE_PASSWORD: fromSecret(OWN.secret, OWN.teller),
            },
          },
        ],
      },
      { parent: this, dependsOn: [server, ...this.parts] },
    );
  }
}
