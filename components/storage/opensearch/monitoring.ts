import { nothingReady, podMissing } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { SEARCH_METRICS } from "../search-exporter";
import { searchAlerts, type Searched, searchPanels } from "../search-monitoring";

const SETS = 'statefulset=~"opensearch-(data|manager)"';

const nodes: readonly Alert[] = [
  {
    name: "OpenSearchNodeMissing",
    ...podMissing(SETS, { namespace: "lakehouse-storage", name: "opensearch-data" }),
    for: "15m",
    severity: "warning",
    summary: "A node of OpenSearch is not ready: shards have fewer copies, or the cluster fewer who lead it.",
  },
];

const dashboards: readonly Alert[] = [
  {
    name: "OpenSearchDashboardsDown",
    ...nothingReady("opensearch-dashboards-server", { namespace: "lakehouse-storage" }),
    for: "10m",
    severity: "warning",
    summary: "OpenSearch Dashboards does not answer: people see no logs.",
  },
];

/** Names of series are those of elasticsearch_exporter and kube-state-metrics. */
export const monitoring: Monitoring = { scrapes: [], alerts: nodes, panels: [] };

const SEARCHED: Searched = {
  word: "OpenSearch",
  job: "opensearch-access",
  cluster: "opensearch",
  node: "opensearch-data-0",
};

export const accessMonitoring: Monitoring = {
  scrapes: [{ role: "exporter", ...SEARCH_METRICS }],
  alerts: searchAlerts(SEARCHED),
  panels: searchPanels(SEARCHED),
};

export const dashboardsMonitoring: Monitoring = { scrapes: [], alerts: dashboards, panels: [] };
