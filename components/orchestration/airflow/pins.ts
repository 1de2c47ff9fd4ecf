import { pinned } from "../../core/pins";

export const pins = pinned({
  // Never 3.2.2: the provider for Kubernetes in its image (10.17.1) lets schedulers of KubernetesExecutor crash again and again.
  airflow: { version: "3.3.2", licence: "Apache-2.0", image: "docker.io/apache/airflow:{version}" },
  statsdExporter: {
    version: "0.30.0",
    licence: "Apache-2.0",
    held: { pin: "0.30.0", newest: "0.31.0", read: "2026-12-01", why: "the one that upstream's chart 1.22.0 runs" },
    image: "quay.io/prometheus/statsd-exporter:v{version}",
  },
});
