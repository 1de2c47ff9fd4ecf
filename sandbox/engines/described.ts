import { airflow } from "./airflow/description";
import { clickhouse } from "./clickhouse/description";
import { connect } from "./connect/description";
import { druid } from "./druid/description";
import { elasticsearch } from "./elasticsearch/description";
import { etcd } from "./etcd/description";
import { flink } from "./flink/description";
import { functions } from "./functions/description";
import { jupyterhub } from "./jupyterhub/description";
import { kafka } from "./kafka/description";
import { keycloak } from "./keycloak/description";
import { libraries } from "./libraries/description";
import { logCollector } from "./log-collector/description";
import { mariadb } from "./mariadb/description";
import { metastore } from "./metastore/description";
import { minio } from "./minio/description";
import { nessie } from "./nessie/description";
import { nifi } from "./nifi/description";
import { opensearch } from "./opensearch/description";
import { postgres } from "./postgres/description";
import { presto } from "./presto/description";
import { prometheus } from "./prometheus/description";
import { queryApi } from "./query-api/description";
import { rclone } from "./rclone/description";
import { seaweedfs } from "./seaweedfs/description";
import { sources } from "./sources/description";
import { spark } from "./spark/description";
import { sparkConnect } from "./spark-connect/description";
import { sparkHistory } from "./spark-history/description";
import { story } from "./story/description";
import { trino } from "./trino/description";
import { valkey } from "./valkey/description";

/** Every engine: one line each, in the order in which their artefacts are obtained. */
export const described = [
  minio,
  postgres,
  trino,
  metastore,
  spark,
  sparkHistory,
  sparkConnect,
  kafka,
  connect,
  flink,
  nifi,
  prometheus,
  libraries,
  valkey,
  mariadb,
  queryApi,
  opensearch,
  elasticsearch,
  logCollector,
  druid,
  clickhouse,
  presto,
  seaweedfs,
  rclone,
  sources,
  functions,
  jupyterhub,
  keycloak,
  nessie,
  etcd,
  airflow,
  story,
] as const;
