import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { ICEBERG_TABLE_DEFAULTS } from "../catalog/iceberg";
import type { Platform } from "../cluster";
import type { EventLog, Libraries, ObjectStore, SecretKeys, TableCatalog, TopicAccess } from "../core/capabilities";
import { type Endpoint, type PodPeer, url } from "../core/endpoint";
import { credentialsEnv } from "../core/env";
import { missingJars } from "../core/jars";
import { Link } from "../core/link";
import type { PodGroup } from "../core/pod-group";
import { GiB } from "../core/quantity";
import { Service } from "../core/service";
import { images, versions } from "../core/versions";
import type { Settings } from "../settings";
import { flinkConfiguration, type FlinkRole, PORTS, STATE_PREFIX } from "./flink.config";
import { API_VERSION, flinkDeployment, KIND, SERVICE_ACCOUNT } from "./flink.deployment";
import { jobSql, jobTemplate, kafkaOptions, ORDERS } from "./flink.job";
import { flinkMonitoring } from "./flink.monitoring";
import { flinkPodTemplate, flinkScratch } from "./flink.pods";

type FlinkSettings = Settings["streaming"]["flink"];

export interface FlinkArgs {
  readonly platform: Platform;
  readonly settings: FlinkSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly libraries: Libraries;
  readonly events: EventLog;
  /** The pods of the operator, which asks the JobManager how the job is. */
  readonly operator: PodPeer;
  /** What the job waits for: the operator, which brings its kind, and the event log, which makes its topic. */
  readonly after: readonly pulumi.Resource[];
}

/** One cluster of Flink for one job. */
export function flinkPods(platform: Platform, settings: FlinkSettings): PodGroup[] {
  const names = { service: "flink", namespace: platform.namespace("processing") };
  const scratch = (work: number) => flinkScratch(work, settings.jars === "fetch");
  return [
    platform.podGroup({ ...names, role: "jobmanager", scratch: scratch(GiB) }, settings.jobManager),
    platform.podGroup({ ...names, role: "taskmanager", scratch: scratch(settings.disk) }, settings.taskManager),
  ];
}

/** The SQL job on streams: from a topic to Iceberg tables, exactly once, with checkpoints in the object store. */
export class Flink extends Service {
  constructor(name: string, args: FlinkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, tables, events } = args;
    const namespace = platform.namespace("processing");
    super(
      "streaming:Flink",
      name,
      { namespace, pods: flinkPods(platform, settings), monitoring: flinkMonitoring },
      opts,
    );

    const topic = events.topic(ORDERS.topic, { partitions: settings.partitions });
    const kafka = this.use(events.grant(this, [{ topic, level: "read", group: ORDERS.group }]));
    const state = { bucket: "warehouse", prefix: STATE_PREFIX, level: "write" } as const;
    const s3 = this.use(objects.grant(this, [state, ...ORDERS.writes]));
    this.link(platform.apiServer);
    this.link(tables.rest);
    this.linkPods(args.operator);

