import { podMissing, volumeFilling } from "../../core/alerts";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";

const SET = 'statefulset="valkey-server"';
const CLAIMS = 'persistentvolumeclaim=~"data-valkey-server-.*"';
const PODS = 'pod=~"valkey-server-.*"';
const of = (pod: string) => `namespace="lakehouse-storage",pod="${pod}"`;

const alerts: readonly Alert[] = [
  {
    name: "ValkeyWriterDown",
    expr: `absent(redis_instance_info{role="master",${PODS}} == 1)`,
    for: "2m",
    severity: "critical",
    summary: "Valkey's writer does not answer: nobody reads or writes the cache.",
    test: { series: { [`redis_instance_info{role="slave",${of("valkey-server-1")}}`]: "1x10" }, at: "5m", labels: {} },
  },
  {
    name: "ValkeyServerMissing",
    ...podMissing(SET, { namespace: "lakehouse-storage", name: "valkey-server", at: "15m" }),
    for: "10m",
    severity: "warning",
    summary: "A server of Valkey is not ready: when one more goes, writes stop.",
  },
  {
    name: "ValkeyReplicaCutOff",
    expr: `min by (namespace, pod) (redis_master_link_up{${PODS}}) == 0`,
    for: "5m",
    severity: "warning",
    summary: "A server of Valkey does not copy the writer: its data is old.",
    test: {
      series: { [`redis_master_link_up{${of("valkey-server-1")}}`]: "0x15" },
      at: "8m",
      labels: { namespace: "lakehouse-storage", pod: "valkey-server-1" },
    },
  },
  {
    name: "ValkeyAlmostFull",
    expr: `max by (namespace, pod) (redis_memory_used_bytes{${PODS}} / redis_memory_max_bytes{${PODS}}) > 0.9`,
    for: "10m",
    severity: "warning",
    summary: "Valkey's memory is nine tenths full: it soon refuses writes, or lets go of keys that expire.",
    test: {
      series: {
        [`redis_memory_used_bytes{${of("valkey-server-0")}}`]: "95x20",
        [`redis_memory_max_bytes{${of("valkey-server-0")}}`]: "100x20",
      },
      at: "15m",
      labels: { namespace: "lakehouse-storage", pod: "valkey-server-0" },
    },
  },
  {
    name: "ValkeyNotPersisting",
    expr: `min by (namespace, pod) (redis_aof_last_write_status{${PODS}}) == 0`,
    for: "1m",
    severity: "critical",
    summary: "Valkey cannot write its log: it refuses writes until it can.",
    test: {
      series: { [`redis_aof_last_write_status{${of("valkey-server-0")}}`]: "0x10" },
      at: "3m",
      labels: { namespace: "lakehouse-storage", pod: "valkey-server-0" },
    },
  },
  {
    name: "ValkeyDiskFilling",
    ...volumeFilling(CLAIMS, 0.2, { namespace: "lakehouse-storage", name: "data-valkey-server-0" }),
    for: "15m",
    severity: "warning",
    summary: "A volume of Valkey has less than 20 % left: the next rewrite of its log may not fit.",
  },
];

/** Names of series are those of redis_exporter, kube-state-metrics and the kubelet. */
export const monitoring: Monitoring = {
  scrapes: [{ role: "server", ...METRICS }],
  alerts,
  panels: [
    { title: "Memory", expr: `sum by (pod) (redis_memory_used_bytes{${PODS}})`, legend: "{{pod}}", unit: "bytes" },
    {
      title: "Commands",
      expr: `sum by (pod) (rate(redis_commands_processed_total{${PODS}}[5m]))`,
      legend: "{{pod}}",
      unit: "reqps",
    },
    { title: "Clients", expr: `sum by (pod) (redis_connected_clients{${PODS}})`, legend: "{{pod}}", unit: "short" },
    {
      title: "Evicted keys",
      expr: `sum by (pod) (rate(redis_evicted_keys_total{${PODS}}[5m]))`,
      legend: "{{pod}}",
      unit: "short",
    },
  ],
};
