import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import type { TopicAccess } from "../../../../components/core/capabilities";
import { GiB, MiB } from "../../../../components/core/quantity";
import { stackFacts } from "../../../../components/facts";
import * as config from "../../../../components/query/druid/config";
import { check } from "../../../../components/query/druid/check";
import { specFiles } from "../../../../components/query/druid/ingestion";
import { druidMemory } from "../../../../components/query/druid/memory";
import { druidPods, memoryOf, type Role, ROLES } from "../../../../components/query/druid/pods";
import { rolePermissions, usersFile, WRITER } from "../../../../components/query/druid/users";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { PRESETS } from "../../../../components/core/system";

const settings = (druid: object = {}, more: object = {}) =>
  settingsFrom({
    nodes: ["one", "two", "three", "four"].map((name) => ({ name, pool: "all", cpu: 64, memory: "256Gi" })),
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    query: { druid: { enabled: true, ...druid } },
    streaming: { kafka: { enabled: true } },
    ...more,
  });
const groupOf = (role: Role, of = settings()) =>
  druidPods(platform(of), of.query.druid).find((group) => group.role === role) ?? assert.fail(role);

const PLACES = {
  jdbcUrl: "jdbc:postgresql://postgres-rw.lakehouse-storage.svc:5432/druid",
  s3: { url: "http://minio.lakehouse-storage.svc:9000", region: "eu-test-1" },
  objects: { bucket: "x-services", prefix: "druid/" },
};
const propertiesOf = (text: string) =>
  Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]),
  );
const own = (role: Role, of = settings()) =>
  propertiesOf(config.runtimeProperties(groupOf(role, of), PLACES, of.query.druid));

describe("Druid's memory", () => {
  const sizes = [0.1, 0.5, 1, 2, 4, 8, 16, 32].flatMap((cpu) =>
    [1, 2, 4, 8, 16, 64, 128].map((gib) => ({ cpu, limit: gib * GiB })),
  );

  it("leaves 15 % of each pod, at least 256 MiB, for the JVM outside of heap and buffers", () => {
    let divided = 0;
    for (const role of ROLES)
      for (const size of sizes) {
        let memory;
        try {
          memory = druidMemory(role, size);
        } catch (error) {
          assert.ok(error instanceof RangeError);
          continue;
        }
        divided += 1;
        const outside = size.limit - memory.heap - memory.direct;
        assert.ok(outside >= Math.max(0.15 * size.limit, 256 * MiB), `${role} ${JSON.stringify(size)}`);
        assert.ok(memory.heap <= 31 * GiB);
      }
    assert.ok(divided > 200, String(divided));
  });

  it("has room for Druid's buffers: one for each thread, the merge buffers and one more", () => {
    for (const role of ["broker", "historical", "indexer"] as const)
      for (const size of sizes.filter(({ cpu, limit }) => limit >= 2 * GiB * Math.max(1, cpu / 8))) {
        const { direct, buffer = assert.fail(), threads, mergeBuffers } = druidMemory(role, size);
        assert.ok(buffer * (threads + mergeBuffers + 1) < direct, role);
        assert.ok(buffer >= 16 * MiB && buffer <= 500 * MiB);
      }
  });

  it("leaves a quarter of a historical for the page cache of its segments, and nothing in other roles", () => {
    const free = (role: Role) => {
      const { heap, direct } = druidMemory(role, { cpu: 8, limit: 64 * GiB });
      return (64 * GiB * 0.85 - heap - direct) / (64 * GiB * 0.85);
    };
    assert.ok(free("historical") > 0.25, String(free("historical")));
    assert.ok(druidMemory("indexer", { cpu: 4, limit: 16 * GiB }).heap > 0.6 * 16 * GiB);
    assert.equal(druidMemory("coordinator", { cpu: 2, limit: 2 * GiB }).direct, 64 * MiB);
  });

  it("is that of the process, without sidecars", () => {
    assert.deepEqual(memoryOf(groupOf("coordinator")), druidMemory("coordinator", { cpu: 0.5, limit: 2 * GiB }));
  });

  it("refuses a pod without room for a heap, with the missing memory", () => {
    assert.throws(
      () => druidMemory("historical", { cpu: 32, limit: GiB }),
      /Druid's historical of 32 cores .*needs 256Mi/,
    );
  });
});

