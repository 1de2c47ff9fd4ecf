import type { Operator } from "./types";

/** Prometheus' operator. `Alertmanager`, `Prometheus`, `PrometheusAgent` and `ThanosRuler` make pods that the pack does not read, so they are refused. */
export const prometheus: Operator = {
  kinds: {
    // Annotations of alerts link to web pages.
    "monitoring.coreos.com/PrometheusRule": { pods: [], silent: true },
  },
  podless: { "monitoring.coreos.com": ["AlertmanagerConfig", "PodMonitor", "Probe", "ScrapeConfig", "ServiceMonitor"] },
};
