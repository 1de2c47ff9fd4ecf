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
      "the database crashes",
    ],
  },
  {
    system: "Hive Metastore",
    from: "both ConfigMaps, the schema Job's arguments, JVM options, the backup's CronJob",
    with: "metastore",
    seen: [
      "Delta tables go through the metastore, and two other engines read them",
      "the metastore crashes: the tables are there when it is back",
      "the metastore's backup, restored into an empty database, gives the same tables",
      "hive-metastore: the engine exposes them, or the list says who does",
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
      "trino: the engine exposes them, or the list says who does",
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
    "tried with a disk of 24 MiB: the dev stack's worker ended by OutOfMemoryError, and why is not known yet",
  ],
  ["Delta from Spark", "the stack gives Spark no Delta libraries"],
  [
    "new secrets for the object store without downtime",
    "a user has one secret: its clients must be restarted with the new one",
  ],
  ["DuckDB's own Iceberg and Delta readers", "its extensions are on its own site; PyIceberg and delta-rs read for it"],
  ["Kafka, Connect, Flink, Airflow, Prometheus, Alertmanager", "the next part of this proof"],
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
