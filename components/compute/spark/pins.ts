import { pinned } from "../../core/pins";
import { shared } from "../../core/versions";

const scala = {
  version: "2.13",
  licence: "Apache-2.0",
  held: { pin: "2.13", newest: "3.8", read: "2026-11-28", why: "Spark 4 is built for 2.13 only" },
};

const libraries = pinned({
  icebergSpark: {
    ...shared.iceberg,
    jar: {
      group: "org.apache.iceberg",
      artifact: `iceberg-spark-runtime-4.0_${scala.version}`,
      sha256: "2192a0881ed0f5773b5a83a8820d2b0b2069beec203028643a1c338551007f09",
    },
  },
});

export const pins = {
  ...libraries,
  ...pinned({
    scala,
    spark: {
      version: "4.0.5",
      licence: "Apache-2.0",
      held: {
        pin: "4.0.5",
        newest: "4.3.0",
        read: "2026-11-28",
        why: "4.0 is the newest line for which Iceberg and Delta have runtimes that were proven together with this metastore",
      },
      image: `docker.io/apache/spark:{version}-scala${scala.version}-java17-python3-ubuntu`,
      lacks: [libraries.icebergSpark, shared.icebergAws],
    },
    sparkOperator: {
      version: "2.5.2",
      licence: "Apache-2.0",
      // The chart's default image.
      image: "ghcr.io/kubeflow/spark-operator/controller:{version}",
      chart: { chart: "spark-operator", repository: "https://kubeflow.github.io/spark-operator" },
    },
  }),
};
