import assert from "node:assert/strict";

import { charts, COMPATIBILITY, images, jars, versions } from "../../../components/core/versions";

describe("versions", () => {
  it("are together a tuple of the compatibility table", () => {
    const { spark, scala, iceberg, hive, hadoop, awsSdk, trino } = versions;
    assert.ok(
      COMPATIBILITY.some((row) =>
        Object.entries({ spark, scala, iceberg, hive, hadoop, awsSdk, trino }).every(
          ([name, version]) => row[name as keyof typeof row] === version,
        ),
      ),
      "the pins of Spark, Iceberg, Hive, Hadoop, the AWS SDK and Trino are no row of COMPATIBILITY",
    );
  });

  it("pin every image by registry and tag, never latest, and none from a dead registry", () => {
    for (const image of Object.values(images)) {
      assert.match(
        image,
        /^(docker\.io|ghcr\.io|quay\.io|registry\.k8s\.io)\/[\w./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/,
      );
      assert.doesNotMatch(image, /:latest|bitnami|minio\/minio|k8s\.gcr\.io/);
    }
  });

  it("pin every chart and every library", () => {
    for (const { version } of Object.values(charts)) assert.match(version, /^\d+\.\d+\.\d+$/);
    for (const { sha256 } of Object.values(jars)) assert.match(sha256, /^[0-9a-f]{64}$/);
  });
});
