import { description } from "../description";

export const prometheus = description({
  artefacts: {
    prometheus: {
      what: "Prometheus",
      version: "2.42",
      from: { kind: "debian", package: "prometheus", program: "prometheus" },
      standsFor: { version: "the cluster's own", why: "the stack installs none; this is Debian's" },
    },
    alertmanager: {
      what: "Alertmanager",
      version: "v0.28.1",
      from: { kind: "go", module: "alertmanager", packages: ["github.com/prometheus/alertmanager/cmd/alertmanager"] },
      standsFor: { version: "the cluster's own", why: "the stack installs none" },
    },
  },
  proofs: [
    {
      system: "alerts, by Prometheus and Alertmanager",
      from: "all PrometheusRules of the prod stack, on the engines of this one; paths and users of its PodMonitors",
      seen: [
        "are loaded and evaluated, and every engine answers the rendered scrapes",
        "fire only for engines that are missing here while all others are healthy",
        "fire for a record that the job cannot read",
        "fire for a failed task of a connector, and resolve when it works again",
        "fire when engines crash and resolve when they are back; every order is there exactly once",
      ],
    },
  ],
  allowed: [
    {
      file: /^prometheus\/[\w-]+$/,
      key: /^\w+ for$/,
      kind: "shorter",
      why: "an alert that fires only after minutes is too slow for a test",
    },
    { file: /^prometheus\/[\w-]+$/, key: /^scrape interval$/, kind: "shorter", why: "tests need frequent scrapes" },
  ],
  absent: [
    ["alerts that need a cluster, another operator's metrics or more minutes", "the test of alerts names each of them"],
  ],
});
