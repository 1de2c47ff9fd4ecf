import type { ChartPods, Kind, MadeContainer, Operator, Port } from "./types";

/** Prometheus' operator, and the charts that it and its exporters come with. */

const WEB: Port = { name: "web", port: 9090 };
const ALERTS: Port = { name: "web", port: 9093 };
const MESH: Port = { name: "mesh", port: 9094 };
const RELOADER: Port = { name: "reloader-web", port: 8080 };

/** Sizes of the operator's own containers: the resource's, and those that it merges by name. */
function containers(main: string): MadeContainer[] {
  const reloader = "spec.containers[name=config-reloader]";
  const init = "spec.initContainers[name=init-config-reloader]";
  return [
    {
      name: main,
      image: "spec.image",
      resources: "spec.resources",
      security: `spec.containers[name=${main}].securityContext`,
    },
    { name: "config-reloader", at: reloader },
    { name: "init-config-reloader", kind: "init", at: init },
  ];
}

/** Pods of a resource whose StatefulSet has the kind's name before its own. */
function servers(name: "prometheus" | "alertmanager", ports: readonly Port[]): Kind {
  return {
    holdsData: "in its pods",
    pods: {
      labels: {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": "{name}",
        "app.kubernetes.io/managed-by": "prometheus-operator",
        [name]: "{name}",
      },
      labelsAt: "spec.podMetadata.labels",
      annotationsAt: "spec.podMetadata.annotations",
      containers: containers(name),
      claims: [{ at: "spec.storage.volumeClaimTemplate" }],
      ports: [...ports, RELOADER],
      needs:
        name === "prometheus"
          ? [{ to: "api-server", why: "it finds what it scrapes through the Kubernetes API" }]
          : [{ to: "role", role: "", ports: [MESH], why: "they tell each other of silences and of what they sent" }],
    },
    services: [{ name: `${name}-operated`, ports: ports.slice(0, 1) }],
  };
}

const chartPods = (role: string, at: string, name: string, ports: readonly Port[], enabledAt: string): ChartPods => ({
  role,
  at,
  labels: { "app.kubernetes.io/name": name },
  ports,
  enabledAt,
});

const NODE_EXPORTER: Port = { name: "metrics", at: "values.service.port", port: 9100 };

export const prometheus: Operator = {
  kinds: {
    // Annotations of alerts link to web pages.
    "monitoring.coreos.com/PrometheusRule": { pods: [], silent: true },
    "monitoring.coreos.com/Prometheus": servers("prometheus", [WEB]),
    "monitoring.coreos.com/Alertmanager": servers("alertmanager", [ALERTS, MESH]),
  },
  /** `PrometheusAgent` and `ThanosRuler` make pods that the pack does not read, so they are refused. */
  podless: { "monitoring.coreos.com": ["AlertmanagerConfig", "PodMonitor", "Probe", "ScrapeConfig", "ServiceMonitor"] },
  charts: {
    "prometheus-operator-crds": { operator: false, pods: [] },
    "kube-prometheus-stack": {
      operator: true,
      pods: [
        {
          ...chartPods(
            "operator",
            "prometheusOperator",
            "kube-prometheus-stack-prometheus-operator",
            [{ name: "http", port: 8080 }],
            "prometheusOperator.enabled",
          ),
          strategy: "prometheusOperator.strategy",
        },
        chartPods(
          "state-metrics",
          "kube-state-metrics",
          "kube-state-metrics",
          [{ name: "http", port: 8080 }],
          "kubeStateMetrics.enabled",
        ),
        chartPods(
          "node-exporter",
          "prometheus-node-exporter",
          "prometheus-node-exporter",
          [{ name: "http-metrics", port: 9100 }],
          "nodeExporter.enabled",
        ),
        chartPods("prometheus", "prometheus.prometheusSpec", "prometheus", [WEB], "prometheus.enabled"),
        chartPods(
          "alertmanager",
          "alertmanager.alertmanagerSpec",
          "alertmanager",
          [ALERTS, MESH],
          "alertmanager.enabled",
        ),
        chartPods("grafana", "grafana", "grafana", [{ name: "grafana", port: 3000 }], "grafana.enabled"),
      ],
    },
    // Its agents find pods through the API, and read files of their nodes.
    "alloy": {
      operator: true,
      pods: [
        {
          at: "controller",
          sizedAt: "alloy",
          surge: 0,
          labels: { "app.kubernetes.io/name": "alloy" },
          ports: [{ name: "http-metrics", at: "values.alloy.listenPort", port: 12_345 }],
        },
      ],
    },
    // Its agents read files of their nodes, and write to a store.
    "opentelemetry-collector": { operator: false, pods: [{ surge: 0, ports: [{ name: "metrics", port: 8888 }] }] },
    "prometheus-node-exporter": { operator: false, pods: [{ surge: 0, ports: [NODE_EXPORTER] }] },
  },
};