describe("Druid's settings", () => {
  const refused = (druid: object, more: object = {}): string[] => {
    try {
      settings(druid, more);
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map(({ path }) => path.replace("lakehouse:query.druid.", ""));
    }
  };
  const stream = (dataSource: string) => ({ topic: dataSource, dataSource });

  it("are those of each preset", () => {
    for (const preset of PRESETS) assert.deepEqual(refused({}, { preset }), [], preset);
  });

  it("are refused if cores, tasks or streams exceed the available ones", () => {
    assert.deepEqual(refused({ historical: { cpu: 64, memory: "1Gi" } }), ["historical.memory"]);
    assert.deepEqual(refused({ indexer: { memory: "1Gi" }, tasks: 5 }), ["tasks"]);
    assert.deepEqual(refused({ tasks: 4, streams: ["a", "b"].map(stream) }), []);
    assert.deepEqual(refused({ tasks: 4, streams: ["a", "b", "c"].map(stream) }), ["tasks"]);
  });

  it("name each data source once, and only topics that exist", () => {
    const both = { streams: [stream("a")], batches: [{ dataSource: "a", prefix: "a/" }] };
    assert.deepEqual(refused(both), ["batches[0].dataSource"]);
    assert.deepEqual(refused({ streams: [stream("a")] }, { streaming: {} }), ["streams"]);
    for (const prefix of ["a", "/a/", "a//b/", ""])
      assert.equal(refused({ batches: [{ dataSource: "a", prefix }] }).length, 1, prefix);
  });

  it("add the bucket of services only if Druid is on", () => {
    const keys = (of: object) => stackFacts(settings(of)).buckets.map(({ key }) => key);
    assert.ok(keys({}).includes("services"));
    assert.deepEqual(keys({ enabled: false }), ["bronze", "silver", "gold", "warehouse", "backups"]);
  });
});

describe("Druid's files", () => {
  it("use no ZooKeeper: discovery is by the API server, and segments and tasks are assigned by HTTP", () => {
    const common = propertiesOf(config.commonProperties());
    assert.deepEqual(
      [
        "druid.zk.service.enabled",
        "druid.discovery.type",
        "druid.serverview.type",
        "druid.coordinator.loadqueuepeon.type",
        "druid.indexer.runner.type",
      ].map((key) => common[key]),
      ["false", "k8s", "http", "http", "httpRemote"],
    );
    assert.deepEqual(config.LEADER_LOCKS, ["druid-leaderelection-coordinator", "druid-leaderelection-overlord"]);
    assert.equal(common["druid.discovery.k8s.clusterIdentifier"], "druid");
  });

  it("give each role the addresses that it connects to, and no others", () => {
    const told = (part: string) =>
      ROLES.filter((role) => Object.values(own(role)).some((value) => value.includes(part)));
    assert.deepEqual(told("jdbc:postgresql"), ["coordinator"]);
    assert.deepEqual(told("x-services"), ["coordinator", "historical", "indexer"]);
    assert.equal(own("historical")["druid.storage.baseKey"], "druid/segments");
    assert.equal(own("indexer")["druid.indexer.logs.s3Prefix"], "druid/logs");
  });

  it("have no passwords: each is a variable", () => {
    const all = [
      config.commonProperties(),
      ...ROLES.map((role) => config.runtimeProperties(groupOf(role), PLACES, settings().query.druid)),
    ];
    const values = all
      .flatMap((text) => Object.entries(propertiesOf(text)))
      .filter(([key]) => /password|secret/i.test(key));
    assert.ok(values.length >= 4);
    for (const [key, value] of values) assert.match(value, /^\$\{env:DRUID_[A-Z_]+\}$/, key);
  });

  it("give historicals more threads than connections of all brokers, and nine tenths of their volume", () => {
    const of = settings({ broker: { replicas: 3 }, cache: "100Gi" });
    const historical = own("historical", of);
    const connections = 3 * Number(own("broker", of)["druid.broker.http.numConnections"]);
    assert.ok(Number(historical["druid.server.http.numThreads"]) > connections);
    const [location] = JSON.parse(historical["druid.segmentCache.locations"] ?? "") as {
      path: string;
      maxSize: number;
    }[];
    assert.deepEqual(location, { path: "/srv/druid/segments", maxSize: 0.9 * 100 * GiB });
  });

  it("start the process directly, with the heap of its pod and its own address", () => {
    const line = config.command(groupOf("broker"));
    assert.ok(line.includes("-Ddruid.host=$(POD_IP)"));
    assert.ok(line.includes(`-Xmx${String(memoryOf(groupOf("broker")).heap / MiB)}m`));
    assert.deepEqual(line.slice(-3), ["org.apache.druid.cli.Main", "server", "broker"]);
  });
});

