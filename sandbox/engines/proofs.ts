import { ALLOWED } from "./allowed";
import { type Artefact, artefacts } from "./obtain/artefacts";

interface Proof {
  readonly system: string;
  /** Which files of the stack it was started from. */
  readonly from: string;
  readonly with?: keyof typeof artefacts;
  /** Titles of the tests that saw it. */
  readonly seen: readonly string[];
}

/** How far each system is proven, by the tests in `test/engines` that did. */
export const PROOFS: readonly Proof[] = [
  {
    system: "object store",
    from: "arguments and variables of the StatefulSet; buckets, versions, lifecycles, users, policies, the lock's Job",
    with: "minio",
    seen: [
      "nobody deletes in bronze, neither Spark, the metastore nor Trino; elsewhere Spark may",
      "nor does Trino itself write to a table of bronze",
      "the backup's user sees its own prefix and nothing else",
      "who is nobody lists and reads nothing",
      "buckets keep what the stack asks for: versions of bronze, a lock on backups, lifecycles",
      "a locked backup cannot be destroyed by whoever wrote it",
      "the object store is away for 30 seconds",
      "nobody is refused while clients go over and the generation before ends",
    ],
  },
  {
    system: "PostgreSQL",
    from: "parameters of the operator's Cluster; roles, databases, extensions, rights, publications",
    with: "python",
    seen: [
      "PostgreSQL runs with the rendered parameters",
      "vectors are compared in the analytics database",
      "nobody reads, changes or drops what is another's",
      "a changed password counts for the next login, and who is connected goes on working",
      "nobody is refused while clients go over and the generation before ends",
      "the database crashes",
    ],
  },
  {
    system: "Hive Metastore",
    from: "both ConfigMaps, the schema Job's arguments, JVM options, the backup's CronJob",
    with: "metastore",
    seen: [
      "Delta tables go through the metastore, and two other engines read them",
      "of a client that lives stay, however long it takes; of one that dies they go, and the next one has them",
      "the metastore crashes: the tables are there when it is back",
      "the metastore's backup, restored into an empty database, gives the same tables",
      "hive-metastore: the engine exposes them, or the list says who does",
    ],
  },
  {
    system: "server of libraries",
    from: "init step, command and configuration of the StatefulSet; every pod's init step that fetches, as it is",
    with: "nginx",
    seen: [
      "has nothing outside that answers",
      "obtains every library once from its source, on the port of its URL, and serves them and nothing else",
      "gives each pod what it lacks, in seconds, by its own init step",
      "serves again at once after a restart, from its volume",
      "waits for a server that comes up after it",
      "takes no file that was damaged; the server obtains it again when it starts and its source answers",
    ],
  },
  {
    system: "Iceberg REST catalog",
    from: "the metastore's path, warehouse, database and credentials",
    with: "icebergRest",
    seen: ["the catalog crashes", "and as PyIceberg and DuckDB read them, which share no code with either"],
  },
  {
    system: "Trino",
    from: "all files of the four ConfigMaps, and both Deployments' variables: a coordinator and a worker",
    with: "trino",
    seen: [
      "Trino has the rendered catalogs",
      "Trino reads what Spark wrote, and each appends to the other's table",
      "a join of Iceberg and PostgreSQL gives what the generator gives",
      "eight pipeline queries at once run five at a time, as their resource group says, and all are right",
      "the access rules hold: nobody but the shutdown user may end a node, and the generated data is read only",
      "a Trino worker crashes: its query fails or ends right, and the next one is right",
      "know a node that takes work from one that starts, and from one that is not there",
      "drain it: the query that runs on it ends right, then the process ends by itself",
      "trino: the engine exposes them, or the list says who does",
    ],
  },
  {
    system: "Trino over Kafka",
    from: "the catalog, the client's file and the tables' descriptions, Trino's KafkaUser; `pipelines/sql/merge_changes.sql`",
    with: "trino",
    seen: [
      "have every record in its place: partition, offset, key and text",
      "have the parts of a change as columns: how it was, how it is, its place in the database's log",
      "have the columns that the settings ask for; of a record that is no JSON they are null",
      "nobody writes to by SQL, and Trino's user reads these and no others",
      "are the database's table, and the same again after a second run",
      "and follow it: what is inserted, changed, deleted, and inserted again after that",
      "are joined with PostgreSQL and with their own history in one query",
      "older changes that are told again, of a row that is there and of one that is gone, change nothing",
      "a record that is no JSON, and one that is no change, stop neither queries nor the merge",
    ],
  },
  {
    system: "Spark",
    from: "`sparkConf`, memory and variables of the SparkApplications, the jobs' ConfigMap; driver and executor are one process",
    seen: [
      "gold has the totals that the events have, as Trino reads them",
      "a second run changes nothing",
      "a column that bronze gains is in silver after the next run, without rewriting what was there",
      "both engines read the table as it was",
      "maintenance makes few files of many and lets go of old snapshots, and no row is another",
      "Spark reads what Trino wrote",
      "the Spark driver crashes",
    ],
  },
  {
    system: "Kafka",
    from: "Kafka, KafkaNodePool, KafkaTopic and KafkaUser: listeners by password over TLS, configuration, JVM options, rights, rules of metrics",
    with: "kafka",
    seen: [
      "has the topics of the stack, and makes none that nobody asked for",
      "each user does what was granted and is refused the rest",
      "a wrong password and a name that nobody has are refused",
      "broker and worker crash in mid-work: nothing is lost, and each change counts once",
      "kafka: the engine exposes them, or the list says who does",
    ],
  },
  {
    system: "events of buckets",
    from: "the object store's variables and the buckets' notifications; the granted user, the topic",
    seen: [
      "each object below the prefix is told once, with bucket, key and size; others are not",
      "by suffix, and when objects are removed, where the settings say so",
      "Kafka is away, and the object store crashes before it is back: every object is told",
      "who was not granted the topic does not read it, and the object store may write to it and do nothing else",
    ],
  },
  {
    system: "Kafka Connect with Debezium",
    from: "KafkaConnect and KafkaConnector; the granted role and publication; rules of metrics",
    with: "debezium",
    seen: [
      "are in the topic, each once: what was inserted, changed, deleted",
      "the connector's user may not read what it has written, nor change the database",
      "merged into an Iceberg table they are the database's table, as Trino counts it; a second merge changes nothing",
      "connect: the engine exposes them, or the list says who does",
    ],
  },
  {
    system: "Flink",
    from: "configuration, memory, variables and job of the FlinkDeployment, the SQL's ConfigMap; a JobManager and a TaskManager, checkpoints in the object store",
    with: "flinkMore",
    seen: [
      "has every order exactly once, and records that it cannot read apart, with their reasons",
      "the TaskManager crashes in mid-work: every order is there, exactly once",
      "engines that crash in mid-work are told, and that they are back; every order is there, exactly once",
      "each minute's orders and amounts are as they were sent",
      "flink: the engine exposes them, or the list says who does",
    ],
  },
  {
    system: "alerts, by Prometheus and Alertmanager",
    from: "all PrometheusRules of the prod stack, on the engines of this one; paths and users of its PodMonitors",
    with: "prometheus",
    seen: [
      "every rendered rule is loaded and evaluated, and every engine answers the rendered scrapes",
      "while all is well only those are told whose engines cannot be had here",
      "a record that the job cannot read is told",
      "a connector's task that has failed is told, and that it works again",
      "engines that crash in mid-work are told, and that they are back; every order is there, exactly once",
    ],
  },
  {
    system: "Airflow with its DAG",
    from: "the DAG folder's ConfigMap, the connections' Secret and the account's Role of the dev stack with an Airflow of somebody else's: scheduler, DAG processor and API server on a database of the stage; the real Spark operator on a real API server makes each driver's pod. What runs the driver in its pod is a stand-in for the kubelet",
    with: "airflow",
    seen: [
      "is parsed without an error, with its schedule, retries and callback",
      "tries a job that fails three times again, and then Alertmanager is told",
      "goes on from there when its files are whole: gold has the day's exact totals, as PyIceberg and DuckDB read them",
      "run again for the same day it changes nothing",
      "its metrics have the names that the official chart's exporter maps to those of the alerts",
      "lets a task ask Trino",
      "may not submit a job when a right of its Role is another",
    ],
  },
];

