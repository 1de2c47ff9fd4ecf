import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { icebergTableDefaults } from "../../catalog/iceberg";
import type { Platform } from "../../core/platform";
import type {
  EventLogs,
  Libraries,
  ObjectStore,
  ScheduledJob,
  SecretKeys,
  TableCatalog,
} from "../../core/capabilities";
import { podsEndpoint, url } from "../../core/endpoint";
import { awsEnv, fromSecret } from "../../core/env";
import { type Governance, lineageEnv } from "../../core/governance";
import { missingJars } from "../../core/jars";
import type { Admission, JobQueues } from "../../core/queueing";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import { SPARK_TOKEN, type VendingCatalog } from "../../core/vending";
import type { TableFormats } from "../../core/table-formats";
import { shared } from "../../core/versions";
import type { SparkSettings } from "./settings";
import {
  API_VERSION,
  type ApplicationFacts,
  KIND,
  SCHEDULED_KIND,
  scheduledApplication,
  scheduledLook,
  SERVICE_ACCOUNTS,
  sparkApplication,
} from "./application";
import { deltaFacts } from "../delta-conf";
import { BLOCK_PORT, DRIVER_PORT, sparkConf } from "../spark-conf";
import { JOB_CONFIG_MAP, jobFiles, JOBS, LOOK, lookJob, lookSchedule, sparkJobs } from "./jobs";
import { sparkMonitoring } from "./monitoring";
import { RUNS_BY } from "./operator.monitoring";
import { sparkFor } from "../event-logs";
import { DRIVER_RULE, type SparkPodFacts, sparkPodTemplate } from "../spark-pod";
import { sparkPods } from "./pods";

export interface SparkArgs {
  readonly platform: Platform;
  readonly settings: SparkSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly libraries: Libraries;
  readonly formats: TableFormats;
  /** Where jobs write what happens in them. @default nowhere */
  readonly eventLogs?: EventLogs | undefined;
  /** Where jobs wait for their pods. @default they start at once */
  readonly queues: JobQueues | undefined;
  /** Where drivers tell what their tables are made of. @default nowhere */
  readonly governance?: Governance | undefined;
  /** A catalog that gives keys for its tables. @default the stack has none */
  readonly vending?: VendingCatalog | undefined;
  /** Operators that bring the CRDs of jobs. Empty where the operator exists outside of this stack. */
  readonly operators: readonly pulumi.Resource[];
  /** Whether no scheduler submits the jobs, so that they run on schedules of their own. */
  readonly unattended: boolean;
}

/** Batch jobs on tables. The stack defines them and the scheduler submits them: an update of the stack runs none. */
export class Spark extends Service {
  readonly jobs: readonly ScheduledJob[];

  constructor(name: string, args: SparkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables, eventLogs, formats } = args;
    const namespace = platform.namespace("compute");
    const facts = { namespace, pods: sparkPods(platform, settings), monitoring: sparkMonitoring(namespace) };
    super("compute:Spark", name, facts, opts);
    const child = { parent: this };

    this.link(platform.apiServer, "driver");
    this.linkPods();
    this.link(tables.rest);
    if (formats.delta) this.link(tables.thrift);
    const s3 = this.use(
      objects.grant(this, [
        { bucket: "bronze", level: "append" },
        { bucket: "silver", level: "write" },
        { bucket: "gold", level: "write" },
        { bucket: "warehouse", level: "write" },
        ...(eventLogs === undefined ? [] : [eventLogs.access]),
      ]),
    );

