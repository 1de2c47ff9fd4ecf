import { pinned } from "../../core/pins";

export const pins = pinned({
  sparkOperator: {
    version: "2.5.2",
    licence: "Apache-2.0",
    // The chart's default image.
    image: "ghcr.io/kubeflow/spark-operator/controller:{version}",
    chart: { chart: "spark-operator", repository: "https://kubeflow.github.io/spark-operator" },
  },
});
