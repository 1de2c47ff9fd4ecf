import { monitoring as metastore } from "../../../components/catalog/hive-metastore/monitoring";
import { sparkMonitoring } from "../../../components/compute/spark/monitoring";
import { monitoring as trino } from "../../../components/query/trino/monitoring";
import { monitoring as minio } from "../../../components/storage/minio/monitoring";
import { monitoring as postgres } from "../../../components/storage/postgres/monitoring";
import { exposes } from "../metrics";
import { stage } from "./stage";

const PLATFORM = { tls: false, namespace: (key: string) => `lakehouse-${key}` };

exposes(stage, {
  "minio": { monitoring: minio(PLATFORM), ports: { server: "s3" } },
  "trino": { monitoring: trino(false, "lakehouse-query"), ports: { coordinator: "trino", worker: "trinoWorker" } },
  "hive-metastore": { monitoring: metastore, ports: { server: "metastoreMetrics" } },
  "spark": { monitoring: sparkMonitoring("lakehouse-compute"), ports: { driver: "sparkUi" } },
  "postgres": { monitoring: postgres, ports: {} },
});