    const accounts = this.accounts();
    const files = new k8s.core.v1.ConfigMap(
      JOB_CONFIG_MAP,
      { metadata: this.metadata(JOB_CONFIG_MAP, "jobs"), data: jobFiles() },
      child,
    );
    const admission = args.queues?.admit(this, [this.group("driver"), this.group("executor")]);
    const application = this.application(args, s3, admission);
    const history = eventLogs === undefined ? [] : [eventLogs.running];
    const ready = [...args.operators, ...history, files, ...accounts, ...this.parts, ...(admission?.after ?? [])];
    const after = { ...child, dependsOn: ready };
    this.jobs = sparkJobs(settings).map((job) => {
      const metadata = this.metadata(job.name, job.name, shared.spark.version);
      // Not on the definition: a queue would start it. The operator counts runs by `app_type`.
      const queued = admission?.labels(settings.queued[job.name]);
      const run = { ...metadata, labels: { ...metadata.labels, [RUNS_BY]: job.name, ...queued } };
      const spec = sparkApplication(job, application);
      this.custom(
        `${name}-${job.name}`,
        { apiVersion: API_VERSION, kind: KIND, metadata },
        { ...spec, suspend: true },
        after,
      );
      if (args.unattended) {
        this.custom(
          `${name}-${job.name}-schedule`,
          { apiVersion: API_VERSION, kind: SCHEDULED_KIND, metadata: run },
          scheduledApplication(job, args.settings.schedules[job.name], application),
          after,
        );
      }
      return { name: job.name, manifest: { apiVersion: API_VERSION, kind: KIND, metadata: run, spec } };
    });
    this.look(settings, application, admission, after);
    this.registerOutputs({ jobs: this.jobs.map((job) => job.name) });
  }

  /** Looks at the tables between two runs of maintenance, in whose queue it waits. */
  private look(
    settings: SparkSettings,
    application: ApplicationFacts,
    admission: Admission | undefined,
    after: pulumi.CustomResourceOptions,
  ): void {
    const job = lookJob(settings);
    const hours = settings.maintenance.lookHours;
    if (job === undefined || hours === undefined) return;
    const metadata = this.metadata(job.name, job.name, shared.spark.version);
    const queued = admission?.labels(settings.queued["table-maintenance"]);
    const labels = { ...metadata.labels, [RUNS_BY]: job.name, ...queued };
    this.custom(
      `${this.service}-${job.name}`,
      { apiVersion: API_VERSION, kind: SCHEDULED_KIND, metadata: { ...metadata, labels } },
      scheduledLook(job, lookSchedule(hours), application),
      after,
    );
  }

  /** Executors register at their driver; drivers and executors fetch blocks from each other. */
  private linkPods(): void {
    this.link(podsEndpoint(this.peer("driver"), [DRIVER_PORT, BLOCK_PORT], "spark"), "executor");
    // Spark makes a headless Service for each driver and none for executors.
    const executors = podsEndpoint(this.peer("executor"), [BLOCK_PORT], "spark");
    this.link(executors, "driver");
    this.link(executors, "executor");
  }

  /** Common parts of all jobs of the stack. */
  private application(args: SparkArgs, s3: SecretKeys, admission: Admission | undefined): ApplicationFacts {
    const { settings, objects, tables, libraries, eventLogs, formats, governance, vending } = args;
    const vended = vending?.client(this);
    if (vended !== undefined) this.use(vended, "driver");
    const told = governance === undefined ? undefined : this.use(governance.lineageOf(this), "driver");
    const lacking = sparkFor({
      tables: true,
      eventLogs: eventLogs !== undefined,
      delta: formats.delta,
      lineage: told !== undefined,
    });
    const groups = { driver: this.group("driver"), executor: this.group("executor") };
    const pod: Omit<SparkPodFacts, "group"> = {
      image: settings.image ?? shared.spark.image,
      env: awsEnv(s3, objects),
      fetcher: settings.jars === "fetch" ? libraries.fetcher(this, missingJars(lacking)) : undefined,
    };
    const { bronze, silver, gold } = objects.buckets;
    return {
      image: pod.image,
      conf: sparkConf({
        restUrl: tables.restUrl,
        s3: { url: url(objects.endpoint), region: objects.region, properties: objects.sdk.iceberg },
        locations: { bronze: `s3://${bronze}/`, silver: `s3://${silver}/`, gold: `s3://${gold}/` },
        tableDefaults: icebergTableDefaults(formats),
        eventLogs,
        delta: formats.delta ? deltaFacts(tables) : undefined,
        formats,
        lineage: told !== undefined,
        vendingUrl: vended === undefined ? undefined : vending?.url,
      }),
      groups,
      templates: {
        driver: sparkPodTemplate("driver", {
          ...pod,
          env: {
            ...pod.env,
            ...(told === undefined ? {} : lineageEnv(told)),
            ...(vended === undefined ? {} : { [SPARK_TOKEN]: fromSecret(vended.secret, vended.tokenKey) }),
          },
          group: groups.driver,
          mounts: [JOBS],
        }),
        executor: sparkPodTemplate("executor", { ...pod, group: groups.executor }),
      },
      ...(admission === undefined
        ? {}
        : {
            queued: {
              executors: ({ name, executors }) =>
                executors ?? (name === LOOK ? undefined : settings.queued[name].executors) ?? executorsOfOne(groups),
              tolerations: (role) => admission.tolerations(role),
            },
          }),
    };
  }

  /** An account for drivers with the rights of Spark's Kubernetes client in its own namespace, and one for executors without rights. */
  private accounts(): pulumi.Resource[] {
    const { namespace } = this;
    const child = { parent: this };
    const made: pulumi.Resource[] = [];
    for (const role of ["driver", "executor"] as const) {
      const account = SERVICE_ACCOUNTS[role];
      const args = { metadata: this.metadata(account, role), automountServiceAccountToken: false };
      made.push(new k8s.core.v1.ServiceAccount(account, args, child));
    }
    const named = this.metadata(`${this.service}-driver`, "driver");
    const account = { name: SERVICE_ACCOUNTS.driver, namespace };
    return [...made, ...rights({ metadata: named, rules: [DRIVER_RULE], account }, this)];
  }
}

/** Executors of a run, where all drivers run at the same time and have the same. */
const executorsOfOne = ({ driver, executor }: ApplicationFacts["groups"]): number =>
  Math.max(1, Math.floor(executor.replicas / driver.replicas));
