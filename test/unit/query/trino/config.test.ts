import assert from "node:assert/strict";

import fc from "fast-check";

import { sourceCatalog } from "../../../../components/query/trino/catalogs";
import * as catalogs from "../../../../components/query/trino/catalogs/lake";
import * as config from "../../../../components/query/trino/config";
import { outsideEndpoint } from "../../../../components/core/endpoint";
import { GiB, MiB } from "../../../../components/core/quantity";

const THRIFT = outsideEndpoint({ name: "hms", url: "thrift://hms:9083", cidrs: [], reason: "" });
const LAKE = { version: "480", s3: { url: "http://s3:9000", region: "us-east-1" }, cache: 20 * GiB };

describe("Trino's memory", () => {
  it("of a 24 GiB worker is 19.2 GiB of heap with 30 % headroom, the rest for queries", () => {
    assert.deepEqual(config.trinoMemory(24 * GiB), {
      heap: 19660 * MiB,
      headroom: 5898 * MiB,
      query: 13368 * MiB,
      codeCache: 512 * MiB,
    });
  });

  it("of a laptop's 1.5 GiB has a smaller code cache, and 768 MiB outside the heap", () => {
    assert.deepEqual(config.trinoMemory(1536 * MiB), {
      heap: 768 * MiB,
      headroom: 384 * MiB,
      query: 368 * MiB,
      codeCache: 256 * MiB,
    });
  });

  it("refuses a pod without room for a heap", () => {
    assert.equal(config.trinoMemory(1280 * MiB).heap, 512 * MiB);
    assert.throws(() => config.trinoMemory(1279 * MiB), /at least 1280Mi, given 1279Mi/);
  });

  it("never lets query memory and headroom exceed the heap, nor the heap the pod", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1280, max: 512 * 1024 }), (mebibytes) => {
        const { heap, headroom, query, codeCache } = config.trinoMemory(mebibytes * MiB);
        assert.ok(query > 0);
        assert.ok(query + headroom <= 0.99 * heap);
        assert.ok(heap + codeCache <= mebibytes * MiB);
      }),
    );
  });
});

describe("Trino's writers", () => {
  it("are as many as the cores, limited by the memory of queries", () => {
    const writers = (memory: number, cpu: number) =>
      config.maxWriters({ query: config.trinoMemory(memory).query, cpu });
    // A second writer's row group would exceed the memory of a laptop's worker.
    assert.equal(writers(1536 * MiB, 8), 1);
    assert.equal(writers(4 * GiB, 16), 8);
    assert.equal(writers(24 * GiB, 4), 4);
    assert.equal(writers(24 * GiB, 5), 8);
    assert.equal(writers(24 * GiB, 0.5), 2);
    assert.equal(writers(512 * GiB, 128), 64);
  });
});

