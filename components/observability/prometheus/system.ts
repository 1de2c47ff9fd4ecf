import { system } from "../../core/system";
import { chart, image, operator } from "../../core/uses";
import * as alertmanager from "./alertmanager.config";
import { check } from "./check";
import { exporterMonitoring } from "./exporter.monitoring";
import { alertmanagerMonitoring, monitoring, operatorMonitoring } from "./monitoring";
import { pins } from "./pins";
import * as pods from "./pods";
import { HEALTH, PORT } from "./prometheus.config";
import { prometheus as settings } from "./settings";

const source = {
  service: pods.PROMETHEUS,
  setting: "lakehouse:observability.prometheus.enabled",
  instead: "false, with lakehouse:observability.mode: existing",
};

export const prometheus = system({
  section: "observability",
  key: "prometheus",
  summary:
    "Metrics and alerts of every service, of nodes and of Kubernetes: Prometheus and Alertmanager, by their operator.",
  settings,
  presets: {
    dev: {
      server: { replicas: 1, cpu: 0.1, memory: "512Mi" },
      volume: "5Gi",
      retentionDays: 3,
      alertmanager: { server: { replicas: 1, cpu: 0.01, memory: "64Mi" } },
      operatorSize: { cpu: 0.05, memory: "128Mi" },
      stateMetrics: { cpu: 0.02, memory: "128Mi" },
    },
    minimal: { server: { replicas: 2, cpu: 2, memory: "16Gi" }, volume: "200Gi" },
    medium: { server: { replicas: 2, cpu: 4, memory: "24Gi" }, volume: "500Gi", retentionDays: 30 },
    large: { server: { replicas: 2, cpu: 8, memory: "48Gi" }, volume: "1Ti", retentionDays: 30 },
  },
  // Programs in Go, which keep to their limit by themselves; Prometheus reads its log of some hours at its start.
  least: { "server": 256, "alertmanager.server": 0, "operatorSize": 0, "stateMetrics": 0 },
  check,
  compose: { cannot: "its operator makes its servers, which find what they scrape by Kubernetes" },
  pins,
  uses: () => [
    ...operator(pins.prometheusOperator, source),
    chart(pins.prometheusOperatorCrds, source),
    image(pins.prometheusReloader, source),
    image(pins.prometheus, source),
    image(pins.alertmanager, source),
    image(pins.kubeStateMetrics, source),
    ...operator(pins.nodeExporter, source),
  ],
  needs: {},
  gives: ["metrics"],
  pods: ({ platform, settings: own }) => [
    ...pods.operatorPods(platform, own),
    ...pods.exporterPods(platform),
    ...pods.alertmanagerPods(platform, own),
    ...pods.prometheusPods(platform, own),
  ],
  monitoring: () => ({
    [pods.OPERATOR]: operatorMonitoring,
    [pods.NODE_EXPORTER]: exporterMonitoring,
    [pods.ALERTMANAGER]: alertmanagerMonitoring,
    [pods.PROMETHEUS]: monitoring,
  }),
  doors: ({ platform }) => {
    const door = (service: string, port: number, health: string) =>
      ({
        name: service,
        kind: "web",
        namespace: platform.namespace("observability"),
        service,
        port,
        health,
        signIn: undefined,
      }) as const;
    return [door(pods.PROMETHEUS, PORT, HEALTH), door(pods.ALERTMANAGER, alertmanager.PORT, alertmanager.HEALTH)];
  },
  create: (args, opts) => {
    const made = require("./prometheus") as typeof import("./prometheus");
    const operators = made.prometheusOperator(args, opts);
    const exporter = new made.NodeExporter(args, opts);
    const alerts = new made.Alertmanager(args, operators, opts);
    const metrics = new made.Prometheus(args, operators, alerts, opts);
    return { services: [operators, exporter, alerts, metrics], metrics };
  },
});
