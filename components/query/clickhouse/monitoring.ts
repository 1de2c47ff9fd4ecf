import { podMissing, taskTooOld } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { BACKUP, CLUSTER, KEEPER, NAME, SERVER } from "./pods";

const SERVERS = `pod=~"chi-${NAME}-${CLUSTER}-.*"`;
const KEEPERS = `pod=~"chk-${NAME}-${CLUSTER}-.*"`;
const SETS = `statefulset=~"ch[ik]-${NAME}-${CLUSTER}-.*"`;
const POD = `chi-${NAME}-${CLUSTER}-0-0-0`;
const series = (metric: string) => `${metric}{pod="${POD}"}`;

const alerts: readonly Alert[] = [
  {
    name: "ClickhouseDown",
    expr: `absent(up{job="${NAME}",${SERVERS}} == 1)`,
    for: "2m",
    severity: "critical",
    summary: "No ClickHouse server answers.",
    test: { series: { [`up{job="${NAME}",pod="${POD}"}`]: "0x20" }, at: "5m", labels: {} },
  },
  {
    name: "ClickhouseServerMissing",
    ...podMissing(SETS, { namespace: "lakehouse-clickhouse", name: "chi-clickhouse-main-0-0" }),
    for: "15m",
    severity: "warning",
    summary: "A server of ClickHouse or a Keeper is not ready: its shard, or the majority, has one less.",
  },
  {
    name: "ClickhouseKeeperLost",
    expr: `sum by (pod) (ClickHouseMetrics_ZooKeeperSession{${SERVERS}}) == 0`,
    for: "2m",
    severity: "critical",
    summary: "A ClickHouse server has no session with Keeper: its tables take no writes.",
    test: { series: { [series("ClickHouseMetrics_ZooKeeperSession")]: "0x20" }, at: "5m", labels: { pod: POD } },
  },
  {
    name: "ClickhouseReadonlyReplica",
    expr: `sum by (pod) (ClickHouseMetrics_ReadonlyReplica{${SERVERS}}) > 0`,
    for: "10m",
    severity: "critical",
    summary: "Tables of a ClickHouse server take no writes, because Keeper and the server disagree or do not meet.",
    test: { series: { [series("ClickHouseMetrics_ReadonlyReplica")]: "3x30" }, at: "15m", labels: { pod: POD } },
  },
  {
    name: "ClickhouseReplicationLag",
    expr: `max by (pod) (ClickHouseAsyncMetrics_ReplicasMaxAbsoluteDelay{${SERVERS}}) > 300`,
    for: "15m",
    severity: "warning",
    summary: "A ClickHouse server is more than five minutes behind the others of its shard: its answers lack rows.",
    test: {
      series: { [series("ClickHouseAsyncMetrics_ReplicasMaxAbsoluteDelay")]: "900x30" },
      at: "20m",
      labels: { pod: POD },
    },
  },
  {
    name: "ClickhouseTooManyParts",
    expr: `max by (pod) (ClickHouseAsyncMetrics_MaxPartCountForPartition{${SERVERS}}) > 800`,
    for: "15m",
    severity: "warning",
    summary: "A table of ClickHouse has so many parts that inserts are slowed down soon, and refused later.",
    test: {
      series: { [series("ClickHouseAsyncMetrics_MaxPartCountForPartition")]: "900x30" },
      at: "20m",
      labels: { pod: POD },
    },
  },
  {
    name: "ClickhouseDiskFilling",
    expr: `min by (pod) (ClickHouseAsyncMetrics_DiskAvailable_default{${SERVERS}} / ClickHouseAsyncMetrics_DiskTotal_default{${SERVERS}}) < 0.15`,
    for: "10m",
    severity: "warning",
    summary:
      "The volume of a ClickHouse server has less than 15 % left: without room parts are not merged, then inserts fail.",
    test: {
      series: {
        [series("ClickHouseAsyncMetrics_DiskAvailable_default")]: "10x30",
        [series("ClickHouseAsyncMetrics_DiskTotal_default")]: "100x30",
      },
      at: "15m",
      labels: { pod: POD },
    },
  },
  {
    name: "ClickhouseMemoryExhausted",
    expr: `sum by (pod) (increase(ClickHouseProfileEvents_QueryMemoryLimitExceeded{${SERVERS}}[15m])) > 10`,
    for: "5m",
    severity: "warning",
    summary:
      "Statements at a ClickHouse server end because they, or all together, would take more memory than there is.",
    test: {
      series: { [series("ClickHouseProfileEvents_QueryMemoryLimitExceeded")]: "0+2x60" },
      at: "40m",
      labels: { pod: POD },
    },
  },
  {
    name: "ClickhouseKeeperDown",
    expr: `absent(up{job="${NAME}",${KEEPERS}} == 1)`,
    for: "2m",
    severity: "critical",
    summary: "No ClickHouse Keeper answers: replicated tables take no writes.",
    test: { series: { [`up{job="${NAME}",pod="chk-clickhouse-main-0-0-0"}`]: "0x20" }, at: "5m", labels: {} },
  },
  {
    name: "ClickhouseBackupTooOld",
    ...taskTooOld(`${NAME}-${BACKUP}`, 36, "lakehouse-clickhouse"),
    for: "30m",
    severity: "warning",
    summary: "The newest copy of ClickHouse is older than 36 hours.",
  },
];

/** Names of series are those of ClickHouse's own endpoint and of kube-state-metrics. */
export const monitoring: Monitoring = {
  scrapes: [
    { role: SERVER, ...METRICS },
    { role: KEEPER, ...METRICS },
  ],
  alerts,
  panels: [
    {
      title: "Statements",
      expr: `sum by (pod) (rate(ClickHouseProfileEvents_Query{${SERVERS}}[5m]))`,
      legend: "{{pod}}",
      unit: "reqps",
    },
    {
      title: "Statements that failed",
      expr: `sum by (pod) (rate(ClickHouseProfileEvents_FailedQuery{${SERVERS}}[5m]))`,
      legend: "{{pod}}",
      unit: "reqps",
    },
    {
      title: "Rows inserted",
      expr: `sum by (pod) (rate(ClickHouseProfileEvents_InsertedRows{${SERVERS}}[5m]))`,
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Memory",
      expr: `sum by (pod) (ClickHouseMetrics_MemoryTracking{${SERVERS}})`,
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Most parts of a partition",
      expr: `max by (pod) (ClickHouseAsyncMetrics_MaxPartCountForPartition{${SERVERS}})`,
      legend: "{{pod}}",
      unit: "short",
    },
    {
      title: "Behind the others of the shard",
      expr: `max by (pod) (ClickHouseAsyncMetrics_ReplicasMaxAbsoluteDelay{${SERVERS}})`,
      legend: "{{pod}}",
      unit: "s",
    },
  ],
};
