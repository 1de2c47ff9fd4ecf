import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { icebergTableDefaults } from "../../catalog/iceberg";
import type { Platform } from "../../core/platform";
import type { EventLog, Libraries, ObjectStore, SecretKeys, TableCatalog, TopicAccess } from "../../core/capabilities";
import { type Endpoint, type PodPeer, podsEndpoint, url } from "../../core/endpoint";
import { awsEnv, credentialsEnv } from "../../core/env";
import { missingJars } from "../../core/jars";
import { Link } from "../../core/link";
import type { PodGroup } from "../../core/pod-group";
import { accountWithRights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { TableFormats } from "../../core/table-formats";
import { pins } from "./pins";
import type { FlinkSettings } from "./settings";
import { flinkConfiguration, type FlinkRole, PORTS, STATE_PREFIX } from "./config";
import { API_VERSION, flinkDeployment, KIND, SERVICE_ACCOUNT } from "./deployment";
import { jobSql, jobTemplate, kafkaOptions, ORDERS } from "./job";
import { flinkMonitoring } from "./monitoring";
import { flinkPodTemplate } from "./template";
import { flinkPods } from "./pods";

export interface FlinkArgs {
  readonly platform: Platform;
  readonly settings: FlinkSettings;
  readonly objects: ObjectStore;
  readonly tables: TableCatalog;
  readonly libraries: Libraries;
  readonly formats: TableFormats;
  readonly events: EventLog;
  /** The pods of the operator, which reads the job's status from the JobManager. */
  readonly operator: PodPeer;
  /** Dependencies of the job: the operator, which brings its CRD, and the event log, which has its topic. */
  readonly after: readonly pulumi.Resource[];
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
    this.custom(
      ORDERS.name,
      { apiVersion: API_VERSION, kind: KIND, metadata: this.metadata(ORDERS.name, "job", pins.flink.version) },
      this.deployment(args, s3, kafka, sql.text),
      // A second job beside it, as in an old namespace and a new one, would write every row twice.
      { parent: this, dependsOn: [...args.after, ...account, ...this.parts, sql.map], deleteBeforeReplace: true },
    );
    this.registerOutputs({ job: ORDERS.name });
  }

  /** Links between the pods, which connect to each other by address. */
  private linkPods(operator: PodPeer): void {
    const leader = this.ports("jobmanager", [PORTS.rpc, PORTS.blobs]);
    const worker = this.ports("taskmanager", [PORTS.tasks, PORTS.taskMetrics]);
    const data = this.ports("taskmanager", [PORTS.data], "data");
    const rest = this.ports("jobmanager", [PORTS.rest], "rest");
    this.link(leader, "taskmanager");
    this.link(worker, "jobmanager");
    if (this.group("taskmanager").replicas > 1) this.link(data, "taskmanager");
    // A standby JobManager forwards requests to the leader.
    if (this.group("jobmanager").replicas > 1) this.link(leader, "jobmanager");
    new Link(`${operator.name}-to-${rest.name}`, { from: operator, to: rest }, { parent: this });
  }

  private ports(role: FlinkRole, targetPorts: readonly [number, ...number[]], suffix?: string): Endpoint {
    const peer = this.peer(role);
    const name = suffix === undefined ? peer.name : `${peer.name}-${suffix}`;
    return { ...podsEndpoint(peer, targetPorts, "flink"), name };
  }

  /** ConfigMap of the job's SQL statements. */
  private sql({ settings, objects, tables, formats }: FlinkArgs, topic: string, kafka: TopicAccess) {
    const { silver, gold } = objects.buckets;
    const text = jobSql(jobTemplate(ORDERS.file), {
      restUrl: tables.restUrl,
      s3: { url: url(objects.endpoint), region: objects.region, properties: objects.sdk.iceberg },
      buckets: { silver, gold },
      topic,
      kafka: kafkaOptions(kafka, ORDERS.group),
      tableDefaults: (table) => icebergTableDefaults(formats, table),
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
    const image = settings.image ?? pins.flink.image;
    const fetcher = settings.jars === "fetch" ? libraries.fetcher(this, missingJars(pins.flink)) : undefined;
    const template = (role: FlinkRole) =>
      flinkPodTemplate(role, {
        group: groups[role],
        image,
        env: { ...awsEnv(s3, objects), ...credentialsEnv(kafka, "KAFKA_USERNAME", "KAFKA_PASSWORD") },
        fetcher,
        ca: kafka.ca,
        sql: { configMap: SQL_CONFIG_MAP, text },
      });
    const burst = ({ requests, limits }: PodGroup) => limits.cpu / requests.cpu;
    return flinkDeployment(ORDERS, {
      image,
      version: pins.flink.version,
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

  /**
   * Service account with rights on ConfigMaps, which store leaders and jobs. Flink chooses their names, so the rights cover all
   * ConfigMaps of the namespace.
   */
  private account(): pulumi.Resource[] {
    return accountWithRights({ metadata: this.metadata(SERVICE_ACCOUNT, "account"), rules: [LEADER_RULE] }, this);
  }
}

const SQL_CONFIG_MAP = "flink-sql";

const LEADER_RULE = {
  apiGroups: [""],
  resources: ["configmaps"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
};
