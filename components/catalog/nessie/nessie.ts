import type * as pulumi from "@pulumi/pulumi";

import type { Database, ObjectStore } from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { type Login, nextLogin } from "../../core/login";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { type VendedAccess, VENDING_ENGINES, type VendingCatalog } from "../../core/vending";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import * as config from "./config";
import * as front from "./front";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { FRONT, nessiePods, SERVER } from "./pods";
import { clientsOf, rules } from "./rights";
import type { NessieSettings } from "./settings";
import { keySet, token } from "./tokens";

export interface NessieArgs extends Facts<NessieSettings> {
  readonly objects: ObjectStore;
  readonly database: Database;
}

/** The image's user. */
const USER = 10_000;
const KEYS = "keys";
const TOKEN = "token";

/** A catalog of Iceberg tables in PostgreSQL, which has keys of the store made for each table. */
export class Nessie extends Service implements VendingCatalog {
  readonly endpoint: Endpoint;
  readonly url: string;
  private readonly platform: Platform;
  private readonly settings: NessieSettings;
  private readonly seed: pulumi.Output<string>;

  constructor(name: string, args: NessieArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database, stack } = args;
    const facts = { namespace: platform.namespace("catalog"), pods: nessiePods(platform, settings), monitoring };
    super("catalog:Nessie", name, facts, opts);
    this.platform = platform;
    this.settings = settings;
    this.endpoint = serviceEndpoint({ name, peer: this.peer(SERVER), service: name, port: front.PORT });
    this.url = `${url(this.endpoint)}/${front.PATH}`;

    const own = this.use(database.own(this, config.DATABASE), SERVER);
    const s3 = this.use(
      // It looks whether the bucket is there, for which stores ask for a right to list all of it.
      objects.grant(this, [{ bucket: "warehouse", prefix: config.PREFIX, level: "write", listing: "bucket" }]),
      SERVER,
    );
    this.seed = password(`${name}-signing`, this, 64);
    this.secret(KEYS, { [config.KEYS_PATH.slice(1)]: this.seed.apply(keySet) });
    const services = stack.services(platform);
    const engines: readonly string[] = VENDING_ENGINES.filter((engine) => services.includes(engine));
    this.programs();

    const group = this.group(SERVER);
    const places = {
      jdbcUrl: own.jdbcUrl,
      s3: { url: url(objects.endpoint), region: objects.region, bucket: objects.buckets.warehouse },
    };
    const allowed = rules(settings.namespaces, (client) =>
      isEngine(client) ? (engines.includes(client) ? this.users(client) : []) : this.programUsers(client),
    );
    const files = { [config.CONFIG_FILE]: config.serverProperties(settings, allowed, places) };
    const health = (path: string) => ({ httpGet: { path: `/q/health/${path}`, port: config.METRICS.portName } });
    new Workload(
      this.peer(SERVER).name,
      {
        group,
        version: pins.nessie.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: front.PORT } },
        serviceName: name,
        terminationGracePeriodSeconds: config.GRACE_SECONDS,
        config: {
          server: { mountPath: config.CONFIG_DIRECTORY, files },
          front: { mountPath: front.DIRECTORY, files: { [front.CONFIG_FILE]: front.nginxConf() } },
        },
        secrets: { [KEYS]: `${name}-${KEYS}` },
        containers: [
          {
            name,
            image: pins.nessie.image,
            command: [...config.startCommand(group)],
            env: {
              ...credentialsEnv(own, "NESSIE_DB_USER", "NESSIE_DB_PASSWORD"),
              ...credentialsEnv(s3, "NESSIE_S3_USER", "NESSIE_S3_PASSWORD"),
            },
            ports: { [config.METRICS.portName]: config.MANAGEMENT_PORT },
            startupProbe: { ...health("live"), periodSeconds: 3, failureThreshold: 60 },
            readinessProbe: { ...health("ready"), periodSeconds: 10, timeoutSeconds: 5 },
            // Not by PostgreSQL or the store: without them a new start helps nobody.
            livenessProbe: { ...health("live"), periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
          },
          {
            name: FRONT,
            image: shared.nginx.image,
            command: ["/bin/sh", "-ec"],
            args: [front.frontScript()],
            ports: { http: front.PORT },
            mounts: { [front.KEYS_DIRECTORY]: KEYS },
            readinessProbe: { httpGet: { path: front.ALIVE, port: "http" }, periodSeconds: 10 },
            livenessProbe: { httpGet: { path: front.ALIVE, port: "http" }, periodSeconds: 15, failureThreshold: 4 },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs({ url: this.url });
  }

  client(service: Service): VendedAccess | undefined {
    if (!clientsOf(this.settings.namespaces).includes(service.service)) return undefined;
    const alive = this.platform.logins(service.service);
    for (const { user, suffix } of alive)
      service.secret(`${this.service}${suffix}`, { [TOKEN]: this.seed.apply((seed) => token(seed, user)) });
    const secret = `${service.service}-${this.service}${alive[0].suffix}`;
    return { endpoint: this.endpoint, secret, tokenKey: TOKEN };
  }

  /** Tokens of people's programs are Secrets beside the catalog, such as `nessie-reports`: who may read them is the cluster's to say. */
  private programs(): void {
    const alive = this.platform.logins(this.service);
    for (const name of clientsOf(this.settings.namespaces).filter((client) => !isEngine(client)))
      for (const { suffix } of alive)
        this.secret(`${name}${suffix}`, { [TOKEN]: this.seed.apply((seed) => token(seed, programUser(name, suffix))) });
  }

  /** Users of an engine, with the next one, so that the rules know it before a pod is it. */
  private users(engine: string): string[] {
    return this.logins(engine).map(({ user }) => user);
  }

  private programUsers(program: string): string[] {
    return this.logins(this.service).map(({ suffix }) => programUser(program, suffix));
  }

  private logins(service: string): Login[] {
    const alive = this.platform.logins(service);
    return [...alive, nextLogin(service, alive[0])];
  }
}

const isEngine = (client: string): boolean => (VENDING_ENGINES as readonly string[]).includes(client);

/** No engine's user has such a name, and no program's of another generation. */
const programUser = (program: string, suffix: string): string => `program:${program}${suffix.replace("-", "@")}`;