describe("Trino's files", () => {
  it("have credentials only as environment variables", () => {
    const files = [
      catalogs.icebergCatalog("http://hms:9001/iceberg", LAKE),
      catalogs.deltaCatalog(THRIFT, LAKE),
      sourceCatalog({ name: "postgres", kind: "postgresql" }, "jdbc:postgresql://pg:5432/analytics"),
    ];
    for (const file of files) {
      for (const [, value] of file.matchAll(
        /^(?:s3\.aws-(?:access|secret)-key|connection-(?:user|password))=(.*)$/gm,
      )) {
        assert.match(value ?? "", /^\$\{ENV:TRINO_[A-Z0-9_]+\}$/);
      }
    }
  });

  it("name the S3 switch as in that version of Trino", () => {
    assert.match(catalogs.icebergCatalog("u", LAKE), /^fs\.native-s3\.enabled=true$/m);
    assert.match(catalogs.icebergCatalog("u", { ...LAKE, version: "481" }), /^fs\.s3\.enabled=true$/m);
  });

  it("cache files in separate folders that fill at most nine tenths of the disk", () => {
    const [lakehouse, delta] = [catalogs.icebergCatalog("u", LAKE), catalogs.deltaCatalog(THRIFT, LAKE)];
    const value = (of: string, key: string) => new RegExp(`^fs\\.cache\\.${key}=(.*)$`, "m").exec(of)?.[1];
    assert.equal(value(lakehouse, "enabled"), "true");
    assert.notEqual(value(lakehouse, "directories"), value(delta, "directories"));
    const megabytes = [lakehouse, delta].map((of) => Number(/^(\d+)MB$/.exec(value(of, "max-sizes") ?? "")?.[1]));
    const disk = LAKE.cache / MiB;
    const all = megabytes.reduce((sum, each) => sum + each, 0);
    assert.ok(all > 0.89 * disk && all <= 0.9 * disk, `${all} of ${disk} MiB`);
    const without = { ...LAKE, cache: 0 };
    for (const catalog of [catalogs.icebergCatalog("u", without), catalogs.deltaCatalog(THRIFT, without)])
      assert.doesNotMatch(catalog, /fs\.cache/);
  });

  it("from 484 on configure one cache of the node for all catalogs, which refuse its other properties", () => {
    const lake = { ...LAKE, version: "484" };
    for (const catalog of [catalogs.icebergCatalog("u", lake), catalogs.deltaCatalog(THRIFT, lake)])
      assert.deepEqual(catalog.match(/^fs\.cache\..*$/gm), ["fs.cache.enabled=true"]);
    assert.deepEqual(catalogs.cacheManager(lake)?.trim().split("\n"), [
      "cache-manager.name=alluxio",
      "fs.cache.directories=/data/cache",
      "fs.cache.max-sizes=18432MB",
    ]);
    assert.equal(catalogs.cacheManager({ ...lake, cache: 0 }), undefined);
    assert.equal(catalogs.cacheManager({ ...lake, version: "483" }), undefined);
    assert.doesNotMatch(catalogs.icebergCatalog("u", { ...lake, cache: 0 }), /fs\.cache/);
  });

  it("have a cache of a tenth of a worker's disk on the coordinator, in whole MiB with a minimum, and none if caching is off", () => {
    const size = (bytes: number, role: "coordinator" | "worker" = "coordinator", enabled = true) =>
      catalogs.cacheSize({ enabled, size: bytes }, role);
    assert.deepEqual([size(20 * GiB), size(7 * GiB), size(GiB)], [2 * GiB, 716 * MiB, 256 * MiB]);
    assert.deepEqual(
      [size(7 * GiB, "worker"), size(7 * GiB, "worker", false), size(7 * GiB, "coordinator", false)],
      [7 * GiB, 0, 0],
    );
  });

  it("never have properties that Trino has removed", () => {
    const all = [catalogs.icebergCatalog("u", LAKE), catalogs.deltaCatalog(THRIFT, LAKE)].join("\n");
    assert.doesNotMatch(all, /hive\.s3|s3select|hive-hadoop2/);
  });

  it("let a query use the query memory of all workers, and limit a worker's spill to its disk", () => {
    const memory = config.trinoMemory(24 * GiB);
    const node = {
      memory,
      worker: { query: memory.query, replicas: 2, cpu: 4 },
      discoveryUrl: "http://trino:8080",
      spill: 40 * GiB,
      cacheManager: false,
    };
    const worker = config.configProperties({ ...node, coordinator: false });
    assert.match(worker, /^query\.max-memory=26736MB$/m);
    assert.match(worker, /^query\.max-memory-per-node=13368MB$/m);
    assert.match(worker, /^max-spill-per-node=36864MB$/m);
    assert.match(worker, /^task\.max-writer-count=4$/m);
    const coordinator = config.configProperties({ ...node, coordinator: true });
    assert.match(coordinator, /^node-scheduler\.include-coordinator=false$/m);
    assert.doesNotMatch(coordinator, /max-spill|max-execution-time/);
    const limited = { ...node, maxSeconds: 90 };
    assert.match(config.configProperties({ ...limited, coordinator: true }), /^query\.max-execution-time=90s$/m);
    assert.doesNotMatch(config.configProperties({ ...limited, coordinator: false }), /max-execution-time/);
  });

  it("spill on every node or on none: a worker refuses a join that was planned otherwise", () => {
    const memory = config.trinoMemory(24 * GiB);
    const node = {
      memory,
      worker: { query: memory.query, replicas: 2, cpu: 4 },
      discoveryUrl: "http://trino:8080",
      spill: 40 * GiB,
      cacheManager: false,
    };
    for (const coordinator of [true, false]) {
      assert.match(config.configProperties({ ...node, coordinator }), /^spill-enabled=true$/m);
    }
  });

  it("have large heap regions only for large heaps", () => {
    assert.match(config.jvmConfig(config.trinoMemory(24 * GiB)), /G1HeapRegionSize=32M/);
    assert.doesNotMatch(config.jvmConfig(config.trinoMemory(1536 * MiB)), /G1HeapRegionSize/);
  });

  it("run as many parallel queries as the settings say, with half of the slots for pipelines", () => {
    const { rootGroups, selectors } = JSON.parse(config.resourceGroups(10)) as {
      rootGroups: { hardConcurrencyLimit: number; subGroups: { name: string; hardConcurrencyLimit: number }[] }[];
      selectors: { group: string }[];
    };
    assert.equal(rootGroups[0]?.hardConcurrencyLimit, 10);
    assert.deepEqual(
      rootGroups[0].subGroups.map(({ name, hardConcurrencyLimit }) => [name, hardConcurrencyLimit]),
      [
        ["pipelines", 5],
        ["interactive", 10],
      ],
    );
    assert.deepEqual(
      selectors.map(({ group }) => group),
      ["lakehouse.pipelines", "lakehouse.interactive"],
    );
  });

  it("give every JVM option a line of its own", () => {
    const lines = config
      .jvmConfig(config.trinoMemory(24 * GiB))
      .trimEnd()
      .split("\n");
    assert.ok(lines.every((line) => /^-\S+$/.test(line)));
    assert.ok(lines.includes("-Xmx19660m"));
  });
});
