import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Database, DatabaseAccess } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import type { ClientAccess, IdentityProvider } from "../../core/identity";
import { hashedPassword, password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Workload } from "../../core/workload";
import * as config from "./config";
import { monitoring } from "./monitoring";
import type { Notebooks } from "./notebooks";
import { pins } from "./pins";
import { HUB, hubPods } from "./pods";
import type { JupyterhubSettings } from "./settings";

export interface JupyterHubArgs extends Facts<JupyterhubSettings> {
  readonly database: Database;
  readonly notebooks: Notebooks;
  /** @default the hub has passwords of its own */
  readonly identity: IdentityProvider | undefined;
}

/** The issuer that people sign in at, and the hub as its client. */
interface SignIn {
  readonly issuer: IdentityProvider;
  readonly client: ClientAccess;
}

/** What the hub's pod is made of. */
interface HubParts {
  readonly metadata: DatabaseAccess;
  /** Secrets, the newest first. */
  readonly tokens: readonly string[];
  readonly account: pulumi.Resource[];
  readonly signIn: SignIn | undefined;
}

const TOKENS = "tokens";
/** The Secret with the hashes of their passwords. */
const PEOPLE = "people";

/** Signs people in and makes their pods: the hub, and the proxy that everything passes through. */
export class JupyterHub extends Service {
  private readonly hub: Endpoint;
  private readonly routes: Endpoint;

  constructor(args: JupyterHubArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, database, notebooks, identity } = args;
    const pods = hubPods(platform, settings);
    const facts = { namespace: platform.namespace("hub"), pods, monitoring: monitoring(platform, settings) };
    super("compute:JupyterHub", HUB, facts, opts);
    const peer = { hub: this.peer("hub"), proxy: this.peer("proxy") };
    this.hub = serviceEndpoint({ name: peer.hub.name, peer: peer.hub, service: peer.hub.name, port: config.HUB_PORT });
    this.routes = serviceEndpoint({ name: `${HUB}-routes`, peer: peer.proxy, service: HUB, port: config.ROUTES_PORT });
    this.connect(platform, notebooks);

    const metadata = this.use(database.own(this, HUB), "hub");
    const tokens = this.tokens(platform);
    const signIn = this.signIn(identity);
    if (signIn === undefined) this.secret(PEOPLE, { [config.PASSWORDS_FILE]: this.passwords(platform, settings) });
    const account = this.account(notebooks.namespace);
    this.proxy(tokens);
    this.server(args, { metadata, tokens, account, signIn });
    this.registerOutputs({ url: `http://${HUB}.${this.namespace}.svc:${String(config.PROXY_PORT)}` });
  }

  /** Who talks to whom; notebooks tell the hub what they do, and hear from it who may come in. */
  private connect(platform: Platform, notebooks: Notebooks): void {
    this.link(this.routes, "hub");
    this.link(this.hub, "proxy");
    this.link(platform.apiServer, "hub");
    for (const role of ["hub", "proxy"]) this.link(notebooks.endpoint, role);
    notebooks.link(this.hub);
  }

  /** Secrets of each valid generation. @returns the names of the Secrets, the newest first */
  private tokens(platform: Platform): readonly string[] {
    return platform.logins(HUB).map(({ suffix }) => {
      const role = `${TOKENS}${suffix}`;
      const made = (what: string) => password(`${HUB}-${what}${suffix}`, this, 64);
      this.secret(role, { cookies: made("cookies"), routes: made("routes"), metrics: made("metrics") });
      return `${HUB}-${role}`;
    });
  }

  /** Undefined where the hub has passwords of its own. */
  private signIn(issuer: IdentityProvider | undefined): SignIn | undefined {
    const client = issuer?.client(this, { redirectPaths: [config.REDIRECT_PATH] });
    return issuer === undefined || client === undefined ? undefined : { issuer, client: this.use(client, "hub") };
  }

  /** A password for each person, a Secret that is handed over; the hub has the hashes alone. */
  private passwords(platform: Platform, { people }: JupyterhubSettings): pulumi.Output<string> {
    const hashes = Object.keys(people).map((name) => {
      const valid = platform.logins(`person-${name}`).map(({ suffix }) => {
        const role = `person-${name}${suffix}`;
        const { value, hash } = hashedPassword(`${HUB}-${role}`, this);
        this.secret(role, { username: name, password: value });
        return hash;
      });
      return [name, valid] as const;
    });
    return pulumi.jsonStringify(Object.fromEntries(hashes));
  }

  /** The hub's account, whose only rights are among people's notebooks. */
  private account(namespace: string): pulumi.Resource[] {
    const { name } = this.peer("hub");
    const account = this.metadata(name, "hub");
    const made = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: account, automountServiceAccountToken: false },
      { parent: this },
    );
    const metadata = { ...account, name: `${name}-notebooks`, namespace };
    return [made, ...rights({ metadata, rules: config.HUB_RULES, account }, this)];
  }

  private proxy(tokens: readonly string[]): void {
    const group = this.group("proxy");
    new Workload(
      this.peer("proxy").name,
      {
        group,
        version: pins.configurableHttpProxy.version,
        user: config.PROXY_USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PROXY_PORT }, routes: { port: config.ROUTES_PORT } },
        serviceName: HUB,
        containers: [
          {
            ...config.proxyContainer(pins.configurableHttpProxy.image, url(this.hub)),
            env: { [config.TOKENS.routes]: fromSecret(tokens[0] ?? "", "routes") },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
  }

  private server({ settings, notebooks }: JupyterHubArgs, { metadata, tokens, account, signIn }: HubParts): void {
    const [newest = "", before] = tokens;
    const group = this.group("hub");
    const { name } = this.peer("hub");
    const { host, port } = metadata.endpoint;
    const at = { hub: url(this.hub), routes: url(this.routes), database: { host, port, database: metadata.database } };
    const files = {
      ...config.hubFiles(settings, notebooks.spawning, at),
      ...(signIn === undefined ? {} : config.signInFiles(signIn.issuer, signIn.client)),
    };
    const program = signIn === undefined ? config.PROGRAM : config.SIGN_IN_PROGRAM;
    new Workload(
      name,
      {
        group,
        version: pins.jupyterhub.version,
        user: config.HUB_USER,
        serviceAccount: name,
        token: true,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.HUB_PORT } },
        config: { config: { mountPath: config.DIRECTORY, files } },
        ...(signIn === undefined ? { secrets: { [PEOPLE]: `${HUB}-${PEOPLE}` } } : {}),
        containers: [
          {
            ...config.hubContainer(pins.jupyterhub.image, program),
            ...(signIn === undefined ? { mounts: { [config.PASSWORDS_DIRECTORY]: PEOPLE } } : {}),
            env: {
              HOME: "/tmp",
              ...credentialsEnv(metadata, "PGUSER", "PGPASSWORD"),
              ...Object.fromEntries(
                Object.entries(config.TOKENS).map(([key, variable]) => [variable, fromSecret(newest, key)]),
              ),
              ...(before === undefined ? {} : { [config.METRICS_BEFORE]: fromSecret(before, "metrics") }),
              ...(signIn === undefined
                ? {}
                : { [config.CLIENT_SECRET]: fromSecret(signIn.client.secret, signIn.client.secretKey) }),
            },
          },
        ],
      },
      { parent: this, dependsOn: [...this.parts, ...account, notebooks] },
    );
  }
}