describe("Druid's ingestion", () => {
  const kafka = {
    bootstrap: "kafka.x.svc:9092",
    securityProtocol: "SASL_PLAINTEXT",
    mechanism: "SCRAM-SHA-512",
  } as TopicAccess;
  const of = settings({
    streams: [{ topic: "orders", dataSource: "orders", time: "ordered_at" }],
    batches: [{ dataSource: "clicks", prefix: "clicks/" }],
  }).query.druid;
  const buckets = { bronze: "x-bronze", silver: "x-silver", gold: "x-gold" };

  it("is specified in pipelines/druid, with the stack's names and no passwords", () => {
    const files = specFiles(of, kafka, buckets);
    assert.deepEqual(Object.keys(files), ["orders.stream.json", "clicks.batch.json"]);
    const { spec } = JSON.parse(files["orders.stream.json"] ?? "") as {
      spec: {
        dataSchema: { timestampSpec: object };
        ioConfig: { topic: string; consumerProperties: Record<string, unknown> };
      };
    };
    assert.equal(spec.ioConfig.topic, "orders");
    assert.deepEqual(spec.dataSchema.timestampSpec, { column: "ordered_at", format: "auto" });
    assert.deepEqual(spec.ioConfig.consumerProperties["druid.dynamic.config.provider"], {
      type: "environment",
      variables: { "sasl.jaas.config": "DRUID_KAFKA_JAAS" },
    });
    const batch = JSON.parse(files["clicks.batch.json"] ?? "") as {
      id: string;
      spec: { ioConfig: { inputSource: object } };
    };
    assert.deepEqual(batch.spec.ioConfig.inputSource, { type: "s3", prefixes: ["s3://x-bronze/clicks/"] });
    assert.match(batch.id, /^clicks-[0-9a-f]{12}$/);
  });

  it("keeps a row for each combination of fields in each time where the settings say so, and each record elsewhere", () => {
    const rollup = { by: ["country"], sum: ["amount"], every: "day" as const };
    const clicks = { ...of.batches[0]!, rollup };
    const { dataSchema } = (
      JSON.parse(specFiles({ ...of, batches: [clicks] }, kafka, buckets)["clicks.batch.json"] ?? "") as {
        spec: { dataSchema: Record<string, unknown> };
      }
    ).spec;
    assert.deepEqual(dataSchema.dimensionsSpec, { dimensions: ["country"] });
    assert.deepEqual(dataSchema.metricsSpec, [
      { type: "count", name: "rows" },
      { type: "doubleSum", name: "amount", fieldName: "amount" },
    ]);
    assert.deepEqual(dataSchema.granularitySpec, { segmentGranularity: "day", queryGranularity: "day", rollup: true });
    assert.match(specFiles(of, kafka, buckets)["clicks.batch.json"] ?? "", /"rollup": false/);
    const mistakes = (more: object) => {
      const druid = { ...of, batches: [{ ...clicks, rollup: { ...rollup, ...more } }] };
      return [...check(druid)].map(({ path, message }) => `${path}: ${message}`);
    };
    assert.deepEqual(mistakes({}), []);
    assert.deepEqual(mistakes({ by: ["timestamp", "country"], sum: ["country", "rows"] }), [
      'lakehouse:query.druid.batches[0].rollup.by: given "timestamp", which is the time already; allowed: each field once',
      'lakehouse:query.druid.batches[0].rollup.sum: given "country", which is in rollup.by already; allowed: each field once',
      'lakehouse:query.druid.batches[0].rollup.sum: given "rows", which is the number of records already; allowed: each field once',
    ]);
  });

  it("has a task name that changes only with the batch's specification", () => {
    const id = (batch: object) =>
      (
        JSON.parse(
          specFiles({ ...of, streams: [], batches: [{ ...of.batches[0]!, ...batch }] }, undefined, buckets)[
            "clicks.batch.json"
          ] ?? "",
        ) as { id: string }
      ).id;
    assert.equal(id({}), id({}));
    assert.notEqual(id({}), id({ prefix: "clicks/2026/" }));
  });
});

describe("Druid's users", () => {
  it("can fill the data sources of the settings, by their full names", () => {
    const names = rolePermissions(["b-1", "a"])[WRITER].map(({ resource, action }) => `${action} ${resource.name}`);
    assert.deepEqual(names, ["READ a", "WRITE a", "READ b\\-1", "WRITE b\\-1"]);
    assert.deepEqual(rolePermissions([])[WRITER], []);
  });

  it("are a line each, in a fixed order", () => {
    const user = (name: string) => ({ name, role: WRITER, password: "p" }) as const;
    assert.equal(usersFile([user("b"), user("a")]), usersFile([user("a"), user("b")]));
    assert.equal(usersFile([user("a")]), "a lakehouse-writer p\n");
  });
});
