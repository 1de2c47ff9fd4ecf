import { burnAlerts, burnPanel, type Objective } from "../../core/burn-rate";
import type { Monitoring } from "../../core/monitoring";
import { serviceHost } from "../../core/endpoint";
import { CERTIFICATE, PORT, SECURE_PORT } from "./config";

/** A node that anybody may ask takes a user, who has no password over plain HTTP. */
const OPEN = { portName: "http", port: PORT, basicAuthSecret: "trino-metrics" };

const QUERIES = "trino_execution_name_QueryManager_";
/** Errors of Trino, of what it reads from, and for want of memory or time. A mistake in a question is its author's. */
const FAULTS = ["InternalFailures", "ExternalFailures", "InsufficientResourcesFailures"];

const SUCCEEDS: Objective = {
  name: "TrinoQueries",
  target: 0.99,
  promise: "99 % of the queries do not fail by the platform",
  failures: (window) => {
    const increase = (counter: string) => `sum(increase(${QUERIES}${counter}[${window}]))`;
    return `((${FAULTS.map(increase).join(" + ")}) / ${increase("CompletedQueries")})`;
  },
  tests: {
    fast: { series: faults("0+2x90", "0+10x90"), at: "80m", labels: {} },
    // One in twenty-five.
    slow: { series: faults("0+4x480", "0+100x480"), at: "470m", labels: {} },
  },
};

function faults(internal: string, completed: string): Record<string, string> {
  const others = FAULTS.filter((name) => name !== "InternalFailures");
  return {
    [`${QUERIES}InternalFailures`]: internal,
    ...Object.fromEntries(others.map((name): [string, string] => [`${QUERIES}${name}`, "0x1500"])),
    [`${QUERIES}CompletedQueries`]: completed,
  };
}

/** Metric names are those of Trino's own `/metrics`, read from a running 476; counters there have no `_total`. */
const watched: Omit<Monitoring, "scrapes"> = {
  alerts: [
    {
      name: "TrinoCoordinatorDown",
      expr: 'absent(up{pod=~"trino-coordinator-.*"} == 1)',
      for: "2m",
      severity: "critical",
      summary: "No Trino coordinator answers: no query can run.",
      test: { series: { 'up{pod="trino-coordinator-0"}': "0x10" }, at: "5m", labels: {} },
    },
    {
      name: "TrinoWorkerMissing",
      expr: 'count(up{pod=~"trino-worker-.*"} == 0) > 0',
      for: "10m",
      severity: "warning",
      summary: "A Trino worker does not answer: queries are slower and may run out of memory.",
      test: {
        series: { 'up{pod="trino-worker-a"}': "1x20", 'up{pod="trino-worker-b"}': "0x20" },
        at: "15m",
        labels: {},
      },
    },
    {
      name: "TrinoInternalFailures",
      expr: "sum(increase(trino_execution_name_QueryManager_InternalFailures[15m])) > 0",
      for: "0m",
      severity: "warning",
      summary: "Queries fail by an error of Trino itself: its configuration, a version that does not fit, or a bug.",
      test: { series: { trino_execution_name_QueryManager_InternalFailures: "0x5 3x20" }, at: "10m", labels: {} },
    },
    {
      name: "TrinoOutOfMemory",
      expr: "sum(increase(trino_memory_name_ClusterMemoryManager_QueriesKilledDueToOutOfMemory[1h])) > 0",
      for: "0m",
      severity: "warning",
      summary: "Trino has killed queries because the cluster had no memory left for them.",
      test: {
        series: { trino_memory_name_ClusterMemoryManager_QueriesKilledDueToOutOfMemory: "0x5 2x20" },
        at: "10m",
        labels: {},
      },
    },
    ...burnAlerts(SUCCEEDS),
  ],
  panels: [
    burnPanel(SUCCEEDS),
    {
      title: "Running queries",
      expr: "sum(trino_execution_name_QueryManager_RunningQueries)",
      legend: "running",
      unit: "short",
    },
    {
      title: "Queued queries",
      expr: "sum(trino_execution_name_QueryManager_QueuedQueries)",
      legend: "queued",
      unit: "short",
    },
    {
      title: "Failed queries",
      expr: "sum(rate(trino_execution_name_QueryManager_FailedQueries[5m]))",
      legend: "failed",
      unit: "reqps",
    },
    {
      title: "Memory held by queries",
      expr: "sum by (pod) (trino_memory_type_MemoryPool_name_general_ReservedBytes)",
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Spilled to disk",
      expr: "sum by (pod) (rate(trino_spiller_name_SpillerStats_TotalSpilledBytes[5m]))",
      legend: "{{pod}}",
      unit: "Bps",
    },
    {
      title: "Memory of pods",
      expr: 'sum by (pod) (container_memory_working_set_bytes{pod=~"trino-.*", container="trino"})',
      legend: "{{pod}}",
      unit: "bytes",
    },
  ],
};

/** @param namespace of the coordinator, which only users with a password may ask where people and programs sign in */
export const monitoring = (signIn: boolean, namespace: string): Monitoring => ({
  ...watched,
  scrapes: [
    signIn
      ? {
          role: "coordinator",
          portName: "https",
          port: SECURE_PORT,
          basicAuthSecret: "trino-scraper",
          https: { secret: CERTIFICATE, serverName: serviceHost("trino", namespace) },
        }
      : { ...OPEN, role: "coordinator" },
    { ...OPEN, role: "worker" },
  ],
});
