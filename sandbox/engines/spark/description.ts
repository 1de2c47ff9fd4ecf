import { pins } from "../../../components/pins";
import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";
import { product } from "../obtain/artefact";

export const spark = description({
  artefacts: {
    icebergSpark: product(pins.icebergSpark),
    icebergAws: product(pins.icebergAws),
    hadoopAws: product(pins.hadoopAws),
    s3TransferManager: product(pins.s3TransferManager),
    deltaSpark: product(pins.deltaSpark),
    deltaStorage: product(pins.deltaStorage),
    hiveClient: product(pins.hiveClient),
    openlineageSpark: product(pins.openlineageSpark),
  },
  proofs: [
    {
      system: "Spark",
      from: "`sparkConf`, memory and variables of the SparkApplications, the jobs' ConfigMap; driver and executor are one process",
      seen: [
        "gold has the totals of the events, as Trino reads them",
        "a second run changes nothing",
        "a new column of bronze is in silver after the next run, without rewriting old files",
        "both engines read an earlier snapshot of the table",
        "a look between two runs tells tables with too many small files, and changes nothing",
        "maintenance compacts files and expires old snapshots, and changes no row",
        "Spark reads tables that Trino wrote",
        "Spark's job makes its table where the settings say so, with the totals of the events, as Trino, delta-rs and DuckDB read them",
        "a second run of the job changes nothing",
        "Spark reads what Trino has inserted and updated, and Trino what Spark has updated and deleted",
        "maintenance compacts its files by the policy, and changes no row",
        "is what the jobs' tables are, and Spark deletes rows in it by deletion vectors",
        "is refused by Trino 476, which the stack's description says",
        "the Spark driver crashes",
      ],
    },
    {
      system: "lineage of Spark's jobs by OpenLineage",
      from: "the rendered listener and its settings, the token of the job, the receiver's files and its Secret with emitters, by the real nginx; OpenMetadata's API is a stand-in",
      seen: [
        "the lineage of two jobs leads from bronze over silver to gold, with columns",
        "every event has what OpenLineage's definition asks for",
        "a table has one name, whichever job speaks of it",
        "no event has a secret, a statement or a token",
        "an unknown emitter is refused, and so is everything but an event",
        "a receiver that is away costs no job its result",
      ],
    },
  ],
  allowed: [
    {
      file: /^spark\/spark\.conf$/,
      key: /^spark\.(sql\.catalog\.(lakehouse|vended)\.(uri|s3\.endpoint)|hadoop\.(fs\.s3a\.endpoint|hive\.metastore\.uris))$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    { file: /^spark\/spark\.conf$/, key: /^spark\.(driver|executor)\.extraClassPath$/, kind: "path", why: FOLDER },
    { file: /^spark\/spark\.conf$/, key: /^spark\.local\.dir$/, kind: "path", why: FOLDER },
    { file: /^spark\/spark\.conf$/, key: /^spark\.sql\.hive\.metastore\.jars\.path$/, kind: "path", why: FOLDER },
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
      why: "the operator sets the cluster; here driver and executor are one process with two threads",
    },
  ],
  absent: [
    ["Spark drivers and executors as pods", "they need a cluster; here both are one process"],
    ["OpenMetadata itself", "it is in no package registry"],
    [
      "DuckDB's own Iceberg and Delta readers",
      "its extensions are only on its own site; PyIceberg and delta-rs read the tables for it",
    ],
    ["records of Kafka in Iceberg by Spark", "the stack gives Spark no Kafka library; Trino merges the records"],
  ],
});
