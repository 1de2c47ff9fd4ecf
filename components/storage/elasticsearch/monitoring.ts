import { nothingReady, podMissing } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { SEARCH_METRICS } from "../search-exporter";
import { searchAlerts, type Searched, searchPanels } from "../search-monitoring";

/** Alert on a StatefulSet with fewer ready pods than it should have. */
const missing = (name: string, sets: string, example: string, summary: string): Alert => ({
  name,
  ...podMissing(sets, { namespace: "lakehouse-storage", name: example }),
  for: "15m",
  severity: "warning",
  summary,
});

const kibana: readonly Alert[] = [
  {
    name: "KibanaDown",
    ...nothingReady("kibana-kb", { namespace: "lakehouse-storage" }),
    for: "10m",
    severity: "warning",
    summary: "Kibana does not answer: people see no logs.",
  },
];

const SEARCHED: Searched = {
  word: "Elasticsearch",
  job: "elasticsearch-access",
  cluster: "elasticsearch",
  node: "elasticsearch-es-data-0",
};

/** Names of series are those of elasticsearch_exporter and kube-state-metrics; names of sets are the operator's. */
export const monitoring: Monitoring = {
  scrapes: [],
  alerts: [
    missing(
      "ElasticsearchNodeMissing",
      'statefulset=~"elasticsearch-es-(data|manager)"',
      "elasticsearch-es-data",
      "A node of Elasticsearch is not ready: shards have fewer copies, or the cluster fewer that elect its master.",
    ),
  ],
  panels: [],
};

export const accessMonitoring: Monitoring = {
  scrapes: [{ role: "exporter", ...SEARCH_METRICS }],
  alerts: searchAlerts(SEARCHED),
  panels: searchPanels(SEARCHED),
};

export const kibanaMonitoring: Monitoring = { scrapes: [], alerts: kibana, panels: [] };

export const logstashMonitoring: Monitoring = {
  scrapes: [],
  alerts: [
    missing(
      "LogstashNotReady",
      'statefulset="logstash-ls"',
      "logstash-ls",
      "A Logstash is not ready: its partitions are read by others, or by none, and its queue waits on its volume.",
    ),
  ],
  panels: [
    {
      title: "Records not read yet",
      expr: 'sum by (topic) (kafka_consumergroup_lag{consumergroup=~"logstash-.*"})',
      legend: "{{topic}}",
      unit: "short",
    },
  ],
};
