import { podMissing, taskTooOld, volumeFilling } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { BACKUP, NAME, rolesOf } from "./pods";
import type { MilvusSettings } from "./settings";

const NAMESPACE = 'namespace="lakehouse-query"';
const DOOR = `pod=~"${NAME}-(proxy|standalone)-.*"`;
const PROXY = `${NAME}-proxy-5f7c9-x2x4z`;
const CLAIMS = `persistentvolumeclaim=~"cache-${NAME}-.*"`;
/** Workloads of both modes. */
const DEPLOYMENTS = `deployment=~"${NAME}-(proxy|mixcoord|datanode|streamingnode)"`;
const SETS = `statefulset=~"${NAME}-(querynode|standalone)"`;

const failing = (window: string) =>
  `sum by (namespace, function_name) (rate(milvus_proxy_req_count{status="fail"}[${window}])) / sum by (namespace, function_name) (rate(milvus_proxy_req_count{status="total"}[${window}]))`;

const alerts: readonly Alert[] = [
  {
    name: "MilvusDown",
    expr: `absent(up{job="${NAME}",${DOOR}} == 1)`,
    for: "2m",
    severity: "critical",
    summary: "Milvus takes no requests: no proxy, or not the one process, answers.",
    test: { series: { [`up{job="${NAME}",${NAMESPACE},pod="${PROXY}"}`]: "0x20" }, at: "5m", labels: {} },
  },
  {
    name: "MilvusPodMissing",
    ...podMissing(DEPLOYMENTS, { kind: "deployment", namespace: "lakehouse-query", name: "milvus-mixcoord" }),
    for: "15m",
    severity: "warning",
    summary: "A pod of Milvus is not ready: others of its kind do its work, or nobody does.",
  },
  {
    name: "MilvusQueryNodeMissing",
    ...podMissing(SETS, { namespace: "lakehouse-query", name: "milvus-querynode" }),
    for: "15m",
    severity: "warning",
    summary:
      "A query node of Milvus, or its one process, is not ready: what it had loaded is searched elsewhere, or not at all.",
  },
  {
    name: "MilvusRequestsFailing",
    expr: `${failing("5m")} > 0.05`,
    for: "10m",
    severity: "warning",
    summary: "More than one in twenty requests of a kind fail in Milvus.",
    test: {
      series: {
        [`milvus_proxy_req_count{${NAMESPACE},function_name="Search",status="fail"}`]: "0+12x40",
        [`milvus_proxy_req_count{${NAMESPACE},function_name="Search",status="total"}`]: "0+60x40",
      },
      at: "25m",
      labels: { namespace: "lakehouse-query", function_name: "Search" },
    },
  },
  {
    name: "MilvusSearchSlow",
    expr: "histogram_quantile(0.95, sum by (namespace, query_type, le) (rate(milvus_proxy_sq_latency_bucket[10m]))) > 2000",
    for: "15m",
    severity: "warning",
    summary: "One in twenty searches takes longer than two seconds in Milvus.",
    test: {
      series: Object.fromEntries(
        [
          ["1024", "0+10x60"],
          ["4096", "0+60x60"],
          ["+Inf", "0+60x60"],
        ].map(([le = "", values = ""]) => [
          `milvus_proxy_sq_latency_bucket{${NAMESPACE},query_type="search",le="${le}"}`,
          values,
        ]),
      ),
      at: "40m",
      labels: { namespace: "lakehouse-query", query_type: "search" },
    },
  },
  {
    name: "MilvusCacheFilling",
    ...volumeFilling(CLAIMS, 0.1, { namespace: "lakehouse-query", name: "cache-milvus-querynode-0" }),
    for: "15m",
    severity: "warning",
    summary: "The disk for loaded collections is nine tenths full: Milvus soon refuses to load more.",
  },
  {
    name: "MilvusBackupTooOld",
    ...taskTooOld(`${NAME}-${BACKUP}`, 36, "lakehouse-query"),
    for: "30m",
    severity: "warning",
    summary: "The newest copy of Milvus is older than 36 hours.",
  },
];

/** Names of series are those of Milvus' own endpoint, of kube-state-metrics and of the kubelet. */
export const monitoringOf = (settings: Pick<MilvusSettings, "mode">): Monitoring => ({
  scrapes: rolesOf(settings).map((role) => ({ role, ...METRICS })),
  alerts,
  panels: [
    {
      title: "Requests",
      expr: 'sum by (function_name) (rate(milvus_proxy_req_count{status="total"}[5m]))',
      legend: "{{function_name}}",
      unit: "reqps",
    },
    {
      title: "Requests that failed",
      expr: 'sum by (function_name) (rate(milvus_proxy_req_count{status="fail"}[5m]))',
      legend: "{{function_name}}",
      unit: "reqps",
    },
    {
      title: "Time of a search, 95 %",
      expr: "histogram_quantile(0.95, sum by (query_type, le) (rate(milvus_proxy_sq_latency_bucket[5m]))) / 1000",
      legend: "{{query_type}}",
      unit: "s",
    },
    {
      title: "Vectors that are loaded",
      expr: "sum by (pod) (milvus_querynode_entity_num)",
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Segments",
      expr: "sum by (segment_state) (milvus_datacoord_segment_num)",
      legend: "{{segment_state}}",
      unit: "short",
    },
    { title: "Stored", expr: "sum(milvus_datacoord_stored_binlog_size)", legend: "binlogs", unit: "bytes" },
  ],
});
