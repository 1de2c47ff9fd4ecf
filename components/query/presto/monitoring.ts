import type { Monitoring } from "../../core/monitoring";
import { json } from "../../core/render";
import { ROOT } from "./access";
import { METRICS_PORT } from "./config";

const PRESTO = "com.facebook.presto";

/** Rules for Presto's beans, with the names that they have in a running 0.287 and in the classes of 0.298. Written as JSON, which is YAML too. */
export function jmxExporter(): string {
  const bean = (path: string, attribute: string) => {
    const [of, name] = path.split(":") as [string, string];
    return `${`${PRESTO}.${of}`.replaceAll(".", String.raw`\.`)}<${name}><>${attribute}`;
  };
  const total = String.raw`\.TotalCount`;
  const queries = "dispatcher:name=DispatchManager";
  // The dispatcher's own count of what waits grows by one with each query that is refused, and never falls.
  const group = "execution.resourceGroups:type=InternalResourceGroup, name=(.+)";
  const pool = "memory:type=MemoryPool, name=(\\w+)";
  const gauge = { type: "GAUGE" };
  const counter = { type: "COUNTER" };
  return json({
    includeObjectNames: [
      `${PRESTO}.dispatcher:name=DispatchManager`,
      `${PRESTO}.execution.resourceGroups:type=InternalResourceGroup,*`,
      `${PRESTO}.memory:*`,
      `${PRESTO}.metadata:name=DiscoveryNodeManager`,
      `${PRESTO}.spiller:name=SpillerStats`,
    ],
    rules: [
      { pattern: bean(group, "RunningQueries"), name: "presto_group_running", labels: { group: "$1" }, ...gauge },
      { pattern: bean(group, "QueuedQueries"), name: "presto_group_queued", labels: { group: "$1" }, ...gauge },
      { pattern: bean(queries, `CompletedQueries${total}`), name: "presto_queries_completed_total", ...counter },
      { pattern: bean(queries, `FailedQueries${total}`), name: "presto_queries_failed_total", ...counter },
      { pattern: bean(queries, `InternalFailures${total}`), name: "presto_internal_failures_total", ...counter },
      {
        pattern: bean("memory:name=ClusterMemoryManager", "QueriesKilledDueToOutOfMemory"),
        name: "presto_queries_killed_total",
        ...counter,
      },
      { pattern: bean(pool, "ReservedBytes"), name: "presto_memory_reserved_bytes", labels: { pool: "$1" }, ...gauge },
      { pattern: bean(pool, "MaxBytes"), name: "presto_memory_max_bytes", labels: { pool: "$1" }, ...gauge },
      { pattern: bean("metadata:name=DiscoveryNodeManager", "ActiveNodeCount"), name: "presto_nodes_active", ...gauge },
      {
        pattern: bean("spiller:name=SpillerStats", "TotalSpilledBytes"),
        name: "presto_spilled_bytes_total",
        ...counter,
      },
    ],
  });
}

const COORDINATOR = 'pod=~"presto-coordinator-.*"';
const WORKERS = 'pod=~"presto-worker-.*"';
const ALL = `group="${ROOT}"`;
const scrape = { portName: "metrics", port: METRICS_PORT };

/** @param workers whether there are any besides the coordinator */
export const monitoring = (workers: boolean): Monitoring => ({
  scrapes: [{ ...scrape, role: "coordinator" }, ...(workers ? [{ ...scrape, role: "worker" }] : [])],
  alerts: [
    {
      name: "PrestoCoordinatorDown",
      expr: `absent(up{${COORDINATOR}} == 1)`,
      for: "2m",
      severity: "critical",
      summary: "No Presto coordinator answers: no ad hoc query can run.",
      test: { series: { 'up{pod="presto-coordinator-0"}': "0x10" }, at: "5m", labels: {} },
    },
    {
      name: "PrestoWorkerMissing",
      expr: `count(up{${WORKERS}} == 0) > 0`,
      for: "10m",
      severity: "warning",
      summary: "A Presto worker does not answer: queries are slower and may run out of memory.",
      test: {
        series: { 'up{pod="presto-worker-a"}': "1x20", 'up{pod="presto-worker-b"}': "0x20" },
        at: "15m",
        labels: {},
      },
    },
    {
      name: "PrestoQueriesWait",
      expr: `sum(presto_group_queued{${ALL}}) > 0 and sum(presto_group_running{${ALL}}) > 0`,
      for: "15m",
      severity: "warning",
      summary: "Queries have waited for a place in their resource group for 15 minutes.",
      test: {
        series: { [`presto_group_queued{${ALL}}`]: "3x30", [`presto_group_running{${ALL}}`]: "10x30" },
        at: "20m",
        labels: {},
      },
    },
    {
      name: "PrestoInternalFailures",
      expr: "sum(increase(presto_internal_failures_total[15m])) > 0",
      for: "0m",
      severity: "warning",
      summary: "Queries fail by an error of Presto itself: its configuration, a version that does not fit, or a bug.",
      test: { series: { presto_internal_failures_total: "0x5 3x20" }, at: "10m", labels: {} },
    },
    {
      name: "PrestoOutOfMemory",
      expr: "sum(increase(presto_queries_killed_total[1h])) > 0",
      for: "0m",
      severity: "warning",
      summary: "Presto has ended queries because the cluster had no memory left for them.",
      test: { series: { presto_queries_killed_total: "0x5 2x20" }, at: "10m", labels: {} },
    },
  ],
  panels: [
    { title: "Running queries", expr: "sum by (group) (presto_group_running)", legend: "{{group}}", unit: "short" },
    { title: "Waiting queries", expr: "sum by (group) (presto_group_queued)", legend: "{{group}}", unit: "short" },
    { title: "Failed queries", expr: "sum(rate(presto_queries_failed_total[5m]))", legend: "failed", unit: "reqps" },
    {
      title: "Memory held by queries",
      expr: 'sum by (pod) (presto_memory_reserved_bytes{pool="general"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Spilled to disk",
      expr: "sum by (pod) (rate(presto_spilled_bytes_total[5m]))",
      legend: "{{pod}}",
      unit: "Bps",
    },
    {
      title: "Memory of pods",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"presto-.*", container="presto"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
});
