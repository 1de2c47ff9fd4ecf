/**
 * What may be different from the rendered files, and why; nothing else. The rest of a value must stay as it is: of an endpoint
 * only the host and the port may change, a path must stay a path. Memory is as rendered.
 */
export type Kind = "endpoint" | "port" | "path" | "added" | "left out" | "shorter";

export interface Allowed {
  /** Which file, as `<engine>/<file>`. */
  readonly file: RegExp;
  readonly key: RegExp;
  readonly kind: Kind;
  readonly why: string;
}

const ONE_MACHINE = "services have addresses of their own in a cluster, here they share loopback";
const BIND = "a server must not be reachable from other machines";
const FOLDER = "the run has a folder in the place of the container's root";

export const ALLOWED: readonly Allowed[] = [
  {
    file: /^jvm$/,
    key: /^JAVA_TOOL_OPTIONS$/,
    kind: "added",
    why: "engines that live for minutes are through before the second compiler's work pays; many share one machine, whose processors no pod limits and whose folder for temporary files is not theirs",
  },
  { file: /^trino-\w+\/config\.properties$/, key: /^discovery\.uri$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^trino-\w+\/config\.properties$/, key: /^http-server\.http\.port$/, kind: "port", why: ONE_MACHINE },
  { file: /^trino-\w+\/config\.properties$/, key: /^spiller-spill-path$/, kind: "path", why: FOLDER },
  {
    file: /^trino-\w+\/config\.properties$/,
    key: /^protocol\.spooling\./,
    kind: "added",
    why: "`lakehouse local` hands large results over by the object store; no stack has a bucket for them",
  },
  { file: /^trino-\w+\/node\.properties$/, key: /^node\.data-dir$/, kind: "path", why: FOLDER },
  { file: /^trino-\w+\/node\.properties$/, key: /^node\.(bind-ip|internal-address)$/, kind: "added", why: BIND },
  {
    file: /^trino-\w+\/(access-control|resource-groups)\.properties$/,
    key: /^(security|resource-groups)\.config-file$/,
    kind: "path",
    why: FOLDER,
  },
  {
    file: /^trino-\w+\/jvm\.config$/,
    key: /^-agentpath:$/,
    kind: "left out",
    why: "libjvmkill is in Trino's image only, not in its archive",
  },
  {
    file: /^trino-\w+\/catalog\/[\w-]+\.properties$/,
    key: /^(hive\.metastore\.uri|iceberg\.rest-catalog\.uri|s3\.endpoint|connection-url|kafka\.nodes)$/,
    kind: "endpoint",
    why: ONE_MACHINE,
  },
  { file: /^trino-\w+\/catalog\/[\w-]+\.properties$/, key: /^fs\.cache\.directories$/, kind: "path", why: FOLDER },
  {
    file: /^trino-\w+\/catalog\/kafka\.properties$/,
    key: /^kafka\.(table-description-dir|config\.resources)$/,
    kind: "path",
    why: FOLDER,
  },
  {
    file: /^trino-\w+\/catalog\/tpch\.properties$/,
    key: /^connector\.name$/,
    kind: "added",
    why: "generates the known data of the tests; no stack has it",
  },
  {
    file: /^trino-\w+\/rules\.json$/,
    key: /^catalogs$/,
    kind: "added",
    why: "the tests may read the generated data, as an additional rule after the rendered ones",
  },
  {
    file: /^metastore\/metastore-site\.xml$/,
    key: /^javax\.jdo\.option\.ConnectionURL$/,
    kind: "endpoint",
    why: ONE_MACHINE,
  },
  { file: /^metastore\/metastore-site\.xml$/, key: /^metastore\.thrift\.port$/, kind: "port", why: ONE_MACHINE },
  { file: /^metastore\/metastore-site\.xml$/, key: /^metastore\.thrift\.bind\.host$/, kind: "added", why: BIND },
  {
    file: /^metastore\/metastore-site\.xml$/,
    key: /^metastore\.(txn\.timeout|acid\.housekeeper\.interval)$/,
    kind: "shorter",
    why: "locks of the dead that go after minutes would keep the tests waiting; in a metastore of its own only",
  },
  { file: /^metastore\/core-site\.xml$/, key: /^fs\.s3a\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^metastore\/env$/, key: /^HADOOP_CLASSPATH$/, kind: "path", why: FOLDER },
  { file: /^metastore\/env$/, key: /^-javaagent:$/, kind: "path", why: FOLDER },
  { file: /^minio\/args$/, key: /^--(console-)?address$/, kind: "port", why: ONE_MACHINE },
  { file: /^minio\/args$/, key: /^server$/, kind: "path", why: FOLDER },
  { file: /^minio\/env$/, key: /^MINIO_NOTIFY_KAFKA_BROKERS_\w+$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^minio\/env$/, key: /^MINIO_NOTIFY_KAFKA_QUEUE_DIR_\w+$/, kind: "path", why: FOLDER },
  {
    file: /^minio-local\/env$/,
    key: /^MINIO_NOTIFY_KAFKA_\w+$/,
    kind: "left out",
    why: "`lakehouse local` runs no Kafka: events would fill the disk",
  },
  { file: /^minio\/retention$/, key: /^S3_URL$/, kind: "endpoint", why: ONE_MACHINE },
  {
    file: /^postgres\/postgresql\.conf$/,
    key: /^(listen_addresses|port|unix_socket_directories)$/,
    kind: "added",
    why: BIND,
  },
  {
    file: /^postgres\/postgresql\.conf$/,
    key: /^sync_replication_slots$/,
    kind: "left out",
    why: "PostgreSQL knows it from 17 on, and no registry has a newer one than 16 with its clients and pgvector",
  },
  { file: /^backup\/env$/, key: /^(PGHOST|PGPORT|S3_URL)$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^backup\/script$/, key: /^\/backup\/$/, kind: "path", why: FOLDER },
  {
    file: /^spark\/spark\.conf$/,
    key: /^spark\.(sql\.catalog\.lakehouse\.(uri|s3\.endpoint))$/,
    kind: "endpoint",
    why: ONE_MACHINE,
  },
  { file: /^spark\/spark\.conf$/, key: /^spark\.(driver|executor)\.extraClassPath$/, kind: "path", why: FOLDER },
  { file: /^spark\/spark\.conf$/, key: /^spark\.local\.dir$/, kind: "path", why: FOLDER },
  {
    file: /^spark\/spark\.conf$/,
    key: /^spark\.(ui\.port|driver\.port|blockManager\.port|driver\.blockManager\.port)$/,
    kind: "port",
    why: ONE_MACHINE,
  },
  { file: /^spark\/spark\.conf$/, key: /^spark\.driver\.(host|bindAddress)$/, kind: "added", why: BIND },
  {
    file: /^spark\/spark\.conf$/,
    key: /^spark\.(master|sql\.shuffle\.partitions)$/,
    kind: "added",
    why: "the operator names the cluster; here driver and executor are one process with two threads",
  },
  { file: /^kafka\/listeners$/, key: /^(plain|tls)$/, kind: "port", why: ONE_MACHINE },
  { file: /^connect\/worker$/, key: /^bootstrapServers$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^connect\/connector$/, key: /^database\.hostname$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^connect\/connector$/, key: /^database\.port$/, kind: "port", why: ONE_MACHINE },
  { file: /^connect\/env$/, key: /^CLASSPATH$/, kind: "path", why: FOLDER },
  {
    file: /^flink\/orders\.sql$/,
    key: /^(uri|s3\.endpoint|properties\.bootstrap\.servers)$/,
    kind: "endpoint",
    why: ONE_MACHINE,
  },
  { file: /^flink\/(args|env)$/, key: /^(--scriptUri|HADOOP_CLASSPATH)$/, kind: "path", why: FOLDER },
  { file: /^flink-\w+\/config\.yaml$/, key: /^io\.tmp\.dirs$/, kind: "path", why: FOLDER },
  { file: /^flink-\w+\/config\.yaml$/, key: /^s3\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
  {
    file: /^flink-\w+\/config\.yaml$/,
    key: /^(jobmanager\.rpc|blob\.server|taskmanager\.rpc|taskmanager\.data|metrics\.internal\.query-service|metrics\.reporter\.prom|rest)\.port$/,
    kind: "port",
    why: ONE_MACHINE,
  },
  {
    file: /^flink-\w+\/config\.yaml$/,
    key: /^((jobmanager\.rpc|rest)\.address|(jobmanager|taskmanager)\.bind-host|rest\.bind-address|taskmanager\.host)$/,
    kind: "added",
    why: BIND,
  },
  {
    file: /^flink-\w+\/config\.yaml$/,
    key: /^(high-availability|kubernetes)\./,
    kind: "left out",
    why: "leaders are elected in ConfigMaps, which need a cluster",
  },
  {
    file: /^prometheus\/[\w-]+$/,
    key: /^\w+ for$/,
    kind: "shorter",
    why: "an alert that is true for minutes before it is told would keep the tests waiting",
  },
  { file: /^prometheus\/[\w-]+$/, key: /^scrape interval$/, kind: "shorter", why: "as often as the tests need it" },
  { file: /^airflow\/AIRFLOW_CONN_LAKEHOUSE_TRINO$/, key: /^host$/, kind: "endpoint", why: ONE_MACHINE },
  { file: /^airflow\/AIRFLOW_CONN_LAKEHOUSE_TRINO$/, key: /^port$/, kind: "port", why: ONE_MACHINE },
  {
    file: /^airflow\/env$/,
    key: /^AIRFLOW_CONN_LAKEHOUSE_ALERTMANAGER$/,
    kind: "added",
    why: "the connection that somebody makes by hand, for the failure callback",
  },
  {
    file: /^airflow\/daily_etl\.py$/,
    key: /^retry_delay$/,
    kind: "shorter",
    why: "three times five minutes would keep the tests waiting",
  },
];
