import { pinned } from "../../core/pins";
import { shared } from "../../core/versions";

const libraries = pinned({
  icebergFlink: {
    ...shared.iceberg,
    jar: {
      group: "org.apache.iceberg",
      artifact: "iceberg-flink-runtime-2.0",
      sha256: "5237fc834c6388ff3ff08d7d309b3d318a77aef9f533fa55d5142cfc26628615",
    },
  },
  flinkKafka: {
    // Connector version, then the line of Flink that it is built for.
    version: "4.0.1-2.0",
    licence: "Apache-2.0",
    held: {
      pin: "4.0.1-2.0",
      newest: "5.0.0-2.2",
      read: "2026-11-28",
      why: "5.0 is built for Flink 2.2, this one for the pinned 2.0",
    },
    jar: {
      group: "org.apache.flink",
      artifact: "flink-sql-connector-kafka",
      sha256: "c7127a6518fba5d6b75eb4692229192e7147ea378e69c7b7cf16d0494057b0c3",
    },
  },
  hadoopApi: {
    ...shared.hadoop,
    jar: {
      group: "org.apache.hadoop",
      artifact: "hadoop-client-api",
      sha256: "a964d4daa054c9615bbafb4553efbb140fa7fb9ac6f358a24393f183a5703438",
    },
  },
  hadoopRuntime: {
    ...shared.hadoop,
    jar: {
      group: "org.apache.hadoop",
      artifact: "hadoop-client-runtime",
      sha256: "f6a800a159f918670db533606d33560d6c13b7e13f14eda493280ae33b9eeb2f",
    },
  },
});

export const pins = {
  ...libraries,
  ...pinned({
    flink: {
      version: "2.0.2",
      licence: "Apache-2.0",
      held: {
        pin: "2.0.2",
        newest: "2.2.0",
        read: "2026-11-28",
        why: "2.0 is the newest line with a runtime of Iceberg 1.10",
      },
      image: "docker.io/library/flink:{version}-scala_2.12-java17",
      lacks: [
        libraries.icebergFlink,
        shared.icebergAws,
        libraries.flinkKafka,
        // Iceberg's catalog for Flink does not load without Hadoop's classes, even where Hadoop is not used.
        libraries.hadoopApi,
        libraries.hadoopRuntime,
      ],
    },
    // Runs Flink 1.13 to 2.4.
    flinkOperator: {
      version: "1.15.0",
      licence: "Apache-2.0",
      held: {
        pin: "1.15.0",
        newest: "1.16.0",
        read: "2026-11-28",
        why: "1.16 is named by one page only; the archive that has its chart was not reached",
      },
      image: "ghcr.io/apache/flink-kubernetes-operator:{version}",
      chart: {
        chart: "flink-kubernetes-operator",
        // The URL contains the version, and only the archive keeps old versions.
        repository: "https://archive.apache.org/dist/flink/flink-kubernetes-operator-{version}/",
      },
    },
  }),
};
