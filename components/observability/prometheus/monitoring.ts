import type { Alert, Monitoring } from "../../core/monitoring";
import * as alertmanager from "./alertmanager.config";
import { OPERATOR_METRICS, STATE_METRICS_PORT } from "./operator.config";
import { ALERTMANAGER, OPERATOR, PROMETHEUS, STATE_METRICS } from "./pods";
import { METRICS, RELOADER_METRICS } from "./prometheus.config";

/** `job` is the chart's own name of the pods. */
const OPERATOR_UP = 'up{job="kube-prometheus-stack-prometheus-operator"}';
const down = (name: string, up: string, severity: Alert["severity"], summary: string): Alert => ({
  name,
  expr: `absent(${up} == 1)`,
  for: "5m",
  severity,
  summary,
  test: { series: { [up]: "0x15" }, at: "10m", labels: {} },
});
const upOf = (service: string) => `up{job="${service}"}`;

const reloadFailed = (name: string, metric: string, service: string, summary: string): Alert => ({
  name,
  expr: `max by (pod) (${metric}{job="${service}"}) == 0`,
  for: "10m",
  severity: "critical",
  summary,
  test: {
    series: { [`${metric}{job="${service}", pod="${service}-0"}`]: "0x20" },
    at: "15m",
    labels: { pod: `${service}-0` },
  },
});

const PROM = `job="${PROMETHEUS}"`;

