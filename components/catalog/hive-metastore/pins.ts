import { pinned } from "../../core/pins";

const libraries = pinned({
  // 42.7.11 fixes CVE-2026-42198.
  postgresJdbc: {
    version: "42.7.14",
    licence: "BSD-2-Clause",
    jar: {
      group: "org.postgresql",
      artifact: "postgresql",
      sha256: "73914527305a40cce504b0d3d90b23caf565136912d607ae8ae7c5895512332c",
    },
  },
  awsSdk: {
    version: "2.24.6",
    licence: "Apache-2.0",
    held: {
      pin: "2.24.6",
      newest: "2.54.3",
      read: "2026-11-28",
      why: "the one that Hadoop 3.4.1 is built with; only the metastore loads it, which reads no files of users",
    },
    jar: {
      group: "software.amazon.awssdk",
      artifact: "bundle",
      sha256: "890bf9f2a80488f7a8aa8277d64d13a9ea3a3cdff8607ef3b63a878d8b467b41",
    },
  },
  jmxExporter: {
    version: "1.0.1",
    licence: "Apache-2.0",
    jar: {
      group: "io.prometheus.jmx",
      artifact: "jmx_prometheus_javaagent",
      sha256: "7d61f737fd661610ccc14aea79764faa1ea94a340cbc8f0029b3d2edea3d80c1",
    },
  },
});

export const pins = {
  ...libraries,
  ...pinned({
    // Serves Iceberg tables by its own REST catalog: Spark's HiveCatalog cannot talk to metastores from 4.0.1 on.
    hiveMetastore: {
      version: "4.2.1",
      licence: "Apache-2.0",
      image: "docker.io/apache/hive:standalone-metastore-{version}",
      lacks: [libraries.postgresJdbc, libraries.awsSdk, libraries.jmxExporter],
    },
  }),
};
