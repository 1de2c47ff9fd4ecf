import assert from "node:assert/strict";

import { OPEN_SOURCE, sameLicence } from "../../../components/core/pins";
import { allPins } from "../../../components/pins";
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
  it("does not exist by default", () => {
    assert.deepEqual(settingsFrom(small).licences, { forbid: [], allow: [] });
    assert.deepEqual(mistakes(minio), []);
  });

  it("is an error for each service with it, with the setting that turns the service on", () => {
    assert.deepEqual(mistakes({ ...minio, licences: { forbid: ["AGPL-3.0-only"] } }), [
      "lakehouse:storage.objects.kind: minio uses minio, whose licence AGPL-3.0-or-later is forbidden by lakehouse:licences.forbid[0] (AGPL-3.0-only); allowed: ceph or s3, or a list without that licence",
      METASTORE,
    ]);
  });

  it("is no error for unused products", () => {
    const off = { catalog: { hiveMetastore: { enabled: false } }, compute: { spark: { enabled: false } } };
    const none = { ...off, query: { trino: { enabled: false } } };
    assert.deepEqual(mistakes({ licences: { forbid: ["AGPL-3.0-only"] } }), [METASTORE]);
    assert.deepEqual(mistakes({ ...none, licences: { forbid: ["AGPL-3.0-only", "BSD-2-Clause"] } }), []);
  });

  it("of a library is no error with an own image that has the library", () => {
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

describe("a licence that is not open source", () => {
  const elastic = (more: object = {}) => ({ storage: { ...small.storage, elasticsearch: { enabled: true, ...more } } });
  const ENABLED =
    "lakehouse:storage.elasticsearch.enabled: elasticsearch uses elasticsearch, whose licence Elastic-2.0 is not open source; allowed: false, with lakehouse:storage.opensearch.enabled: true as the open alternative, or Elastic-2.0 in lakehouse:licences.allow";

  it("is refused once for each setting that brings it in, with the open alternative", () => {
    assert.deepEqual(mistakes(elastic({ kibana: { enabled: false } })), [
      ENABLED,
      "lakehouse:storage.elasticsearch.operator: elastic-operator uses eckOperator, whose licence Elastic-2.0 is not open source; allowed: existing, or Elastic-2.0 in lakehouse:licences.allow",
    ]);
    assert.deepEqual(mistakes(elastic({ kibana: { enabled: false }, operator: "existing" })), [ENABLED]);
  });

  it("is accepted where the settings say so, and forbidden where they say both", () => {
    assert.deepEqual(mistakes({ ...elastic(), licences: { allow: ["Elastic-2.0"] } }), []);
    const both = mistakes({ ...elastic(), licences: { allow: ["Elastic-2.0"], forbid: ["Elastic-2.0"] } });
    assert.ok(both.length > 0);
    assert.ok(both.every((line) => line.includes("is forbidden by lakehouse:licences.forbid[0]")));
  });

  it("does not stand in the way of its open alternative", () => {
    assert.deepEqual(mistakes({ storage: { ...small.storage, opensearch: { enabled: true } } }), []);
  });

  it("is none of any other pin, so that stacks without Elasticsearch need to accept nothing", () => {
    const others = allPins.filter(({ licence }) => !OPEN_SOURCE.some((one) => sameLicence(one, licence)));
    assert.deepEqual([...new Set(others.map(({ licence }) => licence))], ["Elastic-2.0"]);
  });
});
