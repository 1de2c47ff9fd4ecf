import { podMissing, volumeFilling } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { ROLES } from "./pods";

const NAMESPACE = 'namespace="lakehouse-druid"';
const down = (role: string): Pick<Alert, "expr" | "for" | "test"> => ({
  expr: `absent(up{job="druid",pod=~"druid-${role}-.*"} == 1)`,
  for: "5m",
  test: { series: { [`up{job="druid",${NAMESPACE},pod="druid-${role}-5f7c9-x2x4z"}`]: "0x20" }, at: "10m", labels: {} },
});
const CLAIMS = 'persistentvolumeclaim=~"segments-druid-historical-.*"';

const alerts: readonly Alert[] = [
  {
    name: "DruidCoordinatorDown",
    ...down("coordinator"),
    severity: "critical",
    summary: "No coordinator of Druid answers: nothing is taken in, and no segment moves.",
  },
  {
    name: "DruidBrokerDown",
    ...down("broker"),
    for: "2m",
    severity: "critical",
    summary: "No broker of Druid answers: no question does either.",
  },
  {
    name: "DruidHistoricalMissing",
    ...podMissing('statefulset="druid-historical"', { namespace: "lakehouse-druid", name: "druid-historical" }),
    for: "15m",
    severity: "warning",
    summary: "A historical of Druid is not ready: others take its segments where they have room.",
  },
  {
    name: "DruidSegmentsUnavailable",
    expr: "max by (dataSource) (druid_segment_unavailable_count) > 0",
    for: "15m",
    severity: "warning",
    summary: "Segments are on no historical: answers lack their rows.",
    test: {
      series: { 'druid_segment_unavailable_count{dataSource="orders"}': "3x30" },
      at: "20m",
      labels: { dataSource: "orders" },
    },
  },
  {
    name: "DruidIngestionLagging",
    expr: "max by (dataSource) (druid_ingest_kafka_lag) > 0 and max by (dataSource) (druid_ingest_kafka_lag) > max by (dataSource) (druid_ingest_kafka_lag offset 10m)",
    for: "15m",
    severity: "warning",
    summary: "Druid falls further behind a topic: new events are missing from answers.",
    test: {
      series: { 'druid_ingest_kafka_lag{dataSource="orders"}': "0+100x60" },
      at: "40m",
      labels: { dataSource: "orders" },
    },
  },
  {
    name: "DruidSegmentCacheFull",
    expr: "sum by (namespace, pod) (druid_segment_usedPercent) > 0.9",
    for: "15m",
    severity: "warning",
    summary: "A historical of Druid has little room left: new segments soon have no place.",
    test: {
      series: {
        [`druid_segment_usedPercent{${NAMESPACE},pod="druid-historical-0",dataSource="orders"}`]: "0.5x30",
        [`druid_segment_usedPercent{${NAMESPACE},pod="druid-historical-0",dataSource="clicks"}`]: "0.45x30",
      },
      at: "20m",
      labels: { namespace: "lakehouse-druid", pod: "druid-historical-0" },
    },
  },
  {
    name: "DruidDiskFilling",
    ...volumeFilling(CLAIMS, 0.05, { namespace: "lakehouse-druid", name: "segments-druid-historical-0" }),
    for: "15m",
    severity: "warning",
    summary: "A volume of a historical has less than 5 % left, which Druid's own bound should not let happen.",
  },
];

/** Names of series are those of Druid's own emitter for Prometheus, kube-state-metrics and the kubelet. */
export const monitoring: Monitoring = {
  scrapes: ROLES.map((role) => ({ role, ...METRICS })),
  alerts,
  panels: [
    {
      title: "Questions",
      expr: 'sum by (dataSource) (rate(druid_query_time_count{pod=~"druid-broker-.*"}[5m]))',
      legend: "{{dataSource}}",
      unit: "reqps",
    },
    {
      title: "Time of a question, 95 %",
      expr: 'histogram_quantile(0.95, sum by (le) (rate(druid_query_time_bucket{pod=~"druid-broker-.*"}[5m])))',
      legend: "95 %",
      unit: "s",
    },
    { title: "Segments on disk", expr: "sum by (pod) (druid_segment_used)", legend: "{{pod}}", unit: "bytes" },
    {
      title: "Records not read yet",
      expr: "max by (dataSource) (druid_ingest_kafka_lag)",
      legend: "{{dataSource}}",
      unit: "short",
    },
    {
      title: "Segments on no historical",
      expr: "max by (dataSource) (druid_segment_unavailable_count)",
      legend: "{{dataSource}}",
      unit: "short",
    },
  ],
};
