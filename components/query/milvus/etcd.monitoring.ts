import { podMissing, volumeFilling } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./etcd.config";
import { ETCD, MEMBER } from "./pods";

const NAMESPACE = 'namespace="lakehouse-query"';
const SET = `${ETCD}-${MEMBER}`;
const POD = `${SET}-0`;
const series = (metric: string, labels = "") => `${metric}{job="${ETCD}",${NAMESPACE},pod="${POD}"${labels}}`;
const OF = `job="${ETCD}"`;
const CLAIMS = `persistentvolumeclaim=~"data-${SET}-.*"`;

const alerts: readonly Alert[] = [
  {
    name: "MilvusEtcdNoLeader",
    expr: `absent(etcd_server_has_leader{${OF}} == 1)`,
    for: "2m",
    severity: "critical",
    summary:
      "Milvus' etcd has no majority: nothing is created, loaded or written, and restarted parts of Milvus do not start.",
    test: { series: { [series("etcd_server_has_leader")]: "0x20" }, at: "5m", labels: {} },
  },
  {
    name: "MilvusEtcdMemberMissing",
    ...podMissing(`statefulset="${SET}"`, { namespace: "lakehouse-query", name: SET }),
    for: "10m",
    severity: "warning",
    summary: "A member of Milvus' etcd is not ready: when one more goes, of three, writes stop.",
  },
  {
    name: "MilvusEtcdSlow",
    expr: `histogram_quantile(0.99, sum by (namespace, pod, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{${OF}}[10m]))) > 0.1`,
    for: "15m",
    severity: "warning",
    summary: "The disk of Milvus' etcd takes longer than 100 ms to keep a write: leaders change, and Milvus waits.",
    test: {
      series: {
        [series("etcd_disk_wal_fsync_duration_seconds_bucket", ',le="0.064"')]: "0+10x60",
        [series("etcd_disk_wal_fsync_duration_seconds_bucket", ',le="0.512"')]: "0+60x60",
        [series("etcd_disk_wal_fsync_duration_seconds_bucket", ',le="+Inf"')]: "0+60x60",
      },
      at: "40m",
      labels: { namespace: "lakehouse-query", pod: POD },
    },
  },
  {
    name: "MilvusEtcdAlmostFull",
    expr: `max by (namespace, pod) (etcd_mvcc_db_total_size_in_bytes{${OF}} / etcd_server_quota_backend_bytes{${OF}}) > 0.8`,
    for: "15m",
    severity: "warning",
    summary: "Milvus' etcd has four fifths of what it may: at its bound it takes no writes until somebody makes room.",
    test: {
      series: {
        [series("etcd_mvcc_db_total_size_in_bytes")]: "90x30",
        [series("etcd_server_quota_backend_bytes")]: "100x30",
      },
      at: "20m",
      labels: { namespace: "lakehouse-query", pod: POD },
    },
  },
  {
    name: "MilvusEtcdDiskFilling",
    ...volumeFilling(CLAIMS, 0.2, { namespace: "lakehouse-query", name: `data-${POD}` }),
    for: "15m",
    severity: "warning",
    summary: "A volume of Milvus' etcd has less than 20 % left.",
  },
];

/** Names of series are those of etcd, of kube-state-metrics and of the kubelet. */
export const etcdMonitoring: Monitoring = {
  scrapes: [{ role: MEMBER, ...METRICS }],
  alerts,
  panels: [
    {
      title: "Metadata",
      expr: `sum by (pod) (etcd_mvcc_db_total_size_in_bytes{${OF}})`,
      legend: "{{pod}}",
      unit: "bytes",
    },
    {
      title: "Time to keep a write, 99 %",
      expr: `histogram_quantile(0.99, sum by (pod, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{${OF}}[5m])))`,
      legend: "{{pod}}",
      unit: "s",
    },
    {
      title: "Changes of the leader",
      expr: `sum by (pod) (increase(etcd_server_leader_changes_seen_total{${OF}}[1h]))`,
      legend: "{{pod}}",
      unit: "short",
    },
  ],
};
