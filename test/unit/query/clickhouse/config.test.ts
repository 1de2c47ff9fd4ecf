import assert from "node:assert/strict";

import { keeperXml, type Places, serverXml, VARIABLES } from "../../../../components/query/clickhouse/config";
import { memoryOf } from "../../../../components/query/clickhouse/memory";
import { keeperHosts, serverHosts } from "../../../../components/query/clickhouse/pods";
import { installationSpec, keeperSpec } from "../../../../components/query/clickhouse/resources";
import { clickhouse as schema } from "../../../../components/query/clickhouse/settings";
import { configXml, fromEnv, removed } from "../../../../components/query/clickhouse/xml";
import type { PodGroup } from "../../../../components/core/pod-group";
import { GiB, MiB } from "../../../../components/core/quantity";

const size = { cpu: 1, memory: 4 * GiB };
const group = (role: string, replicas = 1): PodGroup => ({
  service: "clickhouse",
  role,
  namespace: "lakehouse-clickhouse",
  replicas,
  requests: size,
  limits: size,
  volumes: [{ name: "data", size: 10 * GiB, storageClass: "fast" }],
  scratch: { "/tmp": GiB },
  pools: [],
  spread: "any",
  lifetime: "always",
  origin: "deployed",
});
const settings = (more: object = {}) => schema.parse({ enabled: true, ...more });
const PLACES: Places = {
  s3: { url: "https://s3.example:9000", region: "eu" },
  objects: { bucket: "services", prefix: "clickhouse/" },
  backups: "backups",
  kafka: { securityProtocol: "SASL_PLAINTEXT", mechanism: "SCRAM-SHA-512" },
};
const NOWHERE: Places = { s3: PLACES.s3, objects: undefined, backups: undefined, kafka: undefined };

describe("ClickHouse's XML", () => {
  it("has attributes, lists and nested elements, and escapes what would end one", () => {
    assert.equal(
      configXml({ a: { "@b": '<"', "c": [1, { d: true }] }, e: removed, f: undefined, g: fromEnv("X") }),
      [
        "<clickhouse>",
        '  <a b="&lt;&#34;">',
        "    <c>1</c>",
        "    <c>",
        "      <d>1</d>",
        "    </c>",
        "  </a>",
        '  <e remove="remove"/>',
        '  <g from_env="X"/>',
        "</clickhouse>",
        "",
      ].join("\n"),
    );
  });
});

describe("ClickHouse's memory", () => {
  it("is divided by documented rules, at their bounds too", () => {
    assert.deepEqual(memoryOf(4 * GiB), {
      server: 3481 * MiB,
      statement: 1740 * MiB,
      marks: 435 * MiB,
      statements: 64,
    });
    assert.equal(memoryOf(1 * GiB).statements, 20);
    assert.equal(memoryOf(256 * GiB).statements, 200);
    assert.equal(memoryOf(256 * GiB).marks, 5 * GiB);
  });

  it("leaves room for a statement and the caches at the least size", () => {
    const { server, statement, marks } = memoryOf(1024 * MiB);
    assert.ok(statement + marks < server);
    assert.ok(statement > 400 * MiB);
  });
});

