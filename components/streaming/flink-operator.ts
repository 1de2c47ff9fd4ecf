import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import { disruptionBudget } from "../core/budget";
import type { PodPeer } from "../core/endpoint";
import type { Monitoring } from "../core/monitoring";
import type { PodGroup } from "../core/pod-group";
import { release } from "../core/release";
import { Service } from "../core/service";
import { charts } from "../core/versions";
import type { Settings } from "../settings";
import { CHART_LABELS, flinkOperatorValues, METRICS } from "./flink-operator.config";

type FlinkSettings = Settings["streaming"]["flink"];

/** The operator that is there already: only its pods' address is needed. The chart's own name is in its labels. */
export function existingFlinkOperator(settings: FlinkSettings): PodPeer {
  return {
    kind: "pods",
    name: "flink-operator",
    namespace: settings.operatorNamespace,
    labels: { "app.kubernetes.io/name": "flink-kubernetes-operator" },
    managed: false,
  };
}

export function flinkOperatorPods(platform: Platform, settings: FlinkSettings): PodGroup[] {
  const names = { service: "flink-operator", role: "flink-operator", namespace: platform.namespace("operators") };
  return [platform.podGroup(names, settings.operatorSize)];
}

export const flinkOperatorMonitoring: Monitoring = {
  scrapes: [{ role: "flink-operator", ...METRICS }],
  alerts: [
    {
      name: "FlinkOperatorDown",
      expr: 'absent(up{pod=~"flink-operator-.*"} == 1)',
      for: "10m",
      severity: "warning",
      summary: "No Flink operator answers: jobs run on, but nobody starts, changes or repairs one.",
      test: { series: { 'up{pod="flink-operator-a"}': "0x20" }, at: "15m", labels: {} },
    },
  ],
  panels: [
    {
      title: "Memory of the operator",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"flink-operator-.*", container!=""})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};

/** Makes clusters of Flink of FlinkDeployments, each with its job, and upgrades them without losing their state. */
export class FlinkOperator extends Service {
  readonly release: k8s.helm.v3.Release;

  constructor(
    name: string,
    args: { readonly platform: Platform; readonly settings: FlinkSettings },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { platform, settings } = args;
    const namespace = platform.namespace("operators");
    const pods = flinkOperatorPods(platform, settings);
    const podLabels = () => CHART_LABELS;
    super("streaming:FlinkOperator", name, { namespace, pods, monitoring: flinkOperatorMonitoring, podLabels }, opts);
    const toApiServer = this.link(platform.apiServer);
    const values = { ...flinkOperatorValues(this.group("flink-operator"), platform.namespace("processing")) };
    // The release waits for its pods, which are not ready before they reach the API server.
    this.release = release(
      name,
      { chart: charts.flinkOperator, namespace, values },
      { parent: this, dependsOn: [toApiServer] },
    );
    disruptionBudget(name, this.group("flink-operator"), CHART_LABELS, { parent: this });
    this.registerOutputs();
  }
}
