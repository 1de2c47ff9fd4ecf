import { pins } from "../../../components/pins";
import { BIND } from "../allowance";
import { description } from "../description";

/** Plugins that the rendered files need, and those that 0.287 does not start without. */
const PLUGINS = ["cluster-ttl-providers", "hive-hadoop2", "iceberg", "resource-group-managers", "ttl-fetchers"];
/** Version of the libraries that read classes of Java 17. */
const ASM = "9.7.1";
const NEWER = ["asm", "asm-analysis", "asm-tree", "asm-util"].map(
  (name) => [`${name}-9.0.jar`, `org.ow2.asm:${name}:${ASM}`] as const,
);

const OLD_CATALOG = "0.287 has no REST catalog: its Iceberg tables are in a metastore 3.1.3, by Thrift";
const OLD_METASTORE = "metastore 3.1.3 stands in, because 0.287 asks for a call that later ones lack";
const NO_RULES = "0.287 has no access control within Iceberg's catalog";

export const presto = description({
  artefacts: {
    presto: {
      what: "Presto",
      version: "0.287",
      extra: true,
      from: {
        kind: "maven",
        coordinates: "com.facebook.presto:presto-server:0.287:tar.gz",
        unpack: { keep: { plugin: PLUGINS }, instead: Object.fromEntries(NEWER) },
      },
      standsFor: {
        version: pins.presto.version,
        why: `0.287 is the last server archive on Maven Central; it is for Java 11, and has ASM ${ASM} in place of 9.0 to run on Java 17`,
      },
    },
    prestoMetastore: {
      what: "Hive Metastore for Presto",
      version: "3.1.3",
      extra: true,
      from: { kind: "pom", pom: "presto/metastore.pom.xml" },
      standsFor: { version: pins.hiveMetastore.version, why: "Presto 0.287 asks for a call that 4.0.1 and later lack" },
    },
    prestoMetastoreScripts: {
      what: "schema scripts of the metastore for Presto",
      version: "3.1.3",
      extra: true,
      from: {
        kind: "maven",
        coordinates: "org.apache.hive:hive-standalone-metastore:3.1.3:tar.gz:bin",
        unpack: { keep: { lib: [] } },
      },
      standsFor: { version: pins.hiveMetastore.version, why: "they have the version of the metastore above" },
    },
  },
  proofs: [
    {
      system: "Presto",
      from: "all files of the four ConfigMaps, command, variables, probe, user and read-only root of both Deployments: a coordinator and a worker of 1536Mi, each with an address of its own",
      seen: [
        "forms one cluster of a coordinator and a worker, with the rendered memory, that the rendered probe takes for started",
        "has Trino's totals for Iceberg and Hive tables that Trino wrote",
        "writes to the schema of results and to nothing else: its rules refuse Hive tables, and the object store other buckets",
        "runs as many queries of a group at once as the group may, and of one user no more than theirs",
        "ends a query at the time that its session allows",
        "ends a query with more memory than a node may give it, and the node goes on",
        "exposes the metrics that alerts and dashboards name",
        "answers again once a killed worker is replaced",
        "writes nothing where the settings open nothing",
        "has no password in mounted files, in logs or in the process list",
      ],
    },
  ],
  allowed: [
    {
      file: /^presto-\w+\/node\.properties$/,
      key: /^node\.(bind-ip|internal-address)$/,
      kind: "added",
      why: `${BIND}; and each node has an address of its own, as pods do`,
    },
    {
      file: /^presto-\w+\/jvm\.config$/,
      key: /^-javaagent$/,
      kind: "port",
      why: "each node has an address of its own, as pods do",
    },
    {
      file: /^presto-\w+\/lakehouse\.properties$/,
      key: /^iceberg\.(catalog\.type|rest\.uri)$/,
      kind: "left out",
      why: OLD_CATALOG,
    },
    { file: /^presto-\w+\/lakehouse\.properties$/, key: /^hive\.metastore\.uri$/, kind: "added", why: OLD_CATALOG },
    {
      file: /^presto-\w+\/lakehouse\.properties$/,
      key: /^(iceberg\.security|security\.config-file)$/,
      kind: "left out",
      why: NO_RULES,
    },
    { file: /^metastore\/schema$/, key: /^-initOrUpgradeSchema$/, kind: "left out", why: OLD_METASTORE },
    { file: /^metastore\/schema$/, key: /^-initSchema$/, kind: "added", why: OLD_METASTORE },
  ],
  absent: [
    [
      "Presto on a REST catalog of Iceberg, with rules of its tables",
      "no registry has a server after 0.287, which has neither",
    ],
    [
      "Hive tables by Presto on the stack's metastore",
      "no registry has a server after 0.287, which asks it for a call that it lacks",
    ],
    ["Presto's image", "no registry of libraries has it; the agent of metrics is the metastore's"],
  ],
});
