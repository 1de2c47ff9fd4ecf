import assert from "node:assert/strict";

import { url } from "../../../components/core/endpoint";
import { groupName } from "../../../components/core/pod-group";
import { catalog } from "./fixtures";

const LINK = "lakehouse:core:Link";

describe("the catalog layer", () => {
  it("offers tables by REST and by Thrift, on one Service", async () => {
    const { layer, one } = await catalog();
    const { tables } = layer;
    assert.equal(tables?.restUrl, "http://hive-metastore.lakehouse-catalog.svc:9001/iceberg");
    assert.equal(url(tables.thrift), "thrift://hive-metastore.lakehouse-catalog.svc:9083");
    assert.equal(tables.warehouse, "s3://x-warehouse/");
    assert.deepEqual(
      [tables.rest.peer.name, tables.thrift.peer.name],
      ["hive-metastore-server", "hive-metastore-server"],
    );
    const { metadata, spec } = one("kubernetes:core/v1:Service", "hive-metastore");
    assert.equal(metadata.namespace, "lakehouse-catalog");
    assert.deepEqual(spec.ports, [
      { name: "thrift", port: 9083, targetPort: 9083 },
      { name: "rest", port: 9001, targetPort: 9001 },
    ]);
    assert.deepEqual(spec.selector, {
      "app.kubernetes.io/name": "hive-metastore",
      "app.kubernetes.io/instance": "hive-metastore-server",
    });
  });

  it("is empty when the metastore is off", async () => {
    const { layer, registered } = await catalog({ enabled: false });
    assert.deepEqual([layer.services, layer.tables], [[], undefined]);
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["lakehouse:catalog:Catalog"],
    );
  });

  it("includes its tasks in the planned pods", async () => {
    const { layer } = await catalog();
    assert.deepEqual(
      layer.services.flatMap((service) => service.pods).map((pods) => [groupName(pods), pods.replicas, pods.lifetime]),
      [
        ["hive-metastore-server", 2, "always"],
        ["metastore-tasks-schema", 1, "once"],
        ["metastore-tasks-backup", 1, "job"],
      ],
    );
  });

  it("requests its own database, all buckets of tables, and its prefix of the backups", async () => {
    const { database, objects } = await catalog();
    assert.deepEqual(database.owned, ["hive-metastore:metastore"]);
    // The backup's user can only read.
    assert.deepEqual(database.readers, ["metastore-tasks:metastore"]);
    assert.deepEqual(objects.grants, [
      {
        user: "hive-metastore",
        access: [
          { bucket: "x-bronze", level: "append" },
          { bucket: "x-silver", level: "write" },
          { bucket: "x-gold", level: "write" },
          { bucket: "x-warehouse", level: "write" },
        ],
      },
      { user: "metastore-tasks", access: [{ bucket: "x-backups", prefix: "hive-metastore/", level: "write" }] },
    ]);
  });

  it("connects each role only to what it uses", async () => {
    const { registered } = await catalog();
    assert.deepEqual(
      registered
        .filter(({ type }) => type === LINK)
        .map(({ inputs }) => `${inputs.from} → ${inputs.to}`)
        .toSorted(),
      [
        "hive-metastore → libraries",
        "hive-metastore → postgres",
        "hive-metastore → s3",
        "metastore-tasks → postgres",
        "metastore-tasks-backup → s3",
        "metastore-tasks-schema → libraries",
      ],
    );
  });

  it("has no connection to the server of libraries if it fetches none", async () => {
    const { registered } = await catalog({ jars: "image" });
    assert.ok(registered.every(({ type, inputs }) => type !== LINK || inputs.to !== "libraries"));
  });
});
