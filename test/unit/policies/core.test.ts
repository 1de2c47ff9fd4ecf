import assert from "node:assert/strict";

import { Field } from "../../../policies/core/field";
import { labelsOf, selects } from "../../../policies/core/labels";
import { parseJvmMemory, parseQuantity, show } from "../../../policies/core/quantity";
import { keyOf } from "../../../policies/core/resource";
import { parseImage } from "../../../policies/images";
import { hostsIn } from "../../../policies/network/hosts";
import { secretIn } from "../../../policies/secrets/detect";
import { chartName } from "../../../policies/workloads/charts";
import { rememberInputs } from "../../../policies/core/unconfigured";
import { UNKNOWN } from "./runner";

describe("a field", () => {
  const field = Field.of({ spec: { list: [{ name: "a" }], labels: { "a/b": "1" }, later: UNKNOWN, none: null } });

  it("knows its path", () => {
    assert.equal(field.at("spec", "list", 0, "name").path, "spec.list[0].name");
    assert.equal(field.at("spec", "labels", "a/b").path, 'spec.labels["a/b"]');
  });
  it("is absent if the value or its parent is missing", () => {
    assert.equal(field.get("spec.nope.deeper").absent, true);
    assert.equal(field.get("spec.none").absent, true);
  });
  it("is unknown below an unknown value, and neither absent nor present", () => {
    const { unknown, absent, present, text } = field.get("spec.later.deeper");
    assert.deepEqual(
      { unknown, absent, present, text },
      { unknown: true, absent: false, present: false, text: undefined },
    );
  });
});

describe("the configuration of a provider", () => {
  it("is read once for a resource, for any number of policies", () => {
    let reads = 0;
    const password = { enumerable: true, get: () => (reads++, UNKNOWN) };
    const provider = { type: "", urn: "", name: "", props: Object.defineProperty({}, "password", password) };
    const read = (props: object) => {
      reads = 0;
      const source = { urn: "a", props, provider } as unknown as Parameters<typeof rememberInputs>[0];
      for (let policy = 0; policy < 60; policy++) rememberInputs(source);
      return reads;
    };
    const first = read({ bucket: "bronze" });
    assert.ok(first > 0 && first < 5, String(first));
    assert.equal(read({ bucket: "silver" }), first);
  });
});

