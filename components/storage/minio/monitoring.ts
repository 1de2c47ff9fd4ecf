import { serviceHost } from "../../core/endpoint";
import type { Monitoring } from "../../core/monitoring";
import type { Platform } from "../../core/platform";
import { CERTIFICATE, S3_PORT } from "./config";

export const monitoring = (platform: Pick<Platform, "tls" | "namespace">): Monitoring => ({
  scrapes: [
    {
      role: "server",
      portName: "s3",
      port: S3_PORT,
      path: "/minio/v2/metrics/cluster",
      ...(platform.tls
        ? { https: { secret: CERTIFICATE, serverName: serviceHost("minio", platform.namespace("storage")) } }
        : {}),
    },
  ],
  alerts: [
    {
      name: "ObjectStoreDriveOffline",
      expr: "max(minio_cluster_drive_offline_total) > 0",
      for: "5m",
      severity: "critical",
      summary: "A drive of the object store is offline: redundancy is reduced.",
      test: { series: { minio_cluster_drive_offline_total: "1x10" }, at: "8m", labels: {} },
    },
    {
      name: "ObjectStoreAlmostFull",
      expr: "min(minio_cluster_capacity_usable_free_bytes) / min(minio_cluster_capacity_usable_total_bytes) < 0.15",
      for: "15m",
      severity: "warning",
      summary: "Less than 15 % of the object store is free.",
      test: {
        series: {
          minio_cluster_capacity_usable_free_bytes: "10x30",
          minio_cluster_capacity_usable_total_bytes: "100x30",
        },
        at: "20m",
        labels: {},
      },
    },
  ],
  panels: [
    { title: "Free space", expr: "min(minio_cluster_capacity_usable_free_bytes)", legend: "free", unit: "bytes" },
    { title: "Requests", expr: "sum by (api) (rate(minio_s3_requests_total[5m]))", legend: "{{api}}", unit: "reqps" },
  ],
});
