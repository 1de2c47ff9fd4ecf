import type * as pulumi from "@pulumi/pulumi";

import type { EventLogs, Libraries, ObjectStore } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { ownObjects } from "../../core/grant";
import { missingJars } from "../../core/jars";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { shared } from "../../core/versions";
import { Workload } from "../../core/workload";
import { sparkFor } from "../event-logs";
import { USER } from "../spark-pod";
import * as config from "./config";
import { monitoring } from "./monitoring";
import { sparkHistoryPods } from "./pods";
import type { SparkHistorySettings } from "./settings";

export interface SparkHistoryArgs extends Facts<SparkHistorySettings> {
  readonly objects: ObjectStore;
  readonly libraries: Libraries;
}

/** Shows what applications of Spark wrote into their event logs, and deletes logs that are old. */
export class SparkHistory extends Service {
  readonly eventLogs: EventLogs;

  constructor(name: string, args: SparkHistoryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, libraries } = args;
    const pods = sparkHistoryPods(platform, settings);
    super("compute:SparkHistory", name, { namespace: platform.namespace("compute"), pods, monitoring }, opts);
    const group = this.group("server");
    const fetcher =
      settings.jars === "fetch"
        ? [libraries.fetcher(this, missingJars(sparkFor({ tables: false, eventLogs: true })))]
        : [];
    // It deletes old logs and rewrites long ones, below its own prefix; it has no right to any table.
    const s3 = this.use(objects.grant(this, [{ bucket: "services", level: "write" }]));
    const directory = config.logDirectory(ownObjects(name, objects.buckets));
    const facts = {
      store: { url: url(objects.endpoint), region: objects.region },
      directory,
      retentionDays: settings.retentionDays,
      scratch: settings.store,
    };
    const keys = { ...credentialsEnv(s3, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), AWS_REGION: objects.region };
    const page = { httpGet: { path: "/api/v1/applications?limit=1", port: "http" } };
    const running = new Workload(
      `${name}-server`,
      {
        group,
        version: shared.spark.version,
        user: USER,
        priorityClass: group.priorityClass,
        servicePorts: { http: { port: config.PORT } },
        serviceName: name,
        config: { conf: { mountPath: config.CONFIG_DIRECTORY, files: config.files(facts) } },
        initContainers: [
          ...fetcher,
          {
            name: "directory",
            image: shared.nginx.image,
            command: ["/bin/sh", "-ec"],
            args: [config.directoryScript(facts)],
            env: { HOME: "/tmp", ...keys },
          },
        ],
        containers: [
          {
            name,
            image: settings.image ?? shared.spark.image,
            command: [...config.COMMAND],
            env: { ...config.environment(group.limits.memory), ...keys, ...objects.sdk.env },
            ports: { http: config.PORT },
            startupProbe: { ...page, periodSeconds: 5, failureThreshold: 60, timeoutSeconds: 5 },
            readinessProbe: { ...page, periodSeconds: 15, timeoutSeconds: 10 },
            livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.eventLogs = { directory, access: { bucket: "services", owner: name, level: "write" }, running };
    this.registerOutputs({ directory });
  }
}
