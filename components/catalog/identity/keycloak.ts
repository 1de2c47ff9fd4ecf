import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import type { Access } from "../../core/access";
import type { Database, DatabaseAccess } from "../../core/capabilities";
import { issued } from "../../core/certificates";
import { type Endpoint, podsEndpoint, serviceEndpoint, serviceHost, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import type { ClientAccess, ClientRequest, IdentityProvider, SignInEndpoints } from "../../core/identity";
import { DOMAIN } from "../../core/labels";
import { suffixOf } from "../../core/login";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { json } from "../../core/render";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import { clientUsers, type Users } from "../../core/users";
import { Workload } from "../../core/workload";
import { clientSettings } from "./clients";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { keycloakPods, SERVER, SETUP } from "./pods";
import * as realm from "./realm";
import type { IdentitySettings } from "./settings";

export interface KeycloakArgs extends Facts<IdentitySettings> {
  readonly database: Database;
  /** Resolves once the whole stack is described: every client has asked by then. */
  readonly described: pulumi.Input<readonly object[]>;
}

interface Client {
  readonly access: ClientAccess;
  readonly users: Users;
  readonly redirectPaths: readonly string[];
}

/** The image's user. */
const USER = 1000;
const CERTIFICATE = "tls";
const ADMIN = "admin";
const PEOPLE = "people";
const CLIENTS = "clients";
const SETUP_DIRECTORY = "/opt/lakehouse/setup";
const PROGRAM = "setup.py";
const SECRETS = { [PEOPLE]: "/mnt/people", [CLIENTS]: "/mnt/clients" } as const;
const CLIENTS_FILE = "clients.json";

/** Keycloak on the stack's PostgreSQL, with the realm that a task keeps as the settings say. */
export class Keycloak extends Service implements IdentityProvider {
  readonly issuer: string;
  readonly endpoint: Endpoint;
  readonly configuration: string;
  readonly endpoints: SignInEndpoints;
  readonly groupsClaim = realm.GROUPS_CLAIM;
  readonly userClaim = realm.USER_CLAIM;
  private readonly clients = new Map<string, Client>();
  private readonly platform: Platform;
  private readonly settings: IdentitySettings;

  constructor(name: string, args: KeycloakArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, database, stack, described } = args;
    const pods = keycloakPods(platform, settings);
    super("catalog:Keycloak", name, { namespace: platform.namespace("identity"), pods, monitoring }, opts);
    this.platform = platform;
    this.settings = settings;
    const peer = this.peer(SERVER);
    this.endpoint = serviceEndpoint({ name, peer, service: name, port: config.PORT, scheme: "https" });
    this.issuer = config.issuerOf(settings.url ?? "");
    this.configuration = `${config.issuerOf(url(this.endpoint))}/.well-known/openid-configuration`;
    this.endpoints = config.endpoints(this.issuer, url(this.endpoint));

    const own = this.use(database.own(this, config.DATABASE), SERVER);
    if (settings.server.replicas > 1)
      this.link({ ...podsEndpoint(peer, config.CLUSTER_PORTS, "tcp"), name: `${name}-replicas` }, SERVER);
    this.use({ endpoint: this.endpoint }, SETUP);
    const admin = this.admin();
    this.secret(PEOPLE, this.firstPasswords(stack.access));
    const clients = pulumi.output(described).apply(() => this.clientFile());
    this.secret(CLIENTS, { [CLIENTS_FILE]: clients });

    const forwarded = stack.door(name)?.by === "ingress";
    const server = this.servers(own, admin, this.certified(), forwarded);
    this.setUp(stack.access, admin, clients, server);
    this.registerOutputs({ issuer: this.issuer });
  }

  client(service: Service, { redirectPaths }: ClientRequest): ClientAccess | undefined {
    const known = this.clients.get(service.service);
    if (known !== undefined) return known.access;
    const told = clientSettings(this.settings, service.service);
    if (told === undefined) return undefined;
    const alive = this.platform.logins(service.service);
    // With the next one, so that Keycloak has the client before a pod is it.
    const users = clientUsers(this, service, { at: "identity", alive, ahead: true });
    const { secret, passwordKey: secretKey } = users.keys;
    const access = { endpoint: this.endpoint, id: alive[0].user, secret, secretKey, url: told.url };
    this.clients.set(service.service, { access, users, redirectPaths });
    return access;
  }

  /** All clients with their secrets, in the form of Keycloak's admin interface. */
  private clientFile(): pulumi.Output<string> {
    const all = [...this.clients.values()].flatMap(({ access, users, redirectPaths }) =>
      Object.entries(users.passwords).map(([id, secret]) =>
        secret.apply((text) => realm.clientOf({ id, secret: text, url: access.url, redirectPaths })),
      ),
    );
    return pulumi.all(all).apply((clients) => json(clients));
  }

  /** @returns Secrets with the administrator's passwords, the newest first */
  private admin(): readonly string[] {
    const alive = this.platform.logins(this.service);
    clientUsers(this, this, { at: ADMIN, alive, spelled: () => config.ADMIN });
    return alive.map(({ suffix }) => `${this.service}-${ADMIN}${suffix}`);
  }

  /** What people sign in with for the first time: one Secret that is handed over, with a key each. */
  private firstPasswords({ people }: Access): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(
      Object.entries(people).map(([name, { password: generation }]) => [
        name,
        password(`${this.service}-${name}${suffixOf(generation)}`, this, 20),
      ]),
    );
  }

  /** The certificate of its name in the cluster and of that which browsers know. */
  private certified(): pulumi.Resource {
    const names = [new URL(this.issuer).hostname, serviceHost(this.service, this.namespace)];
    const wanted = {
      commonName: this.service,
      secretName: `${this.service}-${CERTIFICATE}`,
      dnsNames: [...new Set(names)],
    };
    return issued(this.certificate, this.platform.issuer, wanted);
  }

  private servers(
    own: DatabaseAccess,
    [admin = ""]: readonly string[],
    certificate: pulumi.Resource,
    forwarded: boolean,
  ): Workload {
    const group = this.group(SERVER);
    const asked = (path: string) => ({ httpGet: { path, port: config.METRICS.portName }, timeoutSeconds: 5 });
    return new Workload(
      this.peer(SERVER).name,
      {
        group,
        version: pins.keycloak.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { https: { port: config.PORT } },
        serviceName: this.service,
        terminationGracePeriodSeconds: config.GRACE_SECONDS,
        secrets: { [CERTIFICATE]: `${this.service}-${CERTIFICATE}` },
        containers: [
          {
            name: this.service,
            image: pins.keycloak.image,
            command: ["/bin/bash", "-ec"],
            args: [config.startScript(this.settings)],
            env: {
              ...config.environment(group, this.settings, own.jdbcUrl, forwarded),
              ...credentialsEnv(own, "KC_DB_USERNAME", "KC_DB_PASSWORD"),
              KC_BOOTSTRAP_ADMIN_PASSWORD: fromSecret(admin, "password"),
            },
            ports: { https: config.PORT, [config.METRICS.portName]: config.MANAGEMENT_PORT },
            mounts: { [config.CERTIFICATE_DIRECTORY]: CERTIFICATE },
            // It builds itself, and makes or migrates its tables: minutes on a slow node.
            startupProbe: { ...asked("/health/started"), periodSeconds: 10, failureThreshold: 90 },
            readinessProbe: { ...asked("/health/ready"), periodSeconds: 10, failureThreshold: 3 },
            livenessProbe: { ...asked("/health/live"), periodSeconds: 15, failureThreshold: 4 },
          },
        ],
      },
      { parent: this, dependsOn: [certificate, ...this.parts] },
    );
  }

  private setUp(
    access: Access,
    [newest = "", before]: readonly string[],
    clients: pulumi.Output<string>,
    server: Workload,
  ): void {
    const group = this.group(SETUP);
    const files = {
      [PROGRAM]: readFileSync(join(__dirname, "programs", PROGRAM), "utf8"),
      "realm.json": json(realm.realmFile(this.settings, access)),
    };
    new Task(
      this.peer(SETUP).name,
      {
        group,
        version: pins.python.version,
        user: USER,
        priorityClass: group.priorityClass,
        deadlineSeconds: 1800,
        config: { setup: { mountPath: SETUP_DIRECTORY, files } },
        secrets: Object.fromEntries(Object.keys(SECRETS).map((name) => [name, `${this.service}-${name}`])),
        // Runs again for another client or another secret of one.
        annotations: { [`${DOMAIN}/clients`]: pulumi.unsecret(clients.apply((text) => fingerprint(text))) },
        containers: [
          {
            name: SETUP,
            image: pins.python.image,
            command: ["python3", `${SETUP_DIRECTORY}/${PROGRAM}`],
            env: {
              KEYCLOAK_URL: url(this.endpoint),
              KEYCLOAK_REALM: config.REALM,
              PEOPLE_DIRECTORY: SECRETS[PEOPLE],
              CLIENTS_FILE: `${SECRETS[CLIENTS]}/${CLIENTS_FILE}`,
              PYTHONDONTWRITEBYTECODE: "1",
              ADMIN_PASSWORD: fromSecret(newest, "password"),
              ...(before === undefined ? {} : { ADMIN_PASSWORD_BEFORE: fromSecret(before, "password") }),
            },
            mounts: Object.fromEntries(Object.entries(SECRETS).map(([name, path]) => [path, name])),
          },
        ],
      },
      { parent: this, dependsOn: [server, ...this.parts] },
    );
  }
}
