import { pins } from "../../../components/pins";
import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";
import { product } from "../obtain/artefact";

export const metastore = description({
  artefacts: {
    metastore: {
      what: "Hive Metastore",
      version: "4.0.1",
      from: { kind: "pom", pom: "metastore/metastore.pom.xml" },
      standsFor: {
        version: pins.hiveMetastore.version,
        why: "4.0.1 is the newest server on Maven Central; it has no Iceberg REST port",
      },
    },
    metastoreScripts: {
      what: "schema scripts of the metastore",
      version: "4.0.1",
      from: {
        kind: "maven",
        coordinates: "org.apache.hive:hive-standalone-metastore-server:4.0.1:tar.gz:bin",
        unpack: { keep: { lib: [] } },
      },
      standsFor: { version: pins.hiveMetastore.version, why: "they have the version of the metastore above" },
    },
    icebergRest: {
      what: "Iceberg REST catalog",
      version: pins.iceberg.version,
      from: { kind: "maven", coordinates: `org.apache.iceberg:iceberg-open-api:${pins.iceberg.version}:jar` },
      standsFor: {
        version: `the REST port of Hive ${pins.hiveMetastore.version}`,
        why: "metastore 4.0.1 has no REST port; Iceberg's own server stands in, with its tables in the metastore's database",
      },
    },
    postgresJdbc: product(pins.postgresJdbc),
    awsSdk: product(pins.awsSdk),
    jmxExporter: product(pins.jmxExporter),
  },
  proofs: [
    {
      system: "Hive Metastore",
      from: "both ConfigMaps, the schema Job's arguments, JVM options, the backup's CronJob",
      seen: [
        "Delta tables are in the metastore, and two other engines read them",
        "keeps a lock while its client sends heartbeats, and expires it when the client dies, so that the next client gets it",
        "the metastore crashes, and has all tables when it is back",
        "the metastore's backup is restored into an empty database with the same tables",
        "hive-metastore: the engine exposes them, or they are listed with their source",
      ],
    },
    {
      system: "Iceberg REST catalog",
      from: "the metastore's path, warehouse, database and credentials",
      seen: [
        "the catalog crashes",
        "gold has the same totals in PyIceberg and DuckDB, which share no code with Spark and Trino",
      ],
    },
  ],
  allowed: [
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
      why: "locks of dead clients expire after minutes, too long for a test; only in a second metastore",
    },
    { file: /^metastore\/core-site\.xml$/, key: /^fs\.s3a\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^metastore\/env$/, key: /^HADOOP_CLASSPATH$/, kind: "path", why: FOLDER },
    { file: /^metastore\/env$/, key: /^-javaagent:$/, kind: "path", why: FOLDER },
    { file: /^backup\/env$/, key: /^(PGHOST|PGPORT|S3_URL)$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^backup\/script$/, key: /^\/backup\/$/, kind: "path", why: FOLDER },
  ],
  absent: [
    [
      "the Iceberg REST port of the metastore",
      "no package registry has a metastore of 4.1 or later; Iceberg's own server stands in for it",
    ],
  ],
});
