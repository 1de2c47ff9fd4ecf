/**
 * How far a system is proven:
 * 2 rendered, and what it renders is as upstream's definitions and the pack want it;
 * 3 a real API server with strict validation takes it, or upstream's own program takes its files;
 * 4 its real engine or operator runs from what is rendered;
 * 5 data go through it and other real engines, with known results.
 */
export type Level = 0 | 2 | 3 | 4 | 5;

/** A system that the founding documents name. */
export interface Founding {
  readonly name: string;
  readonly level: Level;
  /** A file in `test/`, and a title in it, that has seen this level. Empty where there is none. */
  readonly seen: readonly [spec: string, title: string] | readonly [];
  /** What runs in its place, or why it is not proven further. @default nothing to say */
  readonly note?: string;
}

const row = (name: string, level: Level, seen: Founding["seen"], note?: string): Founding => ({
  name,
  level,
  seen,
  ...(note === undefined ? {} : { note }),
});

/** Every object of the shipped stacks, custom resources by upstream's definitions. */
const APPLIED = ["cluster/manifests.test.ts", "is applied server-side with strict field validation"] as const;
const KAFKA = "engines/streams/kafka.test.ts";
const ANSWERS = "engines/story/answers.test.ts";

/** The founding documents' systems, in the order of the layers. */
export const FOUNDING: readonly Founding[] = [
  row("kind", 3, ["cluster/bootstrap.test.ts", "kind itself"], "no container engine was at hand: no node has started"),
  row(
    "Cluster API",
    3,
    ["cluster/bootstrap.test.ts", "has every field of the rendered objects, in versions that are not deprecated"],
    "its controllers were not built",
  ),
  row("Canal", 2, ["unit/bootstrap/manifests.test.ts", "are files of a tag, each with its sum"], "its pods need nodes"),
  row(
    "OpenEBS",
    2,
    [
      "unit/bootstrap/create.test.ts",
      "makes nodes, network and storage in their order, and changes nothing the second time",
    ],
    "its pods need nodes; helm is a stand-in there",
  ),
  row("taints", 3, ["cluster/taints.test.ts", "stay when the stack labels the nodes, each time"]),
  row("MinIO", 5, ["engines/tables/grants.test.ts", "Trino cannot write to a table of bronze"]),
  row("Ceph RGW", 3, APPLIED, "existing in the homelab: its users by Rook's definitions; no gateway was at hand"),
  row(
    "PostgreSQL",
    5,
    [KAFKA, "merge into an Iceberg table that equals the database's table; a second merge changes nothing"],
    "CloudNativePG's real operator: cluster/operators.test.ts; Zalando's is not described yet",
  ),
  row("pgvector", 5, [
    "engines/story/vectors.test.ts",
    "PostgreSQL finds the nearest products to each by pgvector, as an exact computation does",
  ]),
  row(
    "MySQL",
    5,
    ["engines/story/join.test.ts", "a join of all stores by Trino"],
    "MariaDB; its operator is in no registry",
  ),
  row(
    "Redis",
    5,
    ["engines/story/join.test.ts", "has rows of Valkey that are JSON, with their times"],
    "Valkey; Redis' client and server stand in for its own",
  ),
  row("Iceberg", 5, [
    "engines/tables/pipelines.test.ts",
    "maintenance compacts files and expires old snapshots, and changes no row",
  ]),
  row("Hive Metastore", 5, [
    "engines/tables/faults.test.ts",
    "the metastore crashes, and has all tables when it is back",
  ]),
  row(
    "Delta Lake",
    5,
    [
      "engines/tables/delta.test.ts",
      "Spark's job makes its table where the settings say so, with the totals of the events, as Trino, delta-rs and DuckDB read them",
    ],
    "DuckDB reads what delta-rs gives it: its own extension is in no registry",
  ),
  row("Apache Atlas", 0, [], "not rendered, with reasons (decision 58); OpenMetadata is, in its place"),
  row("Spark operator", 4, [
    "cluster/operators.test.ts",
    "the Spark operator makes a driver's pod with the size, placement, priority and labels of the plan",
  ]),
  row("PySpark jobs", 5, [
    "engines/airflow/airflow.test.ts",
    "continues after its files are repaired: gold has the day's exact totals, as PyIceberg and DuckDB read them",
  ]),
  row(
    "Jupyter",
    5,
    ["engines/tables/notebooks.test.ts", "run from the first cell to the last, as the person, with the person's keys"],
    "JupyterHub; the real hub: engines/start/jupyterhub.test.ts",
  ),
  row(
    "queues of jobs",
    4,
    ["cluster/kueue.test.ts", "run twenty that come at once, each whole and by priority, and none is refused a pod"],
    "Kueue",
  ),
  row("Trino", 5, [ANSWERS, "Trino answers it from Iceberg tables, and from topics of Kafka"]),
  row("Presto", 5, ["engines/start/presto.test.ts", "has Trino's totals for Iceberg and Hive tables that Trino wrote"]),
  row("DuckDB", 5, [ANSWERS, "PyIceberg and DuckDB answer it from the files, by the catalog"]),
  row("ClickHouse", 5, [ANSWERS, "to ClickHouse"], "its engine as a library; the server is in no registry"),
  row("Druid", 5, [ANSWERS, "Druid answers it from its segments"]),
  row("Milvus", 3, APPLIED, "its server is in no registry; its etcd runs: engines/start/etcd.test.ts"),
  row(
    "Elasticsearch",
    4,
    [
      "engines/start/elasticsearch.test.ts",
      "forms one cluster of nodes with the roles of the settings, by certificates of one authority",
    ],
    "its real operator: cluster/eck.test.ts",
  ),
  row("query API", 5, ["engines/tables/query-api.test.ts", "the query API"]),
  row("Hasura", 3, APPLIED, "it is in no registry; its users in PostgreSQL: engines/start/hasura.test.ts"),
  row(
    "Kafka",
    5,
    [KAFKA, "no change is lost or counted twice when broker and worker crash"],
    "Strimzi's operator is in no registry",
  ),
  row("Debezium", 5, [KAFKA, "are in the topic once each: inserts, updates and deletes"]),
  row("Flink", 5, [
    "engines/streams/flink.test.ts",
    "writes every order exactly once, and unreadable records to their own table with the reason",
  ]),
  row(
    "NiFi",
    4,
    [
      "engines/start/nifi.test.ts",
      "lands each file once, below a key that follows from its content and its day, and bad ones in quarantine",
    ],
    "one node; its part for S3 is a stand-in",
  ),
  row(
    "Knative",
    2,
    ["policy/knative.test.ts", "are as upstream's definitions want them, without unknown fields"],
    "the cluster's own: modules of its controllers are refused by Go's module proxy. The cleaning function runs over HTTP on a real object store",
  ),
  row(
    "Airflow",
    5,
    [
      "engines/airflow/airflow.test.ts",
      "continues after its files are repaired: gold has the day's exact totals, as PyIceberg and DuckDB read them",
    ],
    "an existing one; one of the stack's own: `test/engines/airflow/own.test.ts`",
  ),
  row("batch jobs for new sources", 5, [
    "engines/start/sources.test.ts",
    "lands every row of a table once, although runs are killed at any time",
  ]),
  row("Prometheus", 5, [
    "engines/streams/prometheus.test.ts",
    "fire when engines crash and resolve when they are back; every order is there exactly once",
  ]),
  row("Alertmanager", 5, [
    "engines/streams/prometheus.test.ts",
    "fire for a failed task of a connector, and resolve when it works again",
  ]),
  row("Grafana", 3, APPLIED, "its licence keeps it out of the tests: queries of its dashboards run on Prometheus"),
  row(
    "Logstash",
    4,
    ["cluster/eck.test.ts", "has its pods admitted into a namespace of restricted pods, within the quota"],
    "as pods by its real operator; Logstash itself is in no registry",
  ),
  row(
    "Kibana",
    4,
    ["cluster/eck.test.ts", "has its pods admitted into a namespace of restricted pods, within the quota"],
    "as pods by its real operator; Kibana itself is in no registry",
  ),
  row("OpenSearch", 5, [ANSWERS, "OpenSearch answers it by an aggregation of documents"]),
  row("OpenSearch Dashboards", 3, APPLIED, "it is in no registry"),
  row(
    "Loki",
    3,
    ["cluster/settings.property.test.ts", "settings that the plan accepts"],
    "its licence keeps it out of the tests: its lines are those of real engines, unit/observability/logs.test.ts",
  ),
  row(
    "compose",
    3,
    ["policy/compose-client.test.ts", "a stack for compose, read by compose itself (slow)"],
    "no container engine was at hand",
  ),
];
