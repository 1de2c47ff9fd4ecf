import assert from "node:assert/strict";

import { settingsFrom, SettingsError } from "../../../components/settings";

const small = {
  nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
};
const minio = { storage: { objects: { kind: "minio", admin: { host: "s3.example.org", port: 443 } } } };

function mistakes(settings: object): string[] {
  try {
    settingsFrom({ ...small, ...settings });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
  }
}

const METASTORE =
  "lakehouse:catalog.hiveMetastore.enabled: hive-metastore uses minioClient, whose licence AGPL-3.0-or-later is forbidden by lakehouse:licences.forbid[0] (AGPL-3.0-only); allowed: false, or a list without that licence";

describe("a forbidden licence", () => {
  it("is none by default", () => {
    assert.deepEqual(settingsFrom(small).licences, { forbid: [] });
    assert.deepEqual(mistakes(minio), []);
  });

  it("is a mistake for each service that has it, with the setting that brings it in", () => {
    assert.deepEqual(mistakes({ ...minio, licences: { forbid: ["AGPL-3.0-only"] } }), [
      "lakehouse:storage.objects.kind: minio uses minio, whose licence AGPL-3.0-or-later is forbidden by lakehouse:licences.forbid[0] (AGPL-3.0-only); allowed: ceph or s3, or a list without that licence",
      METASTORE,
    ]);
  });

  it("matters only where it is used", () => {
    const off = { catalog: { hiveMetastore: { enabled: false } }, compute: { spark: { enabled: false } } };
    const none = { ...off, query: { trino: { enabled: false } } };
    assert.deepEqual(mistakes({ licences: { forbid: ["AGPL-3.0-only"] } }), [METASTORE]);
    assert.deepEqual(mistakes({ ...none, licences: { forbid: ["AGPL-3.0-only", "BSD-2-Clause"] } }), []);
  });

  it("of a library goes with an own image that has it", () => {
    const forbid = { licences: { forbid: ["BSD-2-Clause"] } };
    assert.match(
      mistakes(forbid).join("\n"),
      /^lakehouse:catalog\.hiveMetastore\.jars: hive-metastore uses postgresJdbc, .*; allowed: image, or/,
    );
    const own = { catalog: { hiveMetastore: { jars: "image" } }, compute: { spark: { jars: "image" } } };
    assert.deepEqual(mistakes({ ...forbid, ...own }), []);
  });

  it("must look like an SPDX identifier", () => {
    assert.deepEqual(mistakes({ licences: { forbid: ["GNU AGPL"] } }), [
      'lakehouse:licences.forbid[0]: given "GNU AGPL"; allowed: an SPDX identifier such as AGPL-3.0-only',
    ]);
  });
});
