import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Cluster } from "../../../sandbox/engines/elasticsearch/cluster";
import { makeHome } from "../../../sandbox/engines/elasticsearch/home";
import { obtain } from "../../../sandbox/engines/obtain";
import { NUMBERS } from "../../../sandbox/engines/search/nodes";
import { REFUSED_TO_WRITERS, rendering } from "./elasticsearch.stack";
import { done, record, records, requests } from "./search";

const BULK = 200;
const ADMIN = "elasticsearch-access-admin";

describe("Elasticsearch", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let cluster: Cluster;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["elasticsearch"]);
    run = Run.start("elasticsearch");
    await makeHome(tools, join(run.folder, "home"));
    cluster = new Cluster(run, await rendering());
    await cluster.certify();
  });
  after(async () => {
    await run?.end();
  });

  const { admin, code, count, green, asTrino } = requests(() => cluster, ADMIN);
  const setUp = async () => {
    const begun = cluster.setup();
    await cluster.handOver();
    const { code: ended, output } = await begun;
    assert.equal(ended, 0, output);
    assert.doesNotMatch(output, /secret0of0/);
    return output;
  };
  /** The setup begins, and nodes get their files after a while: it must not have ended by then. */
  const setUpLate = async () => {
    const begun = cluster.setup();
    assert.equal(await Promise.race([begun.then(() => "ended"), sleep(20_000).then(() => "waits")]), "waits");
    await cluster.handOver();
    const { code: ended, output } = await begun;
    assert.equal(ended, 0, output);
    return output;
  };
  /** Waits until every node refuses a login. */
  const refused = async (login: ReturnType<Cluster["login"]>) => {
    for (const number of NUMBERS)
      await until(`node ${String(number)} refuses ${login[0]}`, async () => {
        const { status } = await cluster.request(login, "GET", "/_security/_authenticate", undefined, number);
        return status === 401;
      });
  };

  it("forms one cluster of nodes with the roles of the settings, by certificates of one authority", async () => {
    await cluster.handOver();
    await cluster.start(...NUMBERS);
    await done(admin("GET", "/_cluster/health?wait_for_nodes=3&timeout=60s"));
    // A node that does not answer in time is left out.
    await until("every node answers", async () =>
      (await admin("GET", "/_nodes/settings,jvm")).body.includes('"successful":3'),
    );
    const nodes = JSON.parse(await done(admin("GET", "/_nodes/settings,jvm"))) as {
      nodes: Record<string, { name: string; roles: string[]; jvm: { mem: { heap_max_in_bytes: number } } }>;
    };
    const all = Object.values(nodes.nodes);
    assert.deepEqual(
      all.map(({ name, roles }) => [name, roles]).sort(),
      NUMBERS.map((number) => [`elasticsearch-es-data-${String(number)}`, ["data", "ingest", "master"]]),
    );
    for (const { jvm } of all) assert.ok(Math.round(jvm.mem.heap_max_in_bytes / 2 ** 20) > 600);
    assert.match(JSON.stringify(nodes), /"allow_mmap":"false"/);
  });

  it("authenticates users of the stack only, and nobody without a password", async () => {
    for (const login of [undefined, ["elastic", "changeme"], ["lakehouse-admin", "x"]] as const) {
      const { status } = await cluster.request(login, "GET", "/_cluster/health");
      assert.equal(status, 401, String(login));
    }
    const { username, roles } = JSON.parse(await done(admin("GET", "/_security/_authenticate"))) as {
      username: string;
      roles: string[];
    };
    assert.deepEqual([username, roles], ["lakehouse-admin", ["superuser"]]);
  });

  it("has no password in its configuration, its log or the list of processes", () => {
    const seen = NUMBERS.flatMap((number) => [
      readFileSync(`/proc/${String(cluster.pid(number))}/cmdline`, "utf8"),
      readFileSync(`/proc/${String(cluster.pid(number))}/environ`, "utf8"),
      cluster.log(number),
      ...["users", "users_roles", "roles.yml", "elasticsearch.yml"].map((file) =>
        readFileSync(cluster.at(`config-${String(number)}`, file), "utf8"),
      ),
    ]).join("\n");
    assert.match(seen, /\$2a\$10\$/);
    assert.doesNotMatch(seen, /secret0of0/);
  });

  it("ends its setup once every node knows each user and its rights, and not before", async () => {
    const whole = cluster.rendered;
    // Files of a stack without this client: kubelet is late.
    cluster.rendered = await rendering({ flink: false });
    await cluster.handOver();
    cluster.rendered = whole;
    // They know it until they read their files again.
    await refused(cluster.login("flink-elasticsearch"));
    const said = await setUpLate();
    assert.match(said, /waits until \S+ knows flink/);
    for (const number of NUMBERS)
      assert.match(said, new RegExp(`elasticsearch-es-data-${String(number)}\\S+ knows every user`));
    assert.match(await done(admin("GET", "/_index_template/lakehouse-logs")), /"index_patterns":\["logs-\*"\]/);
  });

  it("is set up a second time as well", async () => {
    await setUp();
  });

  it("lets a writer add records of its indices, and delete none", async () => {
    await done(cluster.requestAs("spark-elasticsearch", "POST", "/logs-shop/_bulk", records(0, BULK)));
    assert.equal(await count("spark-elasticsearch"), BULK);
    assert.match(await done(admin("GET", "/logs-shop/_mapping")), /"\.ds-logs-shop-/);
    for (const [method, path, body] of REFUSED_TO_WRITERS)
      assert.equal(await code("spark-elasticsearch", method, path, body), 403, `${method} ${path}`);
    assert.equal(await count(), BULK);
  });

  it("lets engines and people read what the settings open, and nothing else", async () => {
    await done(admin("PUT", "/secret-a/_doc/1?refresh=true", { number: 1 }));
    for (const secret of ["trino-elasticsearch", "elasticsearch-access-user-grace"]) {
      assert.equal(await count(secret), BULK);
      const found = await done(cluster.requestAs(secret, "GET", "/logs-*/_search?q=message:sells&size=1"));
      assert.match(found, new RegExp(`"value":${String(BULK)}`));
      for (const [method, path, body] of [
        ["POST", "/logs-shop/_doc", { "@timestamp": 0 }],
        ["DELETE", "/logs-shop", undefined],
        ["GET", "/secret-a/_search", undefined],
      ] as const)
        assert.equal(await code(secret, method, path, body), 403, `${secret} ${method} ${path}`);
    }
  });

  it("answers Trino's connector what it asks: nodes, names, shards, mappings, pages", async () => {
    await asTrino("trino-elasticsearch", "secret-a");
  });

  it("lets an owner create its indices and delete them, and touch no other", async () => {
    const flink = (method: string, path: string, body?: unknown) => code("flink-elasticsearch", method, path, body);
    assert.equal(await flink("PUT", "/catalog_a", { settings: { number_of_replicas: 0 } }), 200);
    assert.equal(await flink("PUT", "/catalog_a/_doc/1?refresh=true", { name: "table" }), 201);
    assert.equal(await flink("DELETE", "/catalog_a"), 200);
    assert.equal(await flink("GET", "/logs-shop/_search"), 403);
    assert.equal(await flink("DELETE", "/secret-a"), 403);
  });

  it("lets the exporter read how nodes are, and no document", async () => {
    const watched = (path: string) => code("elasticsearch-access-elasticsearch", "GET", path);
    for (const path of ["/_cluster/health", "/_nodes/stats", "/_cluster/state/version", "/_all/_stats", "/_snapshot"])
      assert.equal(await watched(path), 200, path);
    assert.equal(await watched("/logs-shop/_search"), 403);
  });

  it("goes over to the next generation of credentials, and ends the one before", async () => {
    cluster.rendered = await rendering({ credentials: { generation: 2, keepPrevious: true } });
    await setUp();
    assert.equal(await count("spark-elasticsearch"), BULK);
    assert.equal(await count("spark-elasticsearch-2"), BULK);
    const before = cluster.login("spark-elasticsearch");
    const gone = cluster.login("flink-elasticsearch");
    cluster.rendered = await rendering({ credentials: { generation: 2 }, flink: false });
    await setUp();
    assert.equal(await count("spark-elasticsearch-2"), BULK);
    for (const login of [before, gone]) await refused(login);
    cluster.rendered = await rendering();
    await setUp();
  });

  it("waits for changed rights of a user who is known already", async () => {
    assert.equal(await code("spark-elasticsearch", "PUT", "/more-a"), 403);
    cluster.rendered = await rendering({
      spark: [
        { prefix: "logs-", level: "write" },
        { prefix: "more-", level: "own" },
      ],
    });
    const said = await setUpLate();
    assert.match(said, /waits until \S+ knows spark/);
    assert.equal(await code("spark-elasticsearch", "PUT", "/more-a"), 200);
    assert.equal(await code("spark-elasticsearch", "DELETE", "/more-a"), 200);
    cluster.rendered = await rendering();
    await setUp();
  });

  it("indexes a record once, however often Logstash reads it from Kafka", async () => {
    // The action and the identifier of its rendered output.
    const line = (offset: number) =>
      `{"create":{"_id":"app+0+${String(offset)}"}}\n${JSON.stringify(record(offset))}\n`;
    const first = [0, 1, 2].map(line).join("");
    const bulk = async (body: string) =>
      JSON.parse(
        await done(cluster.requestAs("spark-elasticsearch", "POST", "/logs-app/_bulk?refresh=true", body)),
      ) as { items: { create: { status: number } }[] };
    const statuses = (answer: { items: { create: { status: number } }[] }) =>
      answer.items.map(({ create }) => create.status);
    assert.deepEqual(statuses(await bulk(first)), [201, 201, 201]);
    assert.deepEqual(statuses(await bulk(`${first}${line(3)}`)), [409, 409, 409, 201]);
    assert.match(await done(admin("GET", "/logs-app/_count")), /"count":4/);
  });

  it("has lifecycle and snapshot policies that upstream's own classes read", async () => {
    assert.equal((await cluster.upstream("ilm", cluster.call("/_ilm/policy/lakehouse-logs"))).trim(), "[delete, hot]");
    assert.equal((await cluster.upstream("slm", cluster.call("/_slm/policy/lakehouse"))).trim(), "0 15 1 * * ?");
    const wrong = cluster.call("/_ilm/policy/lakehouse-logs").replace('"rollover"', '"roll_over"');
    await assert.rejects(cluster.upstream("ilm", wrong), /roll_over/);
    const never = cluster.call("/_slm/policy/lakehouse").replace("0 15 1 * * ?", "15 1 * * *");
    await assert.rejects(cluster.upstream("slm", never), /invalid schedule/);
  });

  it("keeps what it has acknowledged when a node is killed, and copies shards to it again", async () => {
    await green();
    await cluster.stop(2, "SIGKILL");
    await done(
      cluster.requestAs("spark-elasticsearch", "POST", "/logs-shop/_bulk?refresh=true", records(BULK, 2 * BULK)),
    );
    assert.equal(await count(), 2 * BULK, "the others answer, and take writes");
    await cluster.start(2);
    await green(2);
    assert.equal(await count("spark-elasticsearch", 2), 2 * BULK);
  });

  it("admits no node with a certificate of another authority", async () => {
    await cluster.stop(2);
    await cluster.certify("strangers");
    cluster.begin(2, "strangers");
    await until("it is refused", () =>
      Promise.resolve(/certificate|handshake|SSL/i.test(cluster.log(0).slice(-20_000))),
    );
    await sleep(10_000);
    assert.match(await done(admin("GET", "/_cluster/health")), /"number_of_nodes":2/);
    assert.equal(await cluster.ready(2), false);
    await cluster.stop(2, "SIGKILL");
    await cluster.start(2);
    await green();
  });

  it("copies indices and restores what was deleted", async () => {
    const all = await count();
    await done(admin("PUT", "/_snapshot/copies", { type: "fs", settings: { location: "/srv/copies" } }));
    const { config } = JSON.parse(cluster.call("/_slm/policy/lakehouse")) as { config: object };
    await done(admin("PUT", "/_snapshot/copies/one?wait_for_completion=true", config));
    assert.match(
      await done(cluster.requestAs("elasticsearch-access-elasticsearch", "GET", "/_snapshot/copies/_all")),
      /"state":"SUCCESS"/,
    );
    assert.equal(await code("spark-elasticsearch", "DELETE", "/_snapshot/copies/one"), 403);
    const index = /"(\.ds-logs-shop-[^"]+)"/.exec(await done(admin("GET", "/logs-shop/_mapping")))?.[1] ?? "";
    await done(admin("POST", `/${index}/_close`));
    const restore = { indices: "logs-shop", include_global_state: false };
    await done(admin("POST", "/_snapshot/copies/one/_restore?wait_for_completion=true", restore));
    await green();
    assert.equal(await count("trino-elasticsearch"), all);
  });

  it("has everything again when all nodes were killed at once", async () => {
    const all = await count();
    await Promise.all(NUMBERS.map((number) => cluster.stop(number, "SIGKILL")));
    await cluster.start(...NUMBERS);
    await green(1);
    assert.equal(await count("trino-elasticsearch", 1), all);
  });
});
