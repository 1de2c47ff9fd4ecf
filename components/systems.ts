import { hiveMetastore } from "./catalog/hive-metastore/system";
import { identity } from "./catalog/identity/system";
import { nessie } from "./catalog/nessie/system";
import { openmetadata } from "./catalog/openmetadata/system";
import { kueue } from "./compute/kueue/system";
import { jupyterhub } from "./compute/jupyterhub/system";
import { spark } from "./compute/spark/system";
import { sparkConnect } from "./compute/spark-connect/system";
import { sparkHistory } from "./compute/spark-history/system";
import type { AnySystem } from "./core/system";
import { grafana } from "./observability/grafana/system";
import { logs } from "./observability/logs/system";
import { prometheus } from "./observability/prometheus/system";
import { airflow } from "./orchestration/airflow/system";
import { sources } from "./orchestration/sources/system";
import { clickhouse } from "./query/clickhouse/system";
import { druid } from "./query/druid/system";
import { hasura } from "./query/hasura/system";
import { milvus } from "./query/milvus/system";
import { presto } from "./query/presto/system";
import { queryApi } from "./query/query-api/system";
import { trino } from "./query/trino/system";
import { ceph } from "./storage/ceph/system";
import { elasticsearch } from "./storage/elasticsearch/system";
import { libraries } from "./storage/libraries/system";
import { mariadb } from "./storage/mariadb/system";
import { migration } from "./storage/migration/system";
import { minio } from "./storage/minio/system";
import { opensearch } from "./storage/opensearch/system";
import { postgres } from "./storage/postgres/system";
import { s3 } from "./storage/s3/system";
import { seaweedfs } from "./storage/seaweedfs/system";
import { valkey } from "./storage/valkey/system";
import { connect } from "./streaming/connect/system";
import { flink } from "./streaming/flink/system";
import { kafka } from "./streaming/kafka/system";
import { knative } from "./streaming/knative/system";
import { nifi } from "./streaming/nifi/system";

/** Everything that a stack can run: one line a system. */
export const all = [
  ceph,
  minio,
  seaweedfs,
  s3,
  postgres,
  mariadb,
  libraries,
  valkey,
  opensearch,
  elasticsearch,
  hiveMetastore,
  openmetadata,
  identity,
  nessie,
  kueue,
  sparkHistory,
  spark,
  sparkConnect,
  druid,
  clickhouse,
  milvus,
  trino,
  presto,
  queryApi,
  hasura,
  kafka,
  connect,
  flink,
  nifi,
  knative,
  airflow,
  sources,
  migration,
  jupyterhub,
  prometheus,
  logs,
  grafana,
] as const;

/** The same without the systems' own types. */
export const systems: readonly AnySystem[] = all;
