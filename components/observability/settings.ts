import { z } from "zod";

import { pageUrl } from "../fields/addresses";
import { dnsLabel, labelMap, mode, podSelector, section } from "../fields/fields";

/** The cluster's own Prometheus and Grafana, where they are used. */
export const existing = section({
  mode: mode("existing", "off")
    .default("off")
    .describe("use the Prometheus operator and Grafana of the cluster, or none of these; default off"),
  namespace: dnsLabel.default("monitoring").describe("namespace of Prometheus and Grafana; default monitoring"),
  selector: labelMap
    .default({ release: "kube-prometheus-stack" })
    .describe("labels by which Prometheus finds monitors and rules; default { release: kube-prometheus-stack }"),
  prometheusLabels: podSelector
    .default({ "app.kubernetes.io/name": "prometheus" })
    .describe("labels of the pods that scrape; default { app.kubernetes.io/name: prometheus }"),
  dashboardLabels: labelMap
    .default({ grafana_dashboard: "1" })
    .describe("labels by which Grafana's sidecar finds dashboards; default { grafana_dashboard: '1' }"),
  runbooks: pageUrl
    .optional()
    .describe(
      "URL of your copy of docs/runbooks.md, which alerts link to with their name as anchor; default none: alerts have the steps themselves",
    ),
  isolated: z
    .boolean()
    .default(false)
    .describe(
      "whether the namespace denies traffic by default, so that policies of its side are needed; default false",
    ),
});

export type ExistingSettings = z.output<typeof existing>;
