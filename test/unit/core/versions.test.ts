import assert from "node:assert/strict";

import { held } from "../../../components/core/held";
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

  it("that are held back have a reason of their own time: a new pin needs a new look", () => {
    for (const [name, { pin, newest, read, why }] of Object.entries(held)) {
      assert.equal(pin, versions[name as keyof typeof versions], `the reason for ${name} is about another version`);
      assert.notEqual(newest, pin, `${name} is upstream's newest`);
      assert.match(read, /^20\d\d-[01]\d-[0-3]\d$/);
      assert.ok(why.length > 20, name);
    }
  });

  it("name no tag that moves: every number of the version is there", () => {
    for (const [name, version] of Object.entries(versions))
      if (name !== "scala" && name !== "trino") assert.match(version, /\d+[.-]\d+/, name);
  });
});