describe("quantities", () => {
  const cases: [unknown, number | undefined][] = [
    ["24Gi", 24 * 2 ** 30],
    ["500m", 0.5],
    ["1.5", 1.5],
    [2, 2],
    ["1e3", 1000],
    ["2G", 2e9],
    ["2g", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [text, amount] of cases) {
    it(`read ${JSON.stringify(text)} as Kubernetes does`, () => {
      assert.equal(parseQuantity(text), amount);
    });
  }
  it("read Spark's units as binary ones", () => {
    assert.deepEqual(["5734m", "4g", "512", "4Gi?"].map(parseJvmMemory), [
      5734 * 2 ** 20,
      4 * 2 ** 30,
      512 * 2 ** 20,
      undefined,
    ]);
  });
  it("are shown in the unit that people use", () => {
    assert.deepEqual(
      [show(25 * 2 ** 30, "memory"), show(300 * 2 ** 20, "memory"), show(0.25, "cpu")],
      ["25 Gi", "300 Mi", "0.25 cores"],
    );
  });
});

describe("hosts in a text", () => {
  const cases: [string, [string, number | undefined][]][] = [
    ["jdbc:postgresql://pg-rw.back.svc:5432/shop", [["pg-rw.back.svc:5432", 5432]]],
    ["http://api.back.svc.cluster.local/v1", [["api.back.svc", 80]]],
    ["k-0.k.bus.svc:9092,k-1.k.bus.svc:9092", [["k.bus.svc:9092", 9092]]],
    ["http://minio-{0...3}.minio-hl.store.svc:9000/data", [["minio-hl.store.svc:9000", 9000]]],
    ["redis://:secret@cache.back.svc:6379", [["cache.back.svc:6379", 6379]]],
    ["host=meta.back.svc", [["meta.back.svc", undefined]]],
    ["thrift://meta:9083", [["meta:9083", 9083]]],
    ["https://docs.example.com/a", []],
    ["s3a://warehouse/", [["warehouse", undefined]]],
    ["no host at all", []],
  ];
  for (const [text, hosts] of cases) {
    it(`are found in ${text}`, () => {
      assert.deepEqual(
        hostsIn(text).map(({ host, port }) => [host, port]),
        hosts,
      );
    });
  }
});

describe("label selectors", () => {
  const labels = labelsOf(Field.of({ app: "web", tier: UNKNOWN }));
  const matches = (selector: object) => selects(Field.of(selector as Record<string, unknown>), labels);

  it("compare labels and expressions", () => {
    assert.equal(matches({}), true);
    assert.equal(matches({ matchLabels: { app: "web" } }), true);
    assert.equal(matches({ matchLabels: { app: "api" } }), false);
    assert.equal(matches({ matchExpressions: [{ key: "app", operator: "In", values: ["api", "web"] }] }), true);
    assert.equal(matches({ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }), false);
    assert.equal(matches({ matchExpressions: [{ key: "zone", operator: "Exists" }] }), false);
    assert.equal(matches({ matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }), true);
  });
  it("treat an unknown label as a match", () => {
    assert.equal(matches({ matchLabels: { tier: "x" } }), true);
  });
});

describe("names", () => {
  it("of types have no version", () => {
    assert.equal(keyOf("kubernetes:apps/v1:Deployment"), "apps/Deployment");
    assert.equal(keyOf("kubernetes:postgresql.cnpg.io/v1:Cluster"), "postgresql.cnpg.io/Cluster");
    assert.equal(keyOf("minio:index/s3Bucket:S3Bucket"), "minio:index/s3Bucket:S3Bucket");
  });
  it("of charts have no registry, folder and version", () => {
    const charts = ["spark-operator", "oci://quay.io/strimzi-helm/strimzi-kafka-operator", "./charts/trino-1.2.3.tgz"];
    assert.deepEqual(charts.map(chartName), ["spark-operator", "strimzi-kafka-operator", "trino"]);
  });
  it("of images are completed", () => {
    assert.equal(parseImage("postgres:17").repository, "docker.io/library/postgres");
    assert.equal(parseImage("apache/spark").repository, "docker.io/apache/spark");
    assert.deepEqual(parseImage("localhost:5000/a/b@sha256:1"), {
      text: "localhost:5000/a/b@sha256:1",
      repository: "localhost:5000/a/b",
      tag: undefined,
      digest: "sha256:1",
    });
  });
});

describe("secrets", () => {
  const harmless: [string, string][] = [
    ["password", "${ENV:PASSWORD}"],
    ["passwordKey", "password"],
    ["http-server.authentication.type", "PASSWORD"],
    ["secretName", "root"],
    ["token", "true"],
    ["ssl.keystore.password", "{{ .password }}"],
    ["sasl.password", "#{kafka.password}"],
    ["sasl.password", "{"],
    ["password.file", "/run/secrets/password"],
    ["key", "value"],
    ["password", 'os.environ["DB_PASSWORD"]'],
    ["", "connect(user=user, password=password)"],
  ];
  for (const [key, value] of harmless) {
    it(`are not found in ${key}=${value}`, () => {
      assert.equal(secretIn(key, value), undefined);
    });
  }
  const found = [
    "password",
    "DB_PASSWORD",
    "s3.aws-secret-key",
    "fs.s3a.secret.key",
    "clientSecret",
    "accessToken",
    "apiKey",
  ];
  for (const key of found) {
    it(`are found under ${key}`, () => {
      assert.equal(secretIn(key, "hunter2"), `a literal under the key ${key}`);
    });
  }
});
