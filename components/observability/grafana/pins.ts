import { pinned } from "../../core/pins";

export const pins = pinned({
  // The image of the open edition alone.
  grafana: { version: "13.2.0", licence: "AGPL-3.0-only", image: "docker.io/grafana/grafana:{version}" },
  dashboardSidecar: { version: "2.10.1", licence: "MIT", image: "quay.io/kiwigrid/k8s-sidecar:{version}" },
});