/** What could not be had here, and why: each is counted as skipped. */
export const ABSENT: readonly (readonly [what: string, why: string])[] = [
  [
    "the Iceberg REST port of the metastore",
    "no registry has a metastore from 4.1 on; Iceberg's own server stands in for it",
  ],
  ["Trino's agent that ends a JVM out of memory", "libjvmkill is in Trino's image only"],
  ["the PostgreSQL operator: failover, base backups, its metrics", "its instance manager is in its images only"],
  ["Spark drivers and executors as pods", "they need a cluster; here both are one process"],
  [
    "a full disk under Trino's spill folder",
    "the dev stack's worker is too small to tell: a grouping that outgrows its memory ends it with room on the disk as well, a smaller one does not spill",
  ],
  ["Delta from Spark", "the stack gives Spark no Delta libraries"],
  ["DuckDB's own Iceberg and Delta readers", "its extensions are on its own site; PyIceberg and delta-rs read for it"],
  [
    "the operators of Kafka and Flink: what they make of their resources",
    "they need a cluster; the proof starts the engines as these operators do, by hand",
  ],
  ["several brokers: lost copies, a moved leader", "the dev stack has one"],
  ["Strimzi's exporter of consumer groups, and its own JMX exporter", "they are in its image only"],
  ["Flink's leaders by ConfigMaps", "they need a cluster; here the newest checkpoint is found in the object store"],
  ["records of Kafka in Iceberg by Spark", "the stack gives Spark no library for Kafka; Trino merges them"],
  [
    "Airflow's chart, its image, and its exporter of metrics",
    "charts and images are on sites of their own; the tests run it from PyPI",
  ],
  ["alerts that need a cluster, another operator's metrics or more minutes", "each is named by the test of alerts"],
];

