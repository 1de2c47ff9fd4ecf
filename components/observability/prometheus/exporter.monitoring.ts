import type { Monitoring } from "../../core/monitoring";
import { NODE_EXPORTER_METRICS } from "./operator.config";
import { NODE_EXPORTER } from "./pods";

const NODE = `job="${NODE_EXPORTER}"`;
const AVAILABLE = "node_filesystem_avail_bytes";
const SIZE = "node_filesystem_size_bytes";
const MEMORY = "node_memory_MemAvailable_bytes";

/** Its pods have the names of their nodes in `node`. */
export const exporterMonitoring: Monitoring = {
  scrapes: [{ role: NODE_EXPORTER, ...NODE_EXPORTER_METRICS }],
  alerts: [
    {
      name: "NodeExporterDown",
      expr: `up{${NODE}} == 0`,
      for: "10m",
      severity: "warning",
      summary: "A node reports no metrics: it may be down, or too busy to answer.",
      test: {
        series: { [`up{${NODE}, pod="node-exporter-a"}`]: "0x20" },
        at: "15m",
        labels: { job: NODE_EXPORTER, pod: "node-exporter-a" },
      },
    },
    {
      name: "NodeDiskFilling",
      expr: `min by (pod, mountpoint) (${AVAILABLE}{${NODE}} / ${SIZE}{${NODE}}) < 0.1`,
      for: "15m",
      severity: "warning",
      summary: "A file system of a node has less than a tenth free: below that its pods are evicted.",
      test: {
        series: {
          [`${AVAILABLE}{${NODE}, pod="node-exporter-a", mountpoint="/"}`]: "5x30",
          [`${SIZE}{${NODE}, pod="node-exporter-a", mountpoint="/"}`]: "100x30",
        },
        at: "20m",
        labels: { pod: "node-exporter-a", mountpoint: "/" },
      },
    },
    {
      name: "NodeMemoryShort",
      expr: `min by (pod) (${MEMORY}{${NODE}} / node_memory_MemTotal_bytes{${NODE}}) < 0.05`,
      for: "10m",
      severity: "critical",
      summary: "A node has less than a twentieth of its memory available: its kernel ends processes next.",
      test: {
        series: {
          [`${MEMORY}{${NODE}, pod="node-exporter-a"}`]: "3x30",
          [`node_memory_MemTotal_bytes{${NODE}, pod="node-exporter-a"}`]: "100x30",
        },
        at: "15m",
        labels: { pod: "node-exporter-a" },
      },
    },
  ],
  panels: [
    {
      title: "Available memory",
      expr: `min by (pod) (${MEMORY}{${NODE}} / node_memory_MemTotal_bytes{${NODE}})`,
      legend: "{{pod}}",
      unit: "percentunit",
    },
    {
      title: "Free room of the fullest file system",
      expr: `min by (pod) (${AVAILABLE}{${NODE}} / ${SIZE}{${NODE}})`,
      legend: "{{pod}}",
      unit: "percentunit",
    },
    {
      title: "Load of the processors",
      expr: `1 - avg by (pod) (rate(node_cpu_seconds_total{${NODE}, mode="idle"}[5m]))`,
      legend: "{{pod}}",
      unit: "percentunit",
    },
    {
      title: "Reads and writes of disks",
      expr: `sum by (pod) (rate(node_disk_read_bytes_total{${NODE}}[5m]) + rate(node_disk_written_bytes_total{${NODE}}[5m]))`,
      legend: "{{pod}}",
      unit: "Bps",
    },
  ],
};
