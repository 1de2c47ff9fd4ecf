import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../core/platform";
import type { ScheduledJob, Scheduler, SqlEngine } from "../../core/capabilities";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { AirflowSettings } from "./settings";
import { connections, dagFiles, sqlConnection, SUBMIT_RULES, variables } from "./config";
import { monitoring } from "./monitoring";
import { readDagFolder } from "./dag-folder";
import { airflowPods } from "./pods";

export interface ExistingAirflowArgs {
  readonly platform: Platform;
  readonly settings: AirflowSettings;
  readonly jobs: readonly ScheduledJob[];
  readonly jobNamespace: string | undefined;
  readonly sql: SqlEngine | undefined;
}

/**
 * An existing Airflow: it gets the right to submit jobs, connections and DAGs. Nothing of it is deployed. Its owner mounts both
 * objects once. With the official chart: ```yaml extraEnvFrom: | - secretRef: { name: lakehouse-connections } volumes: [{ name:
 * lakehouse-dags, configMap: { name: lakehouse-dags } }] volumeMounts: [{ name: lakehouse-dags, mountPath:
 * /opt/airflow/dags/lakehouse, readOnly: true }] ``` Changed DAGs arrive within about a minute; changed connections when the pods
 * restart.
 */
export class ExistingAirflow extends Service {
  readonly scheduler: Scheduler;

  constructor(name: string, args: ExistingAirflowArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, jobs, sql } = args;
    const { namespace } = settings;
    const jobNamespace = jobs.length === 0 ? undefined : args.jobNamespace;
    const pods = airflowPods(platform, settings);
    // Tasks run in pods with the labels of Airflow's own chart.
    const facts = { namespace, pods, monitoring, managed: settings.isolated, podLabels: () => settings.podLabels };
    super("orchestration:ExistingAirflow", name, facts, opts);

    if (jobNamespace !== undefined) {
      this.submitRights(jobNamespace, settings.serviceAccount);
      this.link(platform.apiServer);
      new k8s.core.v1.ConfigMap(
        "lakehouse-dags",
        { metadata: this.metadata("lakehouse-dags", "dags"), data: dagFiles(readDagFolder(), jobs) },
        { parent: this },
      );
    }
    const asks = sql === undefined ? undefined : this.use(sqlConnection(sql, this));
    new k8s.core.v1.Secret(
      "lakehouse-connections",
      {
        metadata: this.metadata("lakehouse-connections", "connections"),
        stringData: {
          ...Object.fromEntries(
            Object.entries(connections(jobNamespace, asks)).map(([key, connection]) => [
              key,
              pulumi.jsonStringify(connection),
            ]),
          ),
          ...variables(jobNamespace),
        },
      },
      { parent: this },
    );
    this.scheduler = { peer: this.peer() };
    this.registerOutputs();
  }

  private submitRights(jobNamespace: string, serviceAccount: string): void {
    const name = `${this.service}-submit`;
    const metadata = { ...this.metadata(name, "submit"), namespace: jobNamespace };
    const account = { name: serviceAccount, namespace: this.namespace };
    rights({ metadata, rules: SUBMIT_RULES, account }, this);
  }
}
