import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { QUEUE_SIZE, STREAM } from "../../../components/observability/logs/collector.config";
import { collectorMonitoring } from "../../../components/observability/logs/collector.monitoring";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Cluster as Elasticsearch } from "../../../sandbox/engines/elasticsearch/cluster";
import { makeHome as makeElasticsearch } from "../../../sandbox/engines/elasticsearch/home";
import { LogCollector, type Source } from "../../../sandbox/engines/log-collector/collector";
import { obtain } from "../../../sandbox/engines/obtain";
import { Cluster as OpenSearch } from "../../../sandbox/engines/opensearch/cluster";
import { makeHome as makeOpenSearch } from "../../../sandbox/engines/opensearch/home";
import { NUMBERS, type SearchNodes } from "../../../sandbox/engines/search/nodes";
import { LINES } from "../../support/engine-lines";
import { type Kind, logStack } from "./log-stores.stack";
import { done, requests } from "./search";

interface Store {
  readonly nodes: SearchNodes;
  readonly numbers: readonly number[];
  readonly collector: LogCollector;
}

/** Starts nodes of a store with the stack's users and templates. */
async function openSearch(run: Run): Promise<Store> {
  const tools = await obtain(() => undefined, ["opensearch", "opensearchSecurity", "opensearchS3", "logCollector"]);
  await makeOpenSearch(tools, join(run.folder, "home"));
  const rendered = await logStack("opensearch", 1);
  const nodes = OpenSearch.of(run, tools, rendered);
  await nodes.start(0);
  const { code, output } = await nodes.setup();
  assert.equal(code, 0, output);
  return { nodes, numbers: [0], collector: new LogCollector(run, tools, rendered, nodes.at("hosts")) };
}

async function elasticsearch(run: Run): Promise<Store> {
  const tools = await obtain(() => undefined, ["elasticsearch", "logCollector"]);
  await makeElasticsearch(tools, join(run.folder, "home"));
  const rendered = await logStack("elasticsearch", NUMBERS.length);
  const nodes = new Elasticsearch(run, rendered);
  await nodes.certify();
  await nodes.handOver();
  await nodes.start(...NUMBERS);
  const begun = nodes.setup();
  await nodes.handOver();
  const { code, output } = await begun;
  assert.equal(code, 0, output);
  return { nodes, numbers: NUMBERS, collector: new LogCollector(run, tools, rendered, nodes.at("hosts")) };
}

/** Fields of an entry. */
interface Entry {
  readonly "@timestamp": string;
  readonly "message": string;
  readonly "level": string;
  readonly "query_id"?: string;
  readonly "namespace": string;
  readonly "service": string;
  readonly "pod": string;
  readonly "container": string;
  readonly "node": string;
}

interface Index {
  readonly settings: { readonly index: { readonly codec?: string } };
  readonly mappings: { readonly properties: Readonly<Record<string, { readonly type: string }>> };
}

const QUERY_ID = "20261130_220204_00000_a3i8z";
const pod = (namespace: string, name: string, container: string): Source => ({ namespace, pod: name, container });
/** Pods that lines of the engines are from; a DAG's and Spark's have names of their users' choice. */
const TRINO = pod("lakehouse-query", "trino-coordinator-7d9f8b6c5-x2x4z", "trino");
const PODS: Readonly<Record<string, Source>> = {
  "trino": TRINO,
  "hive-metastore": pod("lakehouse-catalog", "hive-metastore-server-6c5d4b7f9-abcde", "metastore"),
  "minio": pod("lakehouse-storage", "minio-server-0", "minio"),
  "any": pod("lakehouse-storage", "valkey-server-0", "valkey"),
};
const SPARK = pod("lakehouse-compute", "silver-orders-driver", "spark-kubernetes-driver");

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
/** Numbers in messages, in their order. */
const numbersOf = (entries: readonly Entry[]) =>
  entries.map(({ message }) => Number(/number (\d+)/.exec(message)?.[1])).sort((one, other) => one - other);