describe("ClickHouse's configuration", () => {
  it("names variables in place of what is secret", () => {
    const text = serverXml(group("server"), PLACES);
    for (const variable of Object.values(VARIABLES)) assert.ok(text.includes(`from_env="${variable}"`), variable);
    for (const line of text.split("\n").filter((each) => /<(password|secret_access_key|sasl_password)/.test(each)))
      assert.match(line, /from_env="\w+"\/>$/);
  });

  it("says nothing of places that the settings do not use", () => {
    const text = serverXml(group("server"), NOWHERE);
    for (const word of ["storage_configuration", "named_collections", "<s3>", "<kafka>", "openSSL", "S3_ACCESS_KEY"])
      assert.ok(!text.includes(word), word);
  });

  it("keeps rows in objects of each server's own, with a cache that leaves room on the volume", () => {
    const text = serverXml(group("server"), PLACES);
    assert.ok(text.includes("<endpoint>https://s3.example:9000/services/clickhouse/{shard}/{replica}/</endpoint>"));
    const cache = Number(/<max_size>(\d+)<\/max_size>/.exec(text)?.[1]);
    assert.equal(cache, Math.floor(10 * GiB * 0.7));
    // What the server writes about itself stays on the volume.
    assert.equal(text.split("storage_policy = &#39;default&#39;").length, 3);
  });

  it("trusts the settings' authorities where there are some", () => {
    const trusting = { ...group("server"), site: { caBundle: "abc" } };
    assert.match(serverXml(trusting, NOWHERE), /<caConfig>\/mnt\/lakehouse-ca\/ca\.pem<\/caConfig>/);
  });

  it("bounds Keeper below its limit, so that it writes a snapshot instead of being killed", () => {
    const limit = Number(/soft_limit>(\d+)</.exec(keeperXml(group("keeper")))?.[1]);
    assert.equal(limit, Math.floor(4 * GiB * 0.8));
  });
});

interface Installation {
  readonly configuration: {
    readonly zookeeper: { readonly nodes: readonly object[] };
    readonly users: Readonly<Record<string, unknown>>;
    readonly profiles?: object;
    readonly clusters: readonly { readonly layout: object }[];
  };
  readonly reconcile: { readonly cleanup: Readonly<Record<string, { readonly pvc: string }>> };
  readonly templates: {
    readonly podTemplates: readonly {
      readonly spec: { readonly containers: readonly { readonly ports: readonly object[] }[] };
    }[];
    readonly volumeClaimTemplates: readonly { readonly reclaimPolicy: string }[];
  };
}

describe("the operator's resources", () => {
  const own = settings({ shards: 2, server: { replicas: 2 }, keeper: { replicas: 3 } });
  const spec = installationSpec({ group: group("server", 4), settings: own, xml: "", env: {} }) as Installation;

  it("have a host for each replica of each shard, and each Keeper by its own name", () => {
    assert.deepEqual(spec.configuration.clusters[0]?.layout, { shardsCount: 2, replicasCount: 2 });
    assert.deepEqual(serverHosts(own), [
      "chi-clickhouse-main-0-0",
      "chi-clickhouse-main-0-1",
      "chi-clickhouse-main-1-0",
      "chi-clickhouse-main-1-1",
    ]);
    assert.deepEqual(
      spec.configuration.zookeeper.nodes,
      keeperHosts(own).map((host) => ({ host, port: 2181 })),
    );
  });

  it("keep volumes whatever the operator cleans up", () => {
    for (const part of Object.values(spec.reconcile.cleanup)) assert.equal(part.pvc, "Retain");
    for (const each of [spec, keeperSpec(group("keeper")) as Installation])
      assert.deepEqual(
        each.templates.volumeClaimTemplates.map(({ reclaimPolicy }) => reclaimPolicy),
        ["Retain"],
      );
  });

  it("let the user without a password in from the server itself only, and the operator's at no rows", () => {
    const { users } = spec.configuration;
    assert.deepEqual(users["default/networks/ip"], ["127.0.0.1", "::1"]);
    assert.equal(users["default/networks/host_regexp"], "^localhost$");
    const grants = users["clickhouse_operator/grants/query"] as readonly string[];
    for (const grant of grants) assert.doesNotMatch(grant, /(SELECT|INSERT|ALL|ACCESS MANAGEMENT)[^.]* ON \*\.\*/);
  });

  it("know Iceberg's databases only where the settings read them", () => {
    assert.equal(spec.configuration.profiles, undefined);
    const reading = installationSpec({
      group: group("server"),
      settings: settings({ iceberg: "read" }),
      xml: "",
      env: {},
    });
    assert.deepEqual((reading as Installation).configuration.profiles, {
      "default/allow_experimental_database_iceberg": 1,
    });
  });
});
