import type { Alert, Panel } from "../core/monitoring";

/** Alerts and panels on the metrics of elasticsearch_exporter, which OpenSearch and Elasticsearch share: each sees its own only. */

export interface Searched {
  /** Prefix of the alerts' names, and the store's name in their texts. */
  readonly word: string;
  /** Service of the exporter. */
  readonly job: string;
  readonly cluster: string;
  /** A node, for the alerts' tests. */
  readonly node: string;
}

const HOUR = 3600;
/** A copy is made each day; one that is late by a half is missed. */
const LATE = 36 * HOUR;

export const searchAlerts = ({ word, job, cluster, node }: Searched): readonly Alert[] => [
  {
    name: `${word}Unwatched`,
    expr: `absent(elasticsearch_cluster_health_up{job="${job}"} == 1)`,
    for: "10m",
    severity: "critical",
    summary: `Nobody can say how ${word} is: its exporter is away, or no node answers it.`,
    test: { series: { [`elasticsearch_cluster_health_up{job="${job}"}`]: "0x20" }, at: "15m", labels: {} },
  },
  {
    name: `${word}Red`,
    expr: `max by (cluster) (elasticsearch_cluster_health_status{job="${job}",color="red"}) == 1`,
    for: "5m",
    severity: "critical",
    summary: `${word} has shards without any copy: their records are neither found nor taken.`,
    test: {
      series: { [`elasticsearch_cluster_health_status{job="${job}",cluster="${cluster}",color="red"}`]: "1x10" },
      at: "8m",
      labels: { cluster },
    },
  },
  {
    name: `${word}Yellow`,
    expr: `max by (cluster) (elasticsearch_cluster_health_status{job="${job}",color="yellow"}) == 1`,
    for: "30m",
    severity: "warning",
    summary: `${word} has shards with fewer copies than they should have: one more lost node may lose records.`,
    test: {
      series: { [`elasticsearch_cluster_health_status{job="${job}",cluster="${cluster}",color="yellow"}`]: "1x40" },
      at: "35m",
      labels: { cluster },
    },
  },
  {
    name: `${word}DiskWatermark`,
    expr: `min by (cluster, name) (elasticsearch_filesystem_data_available_bytes{job="${job}"} / elasticsearch_filesystem_data_size_bytes{job="${job}"}) < 0.15`,
    for: "10m",
    severity: "warning",
    summary: `A node of ${word} has less than 15 % of its disk: no new shards go there, below 5 % its indices take no writes.`,
    test: {
      series: {
        [`elasticsearch_filesystem_data_available_bytes{job="${job}",cluster="${cluster}",name="${node}"}`]: "10x30",
        [`elasticsearch_filesystem_data_size_bytes{job="${job}",cluster="${cluster}",name="${node}"}`]: "100x30",
      },
      at: "15m",
      labels: { cluster, name: node },
    },
  },
  {
    name: `${word}HeapPressure`,
    expr: `min by (cluster, name) (min_over_time((elasticsearch_jvm_memory_used_bytes{job="${job}",area="heap"} / elasticsearch_jvm_memory_max_bytes{job="${job}",area="heap"})[15m:1m])) > 0.85`,
    for: "5m",
    severity: "warning",
    summary: `The heap of a node of ${word} stays nine tenths full, whatever is collected: requests are refused soon.`,
    test: {
      series: {
        [`elasticsearch_jvm_memory_used_bytes{job="${job}",cluster="${cluster}",name="${node}",area="heap"}`]: "90x40",
        [`elasticsearch_jvm_memory_max_bytes{job="${job}",cluster="${cluster}",name="${node}",area="heap"}`]: "100x40",
      },
      at: "30m",
      labels: { cluster, name: node },
    },
  },
  {
    name: `${word}SnapshotMissing`,
    expr: `time() - max by (repository) (elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds{job="${job}"}) > ${String(LATE)}`,
    for: "1h",
    severity: "critical",
    summary: `No copy of ${word} was finished for 36 hours.`,
    test: {
      series: {
        [`elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds{job="${job}",repository="backups"}`]: "0x2400",
      },
      at: "38h",
      labels: { repository: "backups" },
    },
  },
];

export const searchPanels = ({ job }: Searched): readonly Panel[] => [
  {
    title: "Documents written",
    expr: `sum by (name) (rate(elasticsearch_indices_indexing_index_total{job="${job}"}[5m]))`,
    legend: "{{name}}",
    unit: "short",
  },
  {
    title: "Searches",
    expr: `sum by (name) (rate(elasticsearch_indices_search_query_total{job="${job}"}[5m]))`,
    legend: "{{name}}",
    unit: "reqps",
  },
  {
    title: "Heap",
    expr: `sum by (name) (elasticsearch_jvm_memory_used_bytes{job="${job}",area="heap"})`,
    legend: "{{name}}",
    unit: "bytes",
  },
  {
    title: "Free disk",
    expr: `min by (name) (elasticsearch_filesystem_data_available_bytes{job="${job}"})`,
    legend: "{{name}}",
    unit: "bytes",
  },
  {
    title: "Shards without a place",
    expr: `sum by (cluster) (elasticsearch_cluster_health_unassigned_shards{job="${job}"})`,
    legend: "{{cluster}}",
    unit: "short",
  },
];