function proofs(kind: Kind, start: (run: Run) => Promise<Store>, admin: string): void {
  describe(`logs in ${kind === "opensearch" ? "OpenSearch" : "Elasticsearch (slow)"}`, function () {
    this.timeout(PATIENCE);
    let run: Run | undefined;
    let nodes: SearchNodes;
    let numbers: readonly number[];
    let collector: LogCollector;
    const own = `log-collector-${kind}`;

    before(async function () {
      if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
      run = Run.start(`logs-${kind}`);
      ({ nodes, numbers, collector } = await start(run));
    });
    after(async () => {
      await run?.end();
    });

    const { admin: ask, code } = requests(() => nodes, admin);
    const search = async (query: object): Promise<Entry[]> => {
      await ask("POST", `/${STREAM}/_refresh`);
      const { status, body } = await ask("POST", `/${STREAM}/_search?size=10000&sort=@timestamp`, { query });
      if (status === 404) return [];
      assert.equal(status, 200, body);
      const { hits } = JSON.parse(body) as { hits: { hits: { _source: Entry }[] } };
      return hits.hits.map(({ _source }) => _source);
    };
    /** The stream's own index, by its name. */
    const indexOf = async (): Promise<readonly [name: string, Index]> => {
      const [found] = Object.entries(JSON.parse(await done(ask("GET", `/${STREAM}`))) as Record<string, Index>);
      return found ?? assert.fail("no index");
    };
    const ofPod = (name: string) => search({ term: { pod: name } });
    /** Waits until a pod has so many entries, and a while for one too many. */
    const settled = async (name: string, count: number): Promise<Entry[]> => {
      await until(`${name} has ${String(count)} entries`, async () => (await ofPod(name)).length >= count, {
        every: 500,
        within: 120_000,
        explain: async () => `${String((await ofPod(name)).length)}: ${collector.log.slice(-3000)}`,
      });
      await sleep(4000);
      return ofPod(name);
    };

    it("finds what two engines say of a query, each line once, with time, level, message and the pod it is from", async () => {
      const time = new Date("2026-11-30T22:02:05.913Z");
      for (const [service, line] of LINES) collector.write(PODS[service] ?? assert.fail(service), [line], time);
      // What follows a line of Trino's is of that entry; the next line begins another.
      collector.write(
        TRINO,
        ["java.io.IOException: no such page", "\tat alluxio.client.Cache.restore(Cache.java:1)"],
        time,
      );
      collector.write(
        TRINO,
        ["2026-11-30T22:02:06.000Z\tWARN\tmain\tio.trino.Server\tnext"],
        new Date(time.getTime() + 9),
      );
      collector.write(SPARK, [`26/11/30 22:02:06 WARN Client: query ${QUERY_ID} has ended`], time);
      await collector.start();
      for (const [service, { pod: name, container, namespace }] of Object.entries(PODS)) {
        const lines = LINES.filter(([from]) => from === service);
        const found = await settled(name, lines.length + (service === "trino" ? 1 : 0));
        assert.equal(found.length, lines.length + (service === "trino" ? 1 : 0), JSON.stringify(found));
        for (const [, line, expected] of lines) {
          const [entry, ...more] = found.filter(({ message }) => message.split("\n")[0] === line);
          assert.ok(entry, `${line} is not among ${JSON.stringify(found)}`);
          assert.deepEqual(more, []);
          const level = { LOG: "info", WARN: "warn" }[expected.level ?? ""] ?? expected.level?.toLowerCase();
          assert.deepEqual(
            { ...entry, message: line },
            {
              "@timestamp": "2026-11-30T22:02:05.913123456Z",
              "message": line,
              "level": level,
              ...(expected.query_id === undefined ? {} : { query_id: expected.query_id }),
              namespace,
              "service": service === "any" ? entry.service : service,
              "pod": name,
              container,
              "node": "machine-0",
            },
          );
        }
      }
      const [restored] = (await ofPod(TRINO.pod)).filter(({ level }) => level === "error");
      assert.match(restored?.message ?? "", /Failed to restore PageStore\njava\.io\.IOException.*\n\tat alluxio/);
      await settled(SPARK.pod, 1);
      const ofQuery = await search({ term: { query_id: QUERY_ID } });
      assert.deepEqual(ofQuery.map(({ service, level }) => [service, level]).sort(), [
        ["spark", "warn"],
        ["trino", "info"],
      ]);
      const words = await search({ match: { message: "pagestore" } });
      assert.equal(words.length, 1, "the message is searched by its words");
    });

    it("has a user that adds documents there, and does nothing else", async () => {
      const [index] = await indexOf();
      assert.match(index, /^\.ds-logs-stack-pods-/);
      const refused = [
        ["GET", `/${STREAM}/_search`],
        ["GET", `/${STREAM}/_count`],
        // No registry has the module of Elasticsearch that would answer.
        ...(kind === "opensearch" ? ([["DELETE", `/_data_stream/${STREAM}`]] as const) : []),
        ["DELETE", `/${STREAM}`],
        ["DELETE", `/${index}`],
        ["GET", `/${index}/_search`],
        ["POST", "/logs-shop/_doc", { "@timestamp": 0 }],
        ["PUT", "/other/_doc/1", { a: 1 }],
        ["PUT", "/_index_template/mine", { index_patterns: ["logs-*"], priority: 900 }],
        ["PUT", "/_cluster/settings", { persistent: { "cluster.routing.allocation.enable": "none" } }],
      ] as const satisfies readonly (readonly [method: string, path: string, body?: object])[];
      for (const [method, path, body] of refused)
        assert.equal(await code(own, method, path, body), 403, `${method} ${path}`);
      const entry = { "@timestamp": "2026-11-30T22:00:00Z", "message": "added", "pod": "by-hand-0" };
      assert.equal(await code(own, "POST", `/${STREAM}/_doc`, entry), 201);
      assert.equal((await ofPod("by-hand-0")).length, 1);
    });

    it("has every metric that an alert names, and counts what the store refuses", async () => {
      // The store refuses it for good: the collector drops it, and says so.
      const refusing = (refuses: boolean) =>
        done(ask("PUT", `/${STREAM}/_settings`, { "index.blocks.write": refuses }));
      await refusing(true);
      collector.write(PODS.minio ?? assert.fail(), ["INFO: refused"]);
      const failed = () => collector.metric("otelcol_exporter_send_failed_log_records");
      await until("it is refused", async () => (await failed()) === 1);
      await refusing(false);
      const text = await collector.metrics();
      const named = new Set(
        [...collectorMonitoring.alerts, ...collectorMonitoring.panels]
          .flatMap(({ expr }) => [...expr.matchAll(/otelcol_\w+/g)])
          .map(([name]) => name),
      );
      assert.ok(named.size >= 4, [...named].join(" "));
      for (const name of named) assert.match(text, new RegExp(`^# TYPE ${name} `, "m"));
      assert.equal(await collector.metric("otelcol_exporter_queue_capacity"), QUEUE_SIZE);
    });

    it("loses nothing and repeats nothing while the store is away, and waits on disk within its bounds", async () => {
      const source = pod("lakehouse-query", "trino-worker-5f6d7c8b9-zzzzz", "trino");
      const line = (number: number) =>
        `2026-11-30T22:10:00.000Z\tINFO\tmain\tio.trino.Worker\tnumber ${String(number)} ${"x".repeat(2000)}`;
      const lines = (from: number, to: number) => upTo(to - from).map((at) => line(from + at));
      collector.write(source, lines(0, 500));
      await settled(source.pod, 500);
      await Promise.all(numbers.map((number) => nodes.stop(number)));
      collector.write(source, lines(500, 3000));
      await until("it waits", async () => (await collector.metric("otelcol_exporter_queue_size")) > 2_000_000);
      await sleep(20_000);
      assert.equal(await collector.metric("otelcol_exporter_send_failed_log_records"), 1, "nothing more is dropped");
      const waiting = await collector.metric("otelcol_exporter_queue_size");
      assert.ok(waiting <= QUEUE_SIZE, String(waiting));
      assert.ok(collector.stateSize() > 1_000_000 && collector.stateSize() < QUEUE_SIZE, String(collector.stateSize()));
      await nodes.start(...numbers);
      const found = await settled(source.pod, 3000);
      assert.deepEqual(numbersOf(found), upTo(3000));
    });

    it("goes on where it was after it was killed", async () => {
      const source = pod("lakehouse-catalog", "hive-metastore-server-6c5d4b7f9-fghij", "metastore");
      const line = (number: number) =>
        `2026-11-30T22:20:00,000  INFO [main] metastore.ObjectStore: number ${String(number)}`;
      const write = (from: number, to: number) => {
        collector.write(
          source,
          upTo(to - from).map((at) => line(from + at)),
        );
      };
      write(0, 100);
      await settled(source.pod, 100);
      await collector.stop("SIGKILL");
      write(100, 200);
      await collector.start();
      const found = await settled(source.pod, 200);
      assert.deepEqual(numbersOf(found), upTo(200));
      assert.equal((await ofPod(TRINO.pod)).length, 3, "files that were read before are not read again");
    });

    it("has the settings and fields of the store's template", async () => {
      const [, { settings, mappings }] = await indexOf();
      // As the template has it, and no default does.
      assert.equal(settings.index.codec, "best_compression");
      assert.deepEqual(
        [mappings.properties.message?.type, mappings.properties.query_id?.type],
        ["text", "keyword"],
        "the message is searched by words, all else as it is",
      );
    });
  });
}

proofs("opensearch", openSearch, "opensearch-admin");
proofs("elasticsearch", elasticsearch, "elasticsearch-access-admin");