export const monitoring: Monitoring = {
  scrapes: [
    { role: "server", ...METRICS },
    { role: "server", ...RELOADER_METRICS },
  ],
  alerts: [
    {
      name: "PrometheusReplicaMissing",
      expr: `count(${upOf(PROMETHEUS)} == 1) < count(${upOf(PROMETHEUS)})`,
      for: "10m",
      severity: "warning",
      summary: "One Prometheus does not answer: the others go on, and nobody replaces the next one that is lost.",
      test: {
        series: {
          [`up{${PROM}, pod="prometheus-0", container="prometheus"}`]: "1x20",
          [`up{${PROM}, pod="prometheus-1", container="prometheus"}`]: "0x20",
        },
        at: "15m",
        labels: {},
      },
    },
    reloadFailed(
      "PrometheusConfigurationRefused",
      "prometheus_config_last_reload_successful",
      PROMETHEUS,
      "Prometheus refuses its configuration: new monitors and rules have no effect.",
    ),
    {
      name: "PrometheusRuleFailing",
      expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{${PROM}}[10m])) > 0`,
      for: "10m",
      severity: "warning",
      summary: "A rule cannot be evaluated, so its alert cannot fire.",
      test: {
        series: {
          [`prometheus_rule_evaluation_failures_total{${PROM}, pod="prometheus-0", rule_group="lakehouse-trino"}`]:
            "0+1x40",
        },
        at: "30m",
        labels: { rule_group: "lakehouse-trino" },
      },
    },
    {
      name: "PrometheusAlertsLost",
      expr: `sum by (pod) (increase(prometheus_notifications_dropped_total{${PROM}}[10m])) > 0`,
      for: "5m",
      severity: "critical",
      summary: "Prometheus cannot hand alerts to Alertmanager: nobody is told of what is wrong.",
      test: {
        series: { [`prometheus_notifications_dropped_total{${PROM}, pod="prometheus-0"}`]: "0+1x40" },
        at: "20m",
        labels: { pod: "prometheus-0" },
      },
    },
    {
      name: "PrometheusDiskFailing",
      expr: `sum by (pod) (increase(prometheus_tsdb_compactions_failed_total{${PROM}}[3h]) + increase(prometheus_tsdb_wal_writes_failed_total{${PROM}}[3h])) > 0`,
      for: "0m",
      severity: "critical",
      summary: "Prometheus cannot write its volume, which may be full: metrics are lost.",
      test: {
        series: {
          [`prometheus_tsdb_compactions_failed_total{${PROM}, pod="prometheus-0"}`]: "0+1x20",
          [`prometheus_tsdb_wal_writes_failed_total{${PROM}, pod="prometheus-0"}`]: "0x20",
        },
        at: "15m",
        labels: { pod: "prometheus-0" },
      },
    },
    {
      name: "PrometheusRemoteWriteFailing",
      expr: `sum by (pod) (increase(prometheus_remote_storage_samples_failed_total{${PROM}}[15m])) > 0`,
      for: "15m",
      severity: "warning",
      summary: "Metrics do not reach the store outside of the stack, and have holes there.",
      test: {
        series: { [`prometheus_remote_storage_samples_failed_total{${PROM}, pod="prometheus-0"}`]: "0+1x60" },
        at: "45m",
        labels: { pod: "prometheus-0" },
      },
    },
  ],
  panels: [
    { title: "Series", expr: `prometheus_tsdb_head_series{${PROM}}`, legend: "{{pod}}", unit: "short" },
    {
      title: "Slowest rules",
      expr: `max by (rule_group) (prometheus_rule_group_last_duration_seconds{${PROM}})`,
      legend: "{{rule_group}}",
      unit: "s",
    },
    {
      title: "Blocks on the volume",
      expr: `prometheus_tsdb_storage_blocks_bytes{${PROM}}`,
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Alertmanagers that it knows",
      expr: `prometheus_notifications_alertmanagers_discovered{${PROM}}`,
      legend: "{{pod}}",
      unit: "short",
    },
  ],
};

const AM = `job="${ALERTMANAGER}"`;

export const alertmanagerMonitoring: Monitoring = {
  scrapes: [
    { role: "server", ...alertmanager.METRICS },
    { role: "server", ...RELOADER_METRICS },
  ],
  alerts: [
    down(
      "AlertmanagerDown",
      upOf(ALERTMANAGER),
      "critical",
      "No Alertmanager answers: alerts are seen in Grafana alone.",
    ),
    reloadFailed(
      "AlertmanagerConfigurationRefused",
      "alertmanager_config_last_reload_successful",
      ALERTMANAGER,
      "Alertmanager refuses its configuration: changes of receivers have no effect.",
    ),
    {
      name: "AlertmanagerNotificationsFailing",
      expr: `sum by (integration) (increase(alertmanager_notifications_failed_total{${AM}}[15m])) > 0`,
      for: "5m",
      severity: "critical",
      summary: "Alerts do not reach a receiver.",
      test: {
        series: {
          [`alertmanager_notifications_failed_total{${AM}, pod="alertmanager-0", integration="slack"}`]: "0+1x40",
        },
        at: "30m",
        labels: { integration: "slack" },
      },
    },
    {
      name: "AlertmanagersApart",
      expr: `min(alertmanager_cluster_members{${AM}}) < count(alertmanager_cluster_members{${AM}})`,
      for: "15m",
      severity: "warning",
      summary: "Alertmanagers do not see each other: alerts come twice, and silences hold for some of them.",
      test: {
        series: {
          [`alertmanager_cluster_members{${AM}, pod="alertmanager-0"}`]: "1x40",
          [`alertmanager_cluster_members{${AM}, pod="alertmanager-1"}`]: "1x40",
        },
        at: "30m",
        labels: {},
      },
    },
  ],
  panels: [
    { title: "Alerts", expr: `sum by (state) (alertmanager_alerts{${AM}})`, legend: "{{state}}", unit: "short" },
    {
      title: "Notifications",
      expr: `sum by (integration) (rate(alertmanager_notifications_total{${AM}}[5m]))`,
      legend: "{{integration}}",
      unit: "reqps",
    },
    {
      title: "Notifications that failed",
      expr: `sum by (integration) (rate(alertmanager_notifications_failed_total{${AM}}[5m]))`,
      legend: "{{integration}}",
      unit: "reqps",
    },
  ],
};

/** The operator, and kube-state-metrics, whose series describe others: their labels `namespace` and `pod` stay. */
export const operatorMonitoring: Monitoring = {
  scrapes: [
    { role: OPERATOR, ...OPERATOR_METRICS },
    { role: STATE_METRICS, ...STATE_METRICS_PORT, ownLabels: true },
  ],
  alerts: [
    down(
      "PrometheusOperatorDown",
      OPERATOR_UP,
      "warning",
      "No Prometheus operator answers: new monitors and rules have no effect.",
    ),
    down(
      "KubeStateMetricsDown",
      upOf(STATE_METRICS),
      "critical",
      "Nobody reports on pods and quotas: alerts on restarts, pending pods and missing backups cannot fire.",
    ),
    {
      name: "PrometheusOperatorFailing",
      expr: "sum by (controller) (increase(prometheus_operator_reconcile_errors_total[15m])) > 3",
      for: "10m",
      severity: "warning",
      summary: "The Prometheus operator keeps failing to bring a resource to the state that the stack asks for.",
      test: {
        series: { 'prometheus_operator_reconcile_errors_total{controller="prometheus"}': "0+1x60" },
        at: "40m",
        labels: { controller: "prometheus" },
      },
    },
  ],
  panels: [
    {
      title: "Reconciliations that failed",
      expr: "sum by (controller) (rate(prometheus_operator_reconcile_errors_total[5m]))",
      legend: "{{controller}}",
      unit: "reqps",
    },
  ],
};
