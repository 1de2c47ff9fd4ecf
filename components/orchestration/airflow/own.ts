import * as pulumi from "@pulumi/pulumi";

import type { Database, DatabaseAccess, Jobs, ObjectStore, Scheduler, SqlEngine } from "../../core/capabilities";
import { type Endpoint, outsideEndpoint, serviceEndpoint, serviceHost, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import type { Governance } from "../../core/governance";
import { tagOf } from "../../core/image";
import { password } from "../../core/password";
import type { ConfigFiles, ContainerArgs } from "../../core/pod";
import { groupName } from "../../core/pod-group";
import type { Platform } from "../../core/platform";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Task } from "../../core/task";
import { clientUsers } from "../../core/users";
import { Workload } from "../../core/workload";
import { manifestYaml, sqlConnection } from "./config";
import * as env from "./environment";
import { deliveredDags } from "./dag-folder";
import { ownMonitoring } from "./own.monitoring";
import { pins } from "./pins";
import { AIRFLOW, ownPods } from "./pods";
import * as programs from "./programs";
import type { AirflowSettings } from "./settings";
import { statsdMapping } from "./statsd";
import { AirflowTasks, gitEndpoint, INIT, places, TRINO_PASSWORD, USER } from "./tasks";

export interface OwnAirflowArgs extends Facts<AirflowSettings> {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly work: Jobs | undefined;
  readonly sql: SqlEngine | undefined;
  /** Where runs tell what they read and write. */
  readonly governance: Governance | undefined;
}

type Env = NonNullable<ContainerArgs["env"]>;
interface Program {
  readonly version: string;
  readonly image: string;
  readonly env: Env;
}

/** Roles with the database, in the order in which one needs the other. */
const ROLES = ["migrate", "api-server", "scheduler", "dag-processor", "triggerer", "clean"] as const;

/** An Airflow of the stack's own: its tasks are pods, its database and its logs are the stack's. */
export class OwnAirflow extends Service {
  readonly scheduler: Scheduler;
  readonly tasks: AirflowTasks;
  private readonly api: Endpoint;

  constructor({ platform, settings, ...args }: OwnAirflowArgs, opts?: pulumi.ComponentResourceOptions) {
    const pods = ownPods(platform, settings);
    const namespace = platform.namespace("airflow");
    const { objects, sql, work, governance } = args;
    const monitoring = ownMonitoring(namespace, work !== undefined);
    super("orchestration:OwnAirflow", AIRFLOW, { namespace, pods, monitoring }, opts);
    const statsd = this.peer("statsd");
    const metrics: Endpoint = {
      ...serviceEndpoint({
        name: statsd.name,
        peer: statsd,
        service: statsd.name,
        port: env.STATSD_PORT,
        scheme: "udp",
      }),
      protocol: "UDP",
    };
    this.api = serviceEndpoint({ name: AIRFLOW, peer: this.peer("api-server"), service: AIRFLOW, port: env.PORT });
    const at: env.Addresses = {
      api: url(this.api),
      statsd: serviceHost(statsd.name, namespace),
      tasks: platform.namespace("airflow-tasks"),
      objects,
    };
    const dags = deliveredDags(settings, work?.jobs ?? []);
    this.tasks = new AirflowTasks({ platform, settings, ...args, at, dags }, opts);
    this.tasks.link(this.api);
    this.tasks.link(metrics);

    const database = this.database(args.database);
    const keys = objects.grant(this, [{ bucket: "services", prefix: env.LOGS, level: "append" }]);
    for (const role of ["api-server", "triggerer"]) this.use(keys, role);
    for (const role of ["api-server", "scheduler", "dag-processor", "triggerer"]) this.link(metrics, role);
    for (const role of ["api-server", "scheduler"]) this.link(platform.apiServer, role);
    const repository = gitEndpoint(settings, AIRFLOW);
    if (repository !== undefined) this.link(repository, "dag-processor");
    const asks = sql === undefined ? undefined : this.use(sqlConnection(sql, this, TRINO_PASSWORD), "triggerer");
    this.issuer(settings);

    const told = governance?.lineageOf(this);
    // Schedulers tell of DAGs, and pages of those that a person ends.
    if (told !== undefined) for (const role of ["api-server", "scheduler"]) this.use(told, role);

    const [newest, before] = this.keys(platform);
    const secrets = { database, keys: newest ?? "", before };
    const { image = pins.airflow.image } = settings;
    const version = settings.image === undefined ? pins.airflow.version : tagOf(image);
    const program: Program = {
      version,
      image,
      env: { ...env.common(settings), ...env.central(settings, at, secrets) },
    };
    const migrate = this.migrate(platform, settings, program);
    this.account();
    const [tells, logs, lineage] = [env.metered(at), env.logged(at, keys), env.telling(told)];
    const more = {
      "api-server": { ...tells, ...logs, ...lineage, ...programs.signInEnv(settings) },
      "scheduler": { ...tells, ...lineage },
      "dag-processor": { ...tells, ...env.reading(settings) },
      "triggerer": { ...tells, ...logs, ...places(work, asks) },
    };
    this.servers(settings, program, more, dags, migrate);
    this.exporter();
    this.scheduler = { peer: this.tasks.peer() };
    this.registerOutputs({ url: url(this.api) });
  }

  private database(database: Database): DatabaseAccess {
    const access = database.own(this, AIRFLOW);
    for (const role of ROLES) this.use(access, role);
    return access;
  }

