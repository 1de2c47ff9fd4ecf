import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { obtain } from "../../../sandbox/engines/obtain";
import { Cluster } from "../../../sandbox/engines/opensearch/cluster";
import { makeHome } from "../../../sandbox/engines/opensearch/home";
import { NUMBERS } from "../../../sandbox/engines/search/nodes";
import { done, records, requests, searchStack } from "./search";

const BULK = 200;
/** With an own image, which has the plugin for copies in S3. */
const rendering = searchStack("opensearch", {
  own: { image: "registry.example.org/opensearch:3.4.0", snapshots: { method: "s3" } },
});

describe("OpenSearch", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let cluster: Cluster;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["opensearch", "opensearchSecurity", "opensearchS3", "minio"]);
    run = Run.start("opensearch");
    await makeHome(tools, join(run.folder, "home"));
    cluster = Cluster.of(run, tools, await rendering());
    await cluster.startStore();
  });
  after(async () => {
    await run?.end();
  });

  const { admin, code, count, asTrino } = requests(() => cluster, "opensearch-admin");
  const setUp = async () => {
    const { code: ended, output } = await cluster.setup();
    assert.equal(ended, 0, output);
    assert.doesNotMatch(output, /secret0of0/);
  };

  it("forms one cluster of nodes with certificates of the same CA", async () => {
    await cluster.start(...NUMBERS);
    const nodes = JSON.parse(await done(admin("GET", "/_cat/nodes?format=json&h=name,node.roles&s=name"))) as object[];
    assert.deepEqual(
      nodes,
      NUMBERS.map((number) => ({
        "name": `opensearch-data-${String(number)}`,
        "node.roles": "cluster_manager,data,ingest",
      })),
    );
    const info = await done(admin("GET", "/_nodes/settings,jvm"));
    assert.match(info, /"allow_mmap":"false"/);
    const heaps = [...info.matchAll(/"heap_max_in_bytes":(\d+)/g)].map(([, bytes]) =>
      Math.round(Number(bytes) / 2 ** 20),
    );
    assert.equal(heaps.length, NUMBERS.length);
    for (const heap of heaps) assert.ok(heap > 600 && heap <= 640, String(heap));
  });

  it("accepts only the stack's users: no example users of upstream, and no login without a password", async () => {
    const statuses = [
      undefined,
      ["admin", "admin"],
      ["kibanaserver", "kibanaserver"],
      ["lakehouse-admin", "x"],
    ] as const;
    for (const login of statuses) {
      const { status } = await cluster.request(login, "GET", "/_cluster/health");
      assert.equal(status, 401, String(login));
    }
    const users = JSON.parse(await done(admin("GET", "/_plugins/_security/api/internalusers"))) as object;
    assert.deepEqual(Object.keys(users), ["lakehouse-admin"]);
  });

  it("has no password in mounted files, in its logs or in the process list", () => {
    const seen = NUMBERS.flatMap((number) => [
      readFileSync(`/proc/${String(cluster.pid(number))}/cmdline`, "utf8"),
      readFileSync(`/proc/${String(cluster.pid(number))}/environ`, "utf8").replaceAll(
        /(ADMIN_PASSWORD|S3_\w+)=[^\0]*/g,
        "",
      ),
      cluster.log(number),
      readFileSync(cluster.at(`config-${String(number)}`, "opensearch.keystore"), "latin1"),
      readFileSync(cluster.at(`config-${String(number)}`, "opensearch-security/internal_users.yml"), "utf8"),
      ...Object.values(cluster.rendered.configMap("opensearch-data-conf")),
    ]).join("\n");
    assert.match(seen, /\$2[aby]\$/);
    assert.doesNotMatch(seen, /secret0of0/);
  });

  it("gets users, rights, templates and the snapshot repository from the setup Job, which can run again", async () => {
    await setUp();
    await setUp();
    const users = JSON.parse(await done(admin("GET", "/_plugins/_security/api/internalusers"))) as object;
    const expected = [
      "lakehouse-admin",
      "grace",
      "opensearch-access",
      "opensearch-dashboards",
      "spark",
      "flink",
      "trino",
    ];
    assert.deepEqual(Object.keys(users).sort(), expected.sort());
    assert.match(await done(admin("GET", "/_index_template/logs")), /"index_patterns":\["logs-\*"\]/);
  });

  it("lets a writer add records to its indices, and delete none", async () => {
    await done(cluster.requestAs("spark-opensearch", "POST", "/logs-shop/_bulk", records(0, BULK)));
    assert.equal(await count("spark-opensearch"), BULK);
    const stream = await done(admin("GET", "/_data_stream/logs-shop"));
    assert.match(stream, /"template":"logs"/);
    const refused = [
      ["DELETE", "/_data_stream/logs-shop"],
      ["DELETE", "/logs-shop"],
      ["PUT", "/catalog_a"],
      ["PUT", "/other/_doc/1", { a: 1 }],
      ["GET", "/.opendistro_security/_search"],
      ["PUT", "/_index_template/mine", { index_patterns: ["logs-*"], priority: 500 }],
      ["PUT", "/_cluster/settings", { transient: { "cluster.routing.allocation.enable": "none" } }],
      ["GET", "/_plugins/_security/api/internalusers"],
      ["PUT", "/_snapshot/mine", { type: "fs", settings: { location: "/tmp" } }],
    ] as const;
    for (const [method, path, body] of refused)
      assert.equal(await code("spark-opensearch", method, path, body), 403, `${method} ${path}`);
  });

  it("lets engines and people read only the indices that the settings open", async () => {
    for (const secret of ["trino-opensearch", "opensearch-access-user-grace"]) {
      assert.equal(await count(secret), BULK);
      const found = await done(cluster.requestAs(secret, "GET", "/logs-*/_search?q=message:sells&size=1"));
      assert.match(found, new RegExp(`"value":${String(BULK)}`));
      for (const [method, path, body] of [
        ["POST", "/logs-shop/_doc", { "@timestamp": 0 }],
        ["DELETE", "/_data_stream/logs-shop", undefined],
        ["GET", "/catalog_a/_search", undefined],
      ] as const)
        assert.equal(await code(secret, method, path, body), 403, `${secret} ${method} ${path}`);
    }
  });

  it("answers the requests of Trino's connector: nodes, names, shards, mappings, pages", async () => {
    await asTrino("trino-opensearch");
  });

  it("lets an owner create and delete its indices, and no others", async () => {
    const flink = (method: string, path: string, body?: unknown) => code("flink-opensearch", method, path, body);
    assert.equal(await flink("PUT", "/catalog_a", { settings: { number_of_replicas: 0 } }), 200);
    assert.equal(await flink("PUT", "/catalog_a/_doc/1?refresh=true", { name: "table" }), 201);
    assert.equal(await flink("DELETE", "/catalog_a"), 200);
    assert.equal(await flink("GET", "/logs-shop/_search"), 403);
    assert.equal(await flink("DELETE", "/logs-shop"), 403);
  });

  it("lets the exporter read the state of nodes and snapshots, and no documents", async () => {
    const watched = (path: string) => code("opensearch-access-opensearch", "GET", path);
    for (const path of [
      "/_cluster/health",
      "/_nodes/stats",
      "/_cluster/state/version",
      "/_snapshot/_all",
      "/_snapshot/backups/_all",
      "/",
    ])
      assert.equal(await watched(path), 200, path);
    assert.equal(await watched("/logs-shop/_search"), 403);
  });

  it("switches to the next generation of credentials, and ends the previous one", async () => {
    cluster.rendered = await rendering({ credentials: { generation: 2, keepPrevious: true } });
    await setUp();
    assert.equal(await count("spark-opensearch"), BULK);
    assert.equal(await count("spark-opensearch-2"), BULK);
    const before = cluster.login("spark-opensearch");
    cluster.rendered = await rendering({ credentials: { generation: 2 }, flink: false });
    await setUp();
    assert.equal(await count("spark-opensearch-2"), BULK);
    assert.equal((await cluster.request(before, "GET", "/logs-shop/_count")).status, 401);
    const users = await done(admin("GET", "/_plugins/_security/api/internalusers"));
    assert.doesNotMatch(users, /"flink"/, "a client that has left");
    cluster.rendered = await rendering();
    await setUp();
  });

  it("keeps users that people have made", async () => {
    const mine = { password: "Long-enough-4-this", opendistro_security_roles: ["kibana_user"] };
    await done(admin("PUT", "/_plugins/_security/api/internalusers/hopper", mine));
    await setUp();
    assert.match(await done(admin("GET", "/_plugins/_security/api/internalusers")), /"hopper"/);
  });

  it("keeps acknowledged writes when a node is killed, and is ready again once every shard has its replicas", async () => {
    await cluster.stop(2, "SIGKILL");
    await done(cluster.requestAs("spark-opensearch", "POST", "/logs-shop/_bulk?refresh=true", records(BULK, 2 * BULK)));
    assert.equal(await count(), 2 * BULK, "the others answer, and take writes");
    cluster.begin(2);
    await cluster.started(2);
    assert.match(await done(admin("GET", "/_cluster/health", undefined, 2)), /"status":"green"/);
    assert.equal(await count("spark-opensearch", 2), 2 * BULK);
  });

  it("refuses a node with a certificate of another CA", async () => {
    await cluster.stop(2);
    cluster.certify("strangers");
    cluster.begin(2, "strangers");
    await until("it is refused", () =>
      Promise.resolve(/certificate|handshake|SSL/i.test(cluster.log(0).slice(-20_000))),
    );
    await sleep(10_000);
    const health = await done(admin("GET", "/_cluster/health"));
    assert.match(health, /"number_of_nodes":2/);
    assert.equal(await cluster.ready(2), false);
    await cluster.stop(2, "SIGKILL");
    await cluster.start(2);
  });

  it("makes snapshots below its own prefix of the bucket, and restores deleted data", async () => {
    const all = await count();
    await done(
      admin("PUT", "/_snapshot/backups/one?wait_for_completion=true", {
        indices: "*,-.opendistro_security",
        include_global_state: false,
      }),
    );
    assert.match(
      await done(cluster.requestAs("opensearch-access-opensearch", "GET", "/_snapshot/backups/_all")),
      /"state":"SUCCESS"/,
    );
    const objects = await cluster.objects("ls", "--recursive", "store/backups");
    assert.match(objects, /opensearch\/index-0/);
    assert.deepEqual(
      objects
        .trim()
        .split("\n")
        .filter((line) => !line.includes(" opensearch/")),
      [],
    );
    await done(admin("DELETE", "/_data_stream/logs-shop"));
    await done(
      admin("POST", "/_snapshot/backups/one/_restore?wait_for_completion=true", {
        indices: "logs-*,.ds-logs-*",
        include_global_state: false,
      }),
    );
    assert.equal(await count("trino-opensearch"), all);
  });

  it("has all data after all nodes were killed at once", async () => {
    const all = await count();
    await Promise.all(NUMBERS.map((number) => cluster.stop(number, "SIGKILL")));
    await cluster.start(...NUMBERS);
    assert.equal(await count("trino-opensearch", 1), all);
  });
});