    const account = this.account();
    const sql = this.sql(args, topic, kafka);
    new k8s.apiextensions.CustomResource(
      ORDERS.name,
      {
        apiVersion: API_VERSION,
        kind: KIND,
        metadata: this.metadata(ORDERS.name, "job", versions.flink),
        spec: this.deployment(args, s3, kafka, sql.text),
      },
      // Two of one job, in the old namespace and in the new one, would write every row twice.
      { parent: this, dependsOn: [...args.after, ...account, ...this.parts, sql.map], deleteBeforeReplace: true },
    );
    this.registerOutputs({ job: ORDERS.name });
  }

  /** The pods find each other by address: Flink tells addresses, and network policies the ports. */
  private linkPods(operator: PodPeer): void {
    const leader = this.ports("jobmanager", [PORTS.rpc, PORTS.blobs]);
    const worker = this.ports("taskmanager", [PORTS.tasks, PORTS.taskMetrics]);
    const data = this.ports("taskmanager", [PORTS.data], "data");
    const rest = this.ports("jobmanager", [PORTS.rest], "rest");
    this.link(leader, "taskmanager");
    this.link(worker, "jobmanager");
    if (this.group("taskmanager").replicas > 1) this.link(data, "taskmanager");
    // One that stands by passes questions on to the one that leads.
    if (this.group("jobmanager").replicas > 1) this.link(leader, "jobmanager");
    new Link(`${operator.name}-to-${rest.name}`, { from: operator, to: rest }, { parent: this });
  }

  private ports(role: FlinkRole, targetPorts: readonly [number, ...number[]], suffix?: string): Endpoint {
    const peer = this.peer(role);
    const name = suffix === undefined ? peer.name : `${peer.name}-${suffix}`;
    return { name, peer, host: peer.name, port: targetPorts[0], targetPorts, protocol: "TCP", scheme: "flink" };
  }

  /** The job's statements in a ConfigMap of their own. */
  private sql({ settings, objects, tables }: FlinkArgs, topic: string, kafka: TopicAccess) {
    const { silver, gold } = objects.buckets;
    const text = jobSql(jobTemplate(ORDERS.file), {
      restUrl: tables.restUrl,
      s3: { url: url(objects.endpoint), region: objects.region, properties: objects.sdk.iceberg },
      buckets: { silver, gold },
      topic,
      kafka: kafkaOptions(kafka, ORDERS.group),
      tableDefaults: ICEBERG_TABLE_DEFAULTS,
      latenessSeconds: settings.latenessSeconds,
    });
    const map = new k8s.core.v1.ConfigMap(
      SQL_CONFIG_MAP,
      { metadata: this.metadata(SQL_CONFIG_MAP, "job"), data: { [ORDERS.file]: text } },
      { parent: this },
    );
    return { text, map };
  }

  private deployment({ settings, objects, libraries }: FlinkArgs, s3: SecretKeys, kafka: TopicAccess, text: string) {
    const groups = { jobmanager: this.group("jobmanager"), taskmanager: this.group("taskmanager") };
    const image = settings.image ?? images.flink;
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, missingJars("flink")) : undefined;
    const template = (role: FlinkRole) =>
      flinkPodTemplate(role, {
        group: groups[role],
        image,
        env: {
          ...credentialsEnv(s3, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
          AWS_REGION: objects.region,
          ...objects.sdk.env,
          ...credentialsEnv(kafka, "KAFKA_USERNAME", "KAFKA_PASSWORD"),
        },
        fetcher,
        ca: kafka.ca,
        sql: { configMap: SQL_CONFIG_MAP, text },
      });
    const burst = ({ requests, limits }: PodGroup) => limits.cpu / requests.cpu;
    return flinkDeployment(ORDERS, {
      image,
      version: versions.flink,
      configuration: flinkConfiguration({
        s3: { url: url(objects.endpoint) },
        bucket: objects.buckets.warehouse,
        cores: groups.taskmanager.requests.cpu,
        cpuBurst: { jobmanager: burst(groups.jobmanager), taskmanager: burst(groups.taskmanager) },
        checkpointSeconds: settings.checkpointSeconds,
      }),
      groups,
      templates: { jobmanager: template("jobmanager"), taskmanager: template("taskmanager") },
    });
  }

  /** Leaders are elected, and jobs remembered, in ConfigMaps; Flink names them, so the right is on all of the namespace. */
  private account(): pulumi.Resource[] {
    const metadata = this.metadata(SERVICE_ACCOUNT, "account");
    const child = { parent: this };
    return [
      new k8s.core.v1.ServiceAccount(SERVICE_ACCOUNT, { metadata, automountServiceAccountToken: false }, child),
      new k8s.rbac.v1.Role(SERVICE_ACCOUNT, { metadata, rules: [LEADER_RULE] }, child),
      new k8s.rbac.v1.RoleBinding(
        SERVICE_ACCOUNT,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: SERVICE_ACCOUNT },
          subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace: this.namespace }],
        },
        child,
      ),
    ];
  }
}

const SQL_CONFIG_MAP = "flink-sql";

const LEADER_RULE = {
  apiGroups: [""],
  resources: ["configmaps"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
};
