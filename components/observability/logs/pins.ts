import { pinned } from "../../core/pins";

export const pins = pinned({
  // Version of the chart grafana-community/loki 18.11.0, whose values were read.
  loki: { version: "3.7.6", licence: "AGPL-3.0-only", image: "docker.io/grafana/loki:{version}" },
  alloy: {
    version: "1.18.1",
    licence: "Apache-2.0",
    image: "docker.io/grafana/alloy:v{version}",
    chart: { chart: "alloy", version: "1.11.1", repository: "https://grafana.github.io/helm-charts" },
  },
  // Of the middle of 2026 its exporters to search stores drop what they cannot send at once: docs/decisions/0062.
  collector: {
    version: "0.165.1",
    licence: "Apache-2.0",
    image: "docker.io/otel/opentelemetry-collector-contrib:{version}",
    chart: {
      chart: "opentelemetry-collector",
      version: "0.170.0",
      repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
    },
  },
});