  /** Opens the way to the issuer at which people sign in. */
  private issuer({ auth: { oidc } }: AirflowSettings): void {
    if (oidc === undefined) return;
    const reason = "people sign in at an issuer outside of the cluster";
    this.link(
      outsideEndpoint({ name: `${AIRFLOW}-issuer`, url: oidc.issuer, cidrs: oidc.cidrs, reason }),
      "api-server",
    );
  }

  /** Keys of each valid generation. @returns names of the Secrets, the newest first */
  private keys(platform: Platform): readonly string[] {
    return platform.logins(AIRFLOW).map(({ suffix }) => {
      const made = (what: string, length: number) => password(`${AIRFLOW}-${what}${suffix}`, this, length);
      // A Fernet key is 32 bytes in base64: 42 letters and digits, and an end that leaves no bit over.
      const fernet = pulumi.interpolate`${made("fernet", 42)}A=`;
      this.secret(`keys${suffix}`, { fernet, api: made("api", 64), jwt: made("jwt", 64) });
      return `${AIRFLOW}-keys${suffix}`;
    });
  }

  /** Rights among the pods of tasks: schedulers make and end them, and pages show the logs of those that run. */
  private account(): void {
    for (const [role, rules] of Object.entries(programs.RULES)) {
      const account = { name: this.peer(role).name, namespace: this.namespace };
      const metadata = { ...this.metadata(`${account.name}-tasks`, role), namespace: this.tasks.namespace };
      rights({ metadata, rules, account }, this);
    }
  }

  private migrate(platform: Platform, settings: AirflowSettings, program: Program): Task {
    const alive = platform.logins(AIRFLOW);
    clientUsers(this, this, { at: AIRFLOW, secret: "admin", user: "admin", alive });
    const admins = alive.flatMap(({ suffix }, index) => {
      const secret = `${AIRFLOW}-admin${suffix}`;
      return [
        [`LAKEHOUSE_ADMIN_${String(index)}`, fromSecret(secret, "username")],
        [`LAKEHOUSE_PASSWORD_${String(index)}`, fromSecret(secret, "password")],
      ] as const;
    });
    const files = {
      mountPath: env.FILES,
      files: { ...programs.file(programs.PREPARE), ...programs.signInFiles(settings) },
    };
    return new Task(
      groupName(this.group("migrate")),
      {
        ...this.pod("migrate", program),
        config: { files },
        containers: [
          {
            name: "migrate",
            image: program.image,
            command: [...INIT, "python", `${env.FILES}/${programs.PREPARE}`],
            env: { ...program.env, ...Object.fromEntries(admins) },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
  }

  private servers(
    settings: AirflowSettings,
    program: Program,
    more: Readonly<Record<string, Env>>,
    dags: Readonly<Record<string, string>>,
    migrate: Task,
  ): void {
    const folder: ConfigFiles = { mountPath: env.DAGS, files: dags };
    const signIn: ConfigFiles = { mountPath: env.FILES, files: programs.signInFiles(settings) };
    const look: ConfigFiles = { mountPath: env.FILES, files: programs.file(programs.LOOK) };
    const template: ConfigFiles = {
      mountPath: env.TEMPLATE_DIRECTORY,
      files: { [env.TEMPLATE_FILE]: manifestYaml({ apiVersion: "v1", kind: "Pod", ...this.tasks.template }) },
    };
    const configs: Readonly<Record<string, Readonly<Record<string, ConfigFiles>>>> = {
      "api-server": { files: signIn },
      "scheduler": { template },
      "dag-processor": { dags: folder, files: look },
      "triggerer": { files: look },
    };
    for (const [role, container] of Object.entries(programs.containers(settings))) {
      new Workload(
        this.peer(role).name,
        {
          ...this.pod(role, program),
          token: role in programs.RULES,
          config: configs[role] ?? {},
          ...(role === "api-server" ? { servicePorts: { http: { port: env.PORT } }, serviceName: AIRFLOW } : {}),
          initContainers: [{ name: "migrated", image: program.image, command: programs.MIGRATED, env: program.env }],
          containers: [{ ...container, name: role, image: program.image, env: { ...program.env, ...more[role] } }],
        },
        { parent: this, dependsOn: [migrate, ...this.parts] },
      );
    }
    new Task(
      this.peer("clean").name,
      {
        ...this.pod("clean", program),
        schedule: programs.CLEAN_SCHEDULE,
        containers: [{ name: "clean", image: program.image, command: programs.clean(settings), env: program.env }],
      },
      { parent: this, dependsOn: [migrate, ...this.parts] },
    );
  }

  /** Takes metrics by StatsD, and shows them to Prometheus. */
  private exporter(): void {
    const group = this.group("statsd");
    const { name } = this.peer("statsd");
    new Workload(
      name,
      {
        group,
        version: pins.statsdExporter.version,
        user: 65_534,
        priorityClass: group.priorityClass,
        config: { mapping: { mountPath: programs.MAPPING_DIRECTORY, files: { [programs.MAPPING]: statsdMapping() } } },
        servicePorts: { statsd: { port: env.STATSD_PORT, protocol: "UDP" } },
        containers: [programs.exporter(pins.statsdExporter.image)],
      },
      { parent: this },
    );
  }

  /** What the pods of all roles share. */
  private pod(role: string, { version }: Program) {
    const group = this.group(role);
    return { group, version, user: USER, priorityClass: group.priorityClass };
  }
}
