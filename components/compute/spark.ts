import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { ICEBERG_TABLE_DEFAULTS } from "../catalog/iceberg";
import type { Platform } from "../cluster";
import type { Libraries, ObjectStore, ScheduledJob, SecretKeys, TableCatalog } from "../core/capabilities";
import { type Endpoint, url } from "../core/endpoint";
import { credentialsEnv } from "../core/env";
import { missingJars } from "../core/jars";
import type { PodGroup } from "../core/pod-group";
import { Service } from "../core/service";
import { images, versions } from "../core/versions";
import type { Settings } from "../settings";
import {
  API_VERSION,
  type ApplicationFacts,
  KIND,
  SCHEDULED_KIND,
  scheduledApplication,
  SERVICE_ACCOUNTS,
  sparkApplication,
} from "./spark.application";
import { BLOCK_PORT, DRIVER_PORT, sparkConf } from "./spark.config";
import { JOB_CONFIG_MAP, jobFiles, SPARK_JOBS } from "./spark.jobs";
import { sparkMonitoring } from "./spark.monitoring";
import { type SparkPodFacts, sparkPodTemplate, type SparkRole, sparkScratch } from "./spark.pods";

type SparkSettings = Settings["compute"]["spark"];

export interface SparkArgs {
  readonly platform: Platform;
  readonly settings: SparkSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly libraries: Libraries;
  /** Brings the kind of resource that jobs are. */
  readonly operator: pulumi.Resource;
  /** No scheduler submits the jobs: they run on schedules of their own. */
  readonly unattended: boolean;
}

/** Two pools: how many drivers and executors of all jobs run at the same time. */
export function sparkPods(platform: Platform, settings: SparkSettings): PodGroup[] {
  const names = { service: "spark", namespace: platform.namespace("compute"), lifetime: "elastic" } as const;
  const group = (role: SparkRole) => {
    const scratch = sparkScratch(settings[role].memory, settings.jars === "fetch");
    return platform.podGroup({ ...names, role, priorityClass: `spark-${role}`, scratch }, settings[role]);
  };
  return [group("driver"), group("executor")];
}

/** Batch jobs on the tables. Defined here, submitted by the scheduler: an update of the stack runs none of them. */
export class Spark extends Service {
  readonly jobs: readonly ScheduledJob[];

  constructor(name: string, args: SparkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables } = args;
    const namespace = platform.namespace("compute");
    const facts = { namespace, pods: sparkPods(platform, settings), monitoring: sparkMonitoring(namespace) };
    super("compute:Spark", name, facts, opts);
    const child = { parent: this };

    this.link(platform.apiServer, "driver");
    this.linkPods();
    this.link(tables.rest);
    const s3 = this.use(
      objects.grant(this, [
        { bucket: "bronze", level: "append" },
        { bucket: "silver", level: "write" },
        { bucket: "gold", level: "write" },
        { bucket: "warehouse", level: "write" },
      ]),
    );

    const accounts = this.accounts();
    const files = new k8s.core.v1.ConfigMap(
      JOB_CONFIG_MAP,
      { metadata: this.metadata(JOB_CONFIG_MAP, "jobs"), data: jobFiles() },
      child,
    );
    const application = this.application(args, s3);
    const after = { ...child, dependsOn: [args.operator, files, ...accounts, ...this.parts] };
    this.jobs = SPARK_JOBS.map((job) => {
      const metadata = this.metadata(job.name, job.name, versions.spark);
      const spec = sparkApplication(job, application);
      new k8s.apiextensions.CustomResource(
        `${name}-${job.name}`,
        { apiVersion: API_VERSION, kind: KIND, metadata, spec: { ...spec, suspend: true } },
        after,
      );
      if (args.unattended) {
        new k8s.apiextensions.CustomResource(
          `${name}-${job.name}-schedule`,
          {
            apiVersion: API_VERSION,
            kind: SCHEDULED_KIND,
            metadata,
            spec: scheduledApplication(job, args.settings.schedules[job.name], application),
          },
          after,
        );
      }
      return { name: job.name, manifest: { apiVersion: API_VERSION, kind: KIND, metadata, spec } };
    });
    this.registerOutputs({ jobs: this.jobs.map((job) => job.name) });
  }

  /** Executors register at their driver; everyone fetches blocks from everyone. */
  private linkPods(): void {
    this.link(this.podEndpoint("driver", [DRIVER_PORT, BLOCK_PORT]), "executor");
    const executors = this.podEndpoint("executor", [BLOCK_PORT]);
    this.link(executors, "driver");
    this.link(executors, "executor");
  }

  /** Pods that are reached by their address: Spark makes a headless Service for each driver and none for executors. */
  private podEndpoint(role: SparkRole, targetPorts: readonly [number, ...number[]]): Endpoint {
    const peer = this.peer(role);
    return {
      name: peer.name,
      peer,
      host: peer.name,
      port: targetPorts[0],
      targetPorts,
      protocol: "TCP",
      scheme: "spark",
    };
  }

  /** What every job of this stack has in common. */
  private application({ settings, objects, tables, libraries }: SparkArgs, s3: SecretKeys): ApplicationFacts {
    const groups = { driver: this.group("driver"), executor: this.group("executor") };
    const pod: Omit<SparkPodFacts, "group"> = {
      image: settings.image ?? images.spark,
      env: {
        ...credentialsEnv(s3, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        AWS_REGION: objects.region,
        ...objects.sdk.env,
      },
      fetcher: settings.jars === "fetch" ? libraries.fetcher(this, missingJars("spark")) : undefined,
    };
    const { bronze, silver, gold } = objects.buckets;
    return {
      image: pod.image,
      conf: sparkConf({
        restUrl: tables.restUrl,
        s3: { url: url(objects.endpoint), region: objects.region, properties: objects.sdk.iceberg },
        buckets: { bronze, silver, gold },
        tableDefaults: ICEBERG_TABLE_DEFAULTS,
      }),
      groups,
      templates: {
        driver: sparkPodTemplate("driver", { ...pod, group: groups.driver }),
        executor: sparkPodTemplate("executor", { ...pod, group: groups.executor }),
      },
    };
  }

  /** An account for drivers with what Spark's client does in its own namespace, and one for executors without any right. */
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
    const role = new k8s.rbac.v1.Role(named.name, { metadata: named, rules: [DRIVER_RULE] }, child);
    const binding = {
      metadata: named,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: named.name },
      subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNTS.driver, namespace }],
    };
    return [...made, role, new k8s.rbac.v1.RoleBinding(named.name, binding, child)];
  }
}

/** As in the operator's chart; `deletecollection` is how a driver cleans up when it ends. */
const DRIVER_RULE = {
  apiGroups: [""],
  resources: ["configmaps", "persistentvolumeclaims", "pods", "services"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
};
