import type * as pulumi from "@pulumi/pulumi";

import type {
  Database,
  DatabaseAccess,
  EventLog,
  ObjectStore,
  SecretKeys,
  SqlSource,
  TopicAccess,
} from "../../core/capabilities";
import { type Endpoint, serviceEndpoint, url } from "../../core/endpoint";
import { password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { accountWithRights } from "../../core/rbac";
import { Service } from "../../core/service";
import { Task } from "../../core/task";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { DruidUsers } from "./access";
import * as config from "./config";
import * as containers from "./containers";
import * as ingestion from "./ingestion";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { druidPods, INGESTION, namespaceOf, type Role, ROLES, USERS } from "./pods";
import type { DruidSettings } from "./settings";
import * as users from "./users";

export interface DruidArgs {
  readonly platform: Platform;
  readonly settings: DruidSettings;
  readonly objects: ObjectStore;
  readonly database: Database;
  /** Undefined where the stack runs no Kafka; settings see to it that nothing is read of it then. */
  readonly events: EventLog | undefined;
  /** Done when the whole stack is described: then every client has asked for its user. */
  readonly described: pulumi.Input<readonly object[]>;
}

const NAME = "druid";
/** The image's user. */
const USER = 1000;

/** Druid without ZooKeeper: metadata in PostgreSQL, segments in the object store, pods that find each other by the API server. */
export class Druid extends Service {
  /** What SQL engines see: every data source, to be read. */
  readonly source: SqlSource;
  /** Questions, ingestion and the console. Of several brokers it keeps a client at one, as Avatica needs. */
  private readonly router: Endpoint;
  private readonly users: DruidUsers;

  constructor(args: DruidArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, database } = args;
    const pods = druidPods(platform, settings);
    super("query:Druid", NAME, { namespace: namespaceOf(platform), pods, monitoring }, opts);
    this.users = new DruidUsers(this, platform);
    const peer = this.peer("router");
    this.router = serviceEndpoint({ name: peer.name, peer, service: peer.name, port: config.PORTS.router });
    this.source = { name: NAME, kind: "druid", grant: (client) => this.grant(client) };
    this.connect(platform);

    const { role, admin, internal } = containers.OWN;
    this.secret(role, { [admin]: password(`${NAME}-admin`, this), [internal]: password(`${NAME}-internal`, this) });
    const s3 = objects.grant(this, [
      { bucket: "services", level: "write" },
      ...settings.batches.map(({ bucket, prefix }) => ({ bucket, prefix, level: "read" }) as const),
    ]);
    for (const storing of config.STORING) this.use(s3, storing);
    const metadata = this.use(database.own(this, NAME), "coordinator");
    const granted = { objects, s3, metadata, kafka: this.topics(args) };
    const login = pods.some((group) => group.role === INGESTION) ? this.users.admit(this, users.WRITER) : undefined;
    this.secret(USERS, { [users.USERS_FILE]: this.users.file(args.described) });

    const account = this.account();
    const processes = ROLES.map((each) => this.processes(each, settings, granted, account));
    if (login !== undefined) this.takeIn(settings, granted, login, processes);
    this.registerOutputs({ url: url(this.router) });
  }

  /** Lets an engine ask for any data source. */
  private grant(client: Service): DatabaseAccess {
    const { router: endpoint } = this;
    // What Avatica's driver takes after its URL begins with a semicolon.
    const jdbcUrl = `jdbc:avatica:remote:url=${url(endpoint)}/druid/v2/sql/avatica/;authentication=BASIC`;
    return { ...this.users.admit(client, users.READER), endpoint, database: "", jdbcUrl };
  }

  /** Every process asks every other: for segments, tasks, users, and who leads. All of them announce themselves at the API server. */
  private connect(platform: Platform): void {
    const ports = ROLES.map((role) => config.PORTS[role]);
    const nodes = { ...this.router, name: `${NAME}-nodes`, peer: this.peer(), targetPorts: ports };
    for (const role of ROLES) {
      this.link(nodes, role);
      this.link(platform.apiServer, role);
    }
  }

  /** The right to read the topics that are taken in. Offsets are in the metadata store: no consumer group remembers them. */
  private topics({ events, settings }: DruidArgs): TopicAccess | undefined {
    if (events === undefined || settings.streams.length === 0) return undefined;
    const access = events.grant(
      this,
      settings.streams.map(({ topic }) => ({ topic, level: "read", group: false })),
    );
    // Specifications name the brokers, so whoever hands them over is held to have a way there.
    for (const role of [...containers.READING, INGESTION]) this.use(access, role);
    return access;
  }

  /** Pods of one role. */
  private processes(role: Role, settings: DruidSettings, granted: containers.Granted, account: pulumi.Resource[]) {
    const group = this.group(role);
    const name = this.peer(role).name;
    const conf = config.files(group, containers.places(NAME, granted), settings);
    const leads = role === "coordinator";
    const roles = users.roleFiles(ingestion.dataSources(settings));
    return new Workload(
      name,
      {
        group,
        version: pins.druid.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceAccount: NAME,
        token: true,
        servicePorts: { http: { port: config.PORTS[role] } },
        config: {
          conf: { mountPath: config.CONFIG_DIRECTORY, files: conf },
          ...(leads ? { roles: { mountPath: users.ROLES_DIRECTORY, files: roles } } : {}),
        },
        ...(leads ? { secrets: { [USERS]: `${NAME}-${USERS}` } } : {}),
        containers: [containers.process(group, granted), ...(leads ? [containers.usersContainer] : [])],
        // Questions that have begun are answered; others are no longer sent.
        terminationGracePeriodSeconds: 60,
        ...(role === "historical" ? { reproducible: "every segment is in the object store too" } : {}),
      },
      { parent: this, dependsOn: [...account, ...this.parts] },
    );
  }

  /** Hands the specifications over, and again when one of them changes. */
  private takeIn(
    settings: DruidSettings,
    { kafka, objects }: containers.Granted,
    login: SecretKeys,
    after: pulumi.Resource[],
  ): void {
    const group = this.group(INGESTION);
    const files = ingestion.specFiles(settings, kafka, objects.buckets);
    this.use({ ...login, endpoint: this.router }, INGESTION);
    new Task(
      this.peer(INGESTION).name,
      {
        group,
        version: shared.nginx.version,
        user: USER,
        priorityClass: group.priorityClass,
        config: { specs: { mountPath: ingestion.SPECS_DIRECTORY, files } },
        containers: [containers.ingestionContainer(url(this.router), login)],
      },
      { parent: this, dependsOn: [...after, ...this.parts] },
    );
  }

  /**
   * Pods announce themselves by labels of their own pod, and leaders are elected in two ConfigMaps. The right to change a pod knows no
   * names that are made later, so it is one on every pod of the namespace, in which nobody else is.
   */
  private account(): pulumi.Resource[] {
    return accountWithRights({ metadata: this.metadata(NAME, "account"), rules: RULES }, this);
  }
}

const RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "watch"] },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [...config.LEADER_LOCKS], verbs: ["get", "update"] },
];
