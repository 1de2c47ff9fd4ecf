import { monitoring as hiveMetastore } from "../../../components/catalog/hive-metastore.monitoring";
import { sparkMonitoring } from "../../../components/compute/spark.monitoring";
import { sparkOperatorMonitoring } from "../../../components/compute/spark-operator.monitoring";
import type { Monitoring } from "../../../components/core/monitoring";
import { monitoring as airflow } from "../../../components/orchestration/airflow.monitoring";
import { monitoring as trino } from "../../../components/query/trino.monitoring";
import { flinkMonitoring } from "../../../components/streaming/flink.monitoring";
import { flinkOperatorMonitoring } from "../../../components/streaming/flink-operator";
import { monitoring as libraries } from "../../../components/storage/libraries.monitoring";
import { monitoring as minio } from "../../../components/storage/minio.monitoring";
import { monitoring as postgres } from "../../../components/storage/postgres.monitoring";
import { connectMonitoring } from "../../../components/streaming/connect.monitoring";
import { kafkaMonitoring } from "../../../components/streaming/kafka.monitoring";
import { strimziMonitoring } from "../../../components/streaming/strimzi";

/** What each service brings to be watched: a new service is added here, and its alerts are tested and need a runbook. */
export const watched: readonly { readonly service: string; readonly monitoring: Monitoring }[] = [
  { service: "minio", monitoring: minio },
  { service: "postgres", monitoring: postgres },
  { service: "libraries", monitoring: libraries },
  { service: "hive-metastore", monitoring: hiveMetastore },
  { service: "spark", monitoring: sparkMonitoring("lakehouse-compute") },
  { service: "spark-operator", monitoring: sparkOperatorMonitoring },
  { service: "trino", monitoring: trino },
  { service: "airflow", monitoring: airflow },
  { service: "strimzi", monitoring: strimziMonitoring },
  { service: "kafka", monitoring: kafkaMonitoring({ combined: false }) },
  { service: "connect", monitoring: connectMonitoring },
  { service: "flink-operator", monitoring: flinkOperatorMonitoring },
  { service: "flink", monitoring: flinkMonitoring },
];