export function proofsDocument(): string {
  const standIns = Object.values(artefacts as Readonly<Record<string, Artefact>>).flatMap(
    ({ what, version, standsFor }) =>
      standsFor === undefined ? [] : [`| ${what} | ${version} | ${standsFor.version} | ${standsFor.why} |`],
  );
  return `# How far each system is proven

Written by \`npm run test:engines\`, which fails when this page is not what it would write (\`LAKEHOUSE_WRITE_PROOFS=yes\` writes it). The engines
are real processes, started from the files that the dev stack renders; the images' own start scripts are not proven by it. Memory is as rendered.

## Seen
${PROOFS.map(({ system, from, seen }) => `### ${system}\nStarted from: ${from}.\n${seen.map((title) => `- ${title}`).join("\n")}`).join("\n\n")}

## Versions that stand for others
| what | ran | the product has | why |
|---|---|---|---|
${standIns.join("\n")}

## Not proven here
| what | why |
|---|---|
${ABSENT.map(([what, why]) => `| ${what} | ${why} |`).join("\n")}

## What may differ from the rendered files
| file | property | kind | why |
|---|---|---|---|
${ALLOWED.map(({ file, key, kind, why }) => `| ${code(file)} | ${code(key)} | ${kind} | ${why} |`).join("\n")}
`;
}

/** A pattern as a table shows it. */
const code = ({ source }: RegExp) => `\`${source.replace(/^\^|\$$|\\(?=[./-])/g, "").replaceAll("|", "\\|")}\``;
