import { pinned } from "../../core/pins";

const licence = "Apache-2.0";
const operator = { version: "0.93.1", licence } as const;
const repository = "oci://ghcr.io/prometheus-community/charts";

/** Charts, and the versions that they were released with, were read at the tag kube-prometheus-stack-88.5.3. */
export const pins = pinned({
  prometheusOperator: {
    ...operator,
    held: {
      pin: "0.93.1",
      newest: "0.94.1",
      read: "2026-11-30",
      why: "the version of the chart and of the CRDs that were read",
    },
    image: "quay.io/prometheus-operator/prometheus-operator:v{version}",
    chart: { chart: "kube-prometheus-stack", version: "88.5.3", repository },
  },
  prometheusOperatorCrds: { ...operator, chart: { chart: "prometheus-operator-crds", version: "31.0.1", repository } },
  prometheusReloader: { ...operator, image: "quay.io/prometheus-operator/prometheus-config-reloader:v{version}" },
  prometheus: { version: "3.14.0", licence, image: "quay.io/prometheus/prometheus:v{version}-distroless" },
  alertmanager: { version: "0.34.0", licence, image: "quay.io/prometheus/alertmanager:v{version}" },
  kubeStateMetrics: {
    version: "2.20.0",
    licence,
    image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v{version}",
  },
  nodeExporter: {
    version: "1.12.1",
    licence,
    image: "quay.io/prometheus/node-exporter:v{version}-distroless",
    chart: { chart: "prometheus-node-exporter", version: "4.56.1", repository },
  },
});
