import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { check } from "../../../../components/query/clickhouse/check";
import { clickhouse as schema } from "../../../../components/query/clickhouse/settings";
import { setupScript } from "../../../../components/query/clickhouse/scripts";
import { consumerGroup, lakeDatabase, sqlFile, statements } from "../../../../components/query/clickhouse/sql";
import {
  databaseGrants,
  engineGrants,
  hashOf,
  serviceGrants,
  type User,
  usersXml,
} from "../../../../components/query/clickhouse/users";
import { GiB } from "../../../../components/core/quantity";
import type { PodGroup } from "../../../../components/core/pod-group";

const STREAM = {
  topic: "orders",
  database: "shop",
  table: "orders",
  columns: { order_id: "String", amount: "Decimal(12, 2)" },
  orderBy: ["order_id"],
};
const settings = (more: object = {}) =>
  schema.parse({ enabled: true, databases: [{ name: "shop", engines: "write" }, { name: "web" }], ...more });
const LAKE = { restUrl: "http://rest:9001/iceberg", warehouse: "s3://it's/", s3Url: "http://s3:9000" };

describe("statements of ClickHouse's setup", () => {
  it("make each database on every server, and a stream's tables in one of them", () => {
    const all = statements(settings({ streams: [STREAM], iceberg: "read" }), { bootstrap: "kafka:9092" });
    assert.deepEqual(
      all.map((each) => each.split(" ").slice(0, 6).join(" ")),
      [
        "CREATE DATABASE IF NOT EXISTS `shop`",
        "CREATE DATABASE IF NOT EXISTS `web`",
        "CREATE TABLE IF NOT EXISTS `shop`.`orders_topic`",
        "CREATE TABLE IF NOT EXISTS `shop`.`orders`",
        "CREATE TABLE IF NOT EXISTS `shop`.`orders_errors`",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS",
      ],
    );
    assert.ok(all[2]?.includes("kafka_group_name = 'clickhouse-shop-orders'"));
    // A name that begins with the service's is what the grant on the topic admits.
    assert.equal(consumerGroup(STREAM), "clickhouse-shop-orders");
  });

  it("make the catalog's database anew, with keys that only the task's shell knows", () => {
    const parts = lakeDatabase(LAKE);
    assert.ok(parts[2].includes(String.raw`warehouse = 's3://it\'s/'`), parts[2]);
    const client = mkdtempSync(join(tmpdir(), "clickhouse-"));
    try {
      // The first answer is the number of servers. A failed statement is repeated, as the real client does.
      const program = `#!/bin/bash\ncase "$*" in *system.one*) echo 1;; *queries-file*) ;; *) cat; echo "$@" >>"$0.arguments"; exit "$FAILS";; esac\n`;
      writeFileSync(join(client, "clickhouse-client"), program, { mode: 0o755 });
      const run = (fails: string, key: string) =>
        spawnSync("bash", ["-ec", setupScript("host", 1, parts)], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
          env: {
            PATH: `${client}:${process.env.PATH ?? ""}`,
            LAKE_ACCESS_KEY: "ada",
            LAKE_SECRET_KEY: key,
            FAILS: fails,
          },
        });
      assert.deepEqual([run("0", "se*cret").status, run("0", "se*cret").stderr], [0, ""]);
      const { status, stderr } = run("1", "se*cret");
      assert.equal(status, 1);
      assert.ok(stderr.includes("DROP DATABASE IF EXISTS lakehouse"), stderr);
      assert.ok(
        stderr.includes(String.raw`DataLakeCatalog('http://rest:9001/iceberg', 'ada', '***') SETTINGS`),
        stderr,
      );
      assert.ok(stderr.includes(String.raw`warehouse = 's3://it\'s/'`), stderr);
      assert.doesNotMatch(stderr + readFileSync(join(client, "clickhouse-client.arguments"), "utf8"), /se\*cret/);
    } finally {
      rmSync(client, { recursive: true });
    }
  });

  it("run again when there are more servers", () => {
    assert.notEqual(sqlFile(["SELECT 1"], 1), sqlFile(["SELECT 1"], 2));
    assert.equal(sqlFile(["SELECT 1", "SELECT 2"], 1), "-- 1 servers\nSELECT 1;\nSELECT 2;\n");
  });
});

describe("ClickHouse's users", () => {
  const group = { limits: { cpu: 1, memory: 4 * GiB }, requests: { cpu: 1, memory: 4 * GiB } } as PodGroup;
  const user = (name: string, more: Partial<User> = {}): User => ({
    name,
    profile: "reader",
    hash: hashOf(`of-${name}`),
    grants: databaseGrants("shop", "read"),
    ...more,
  });

  it("are known by the hash of their password alone", () => {
    const text = usersXml([user("trino")], group, settings());
    assert.ok(text.includes("<password_sha256_hex>"));
    assert.ok(!text.includes("of-trino"));
    assert.equal(hashOf("password"), "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8");
  });

  it("are the same file in whatever order they come", () => {
    assert.equal(
      usersXml([user("b"), user("a")], group, settings()),
      usersXml([user("a"), user("b")], group, settings()),
    );
  });

  it("have a quota of their own as clients, and none as the stack's tasks", () => {
    const limits = { limits: { seconds: 60, statementsPerHour: 500 } };
    const text = usersXml([user("a"), user("b", { profile: "service" })], group, limits);
    assert.match(text, /<a>[^]*lakehouse_clients<\/quota>[^]*<\/a>/);
    assert.match(text, /<b>[^]*lakehouse_free<\/quota>[^]*<\/b>/);
    assert.match(text, /<lakehouse_clients>\s*<interval>\s*<duration>3600<\/duration>\s*<queries>500</);
    assert.match(text, /<max_execution_time>\s*<min>1<\/min>\s*<max>60<\/max>/);
  });

  it("of engines are let at what the settings open, and at nothing else", () => {
    assert.deepEqual(
      engineGrants([
        { name: "a", engines: "read" },
        { name: "b", engines: "off" },
      ]),
      ["GRANT SELECT, dictGet ON a.*"],
    );
    const write = engineGrants([{ name: "c", engines: "write" }]);
    assert.equal(write.length, 2);
    for (const grant of write) assert.ok(grant.endsWith(" ON c.*"), grant);
  });

  it("of the stack's tasks have no right that the settings do not need", () => {
    const quiet = serviceGrants(settings({ backup: { method: "off" } })).join("\n");
    for (const word of ["KAFKA", "S3", "BACKUP", "lakehouse"]) assert.ok(!quiet.includes(word), word);
    const all = serviceGrants(settings({ streams: [STREAM], iceberg: "read" }));
    assert.ok(all.includes("GRANT KAFKA ON *.*"));
    assert.ok(all.includes("GRANT CREATE DATABASE, DROP DATABASE ON lakehouse.*"));
    assert.deepEqual(all, [...new Set(all)]);
  });
});

describe("mistakes in ClickHouse's settings", () => {
  const found = (more: object) => [...check(settings(more))].map(({ path, message }) => `${path}: ${message}`);

  it("are none in good ones", () => {
    assert.deepEqual(found({ streams: [STREAM], keeper: { replicas: 3 }, shards: 3 }), []);
  });

  it("are told one by one", () => {
    const [one, ...rest] = found({ keeper: { replicas: 2 } });
    assert.match(one ?? "", /keeper\.replicas: given 2; allowed: 1, 3 or 5/);
    assert.deepEqual(rest, []);
    assert.match(found({ operatorSize: { replicas: 2 } }).join(), /operatorSize\.replicas: given 2; allowed: 1/);
    assert.match(found({ databases: [{ name: "a" }, { name: "a" }] }).join(), /databases\[1\]\.name: given "a", which/);
    assert.match(found({ streams: [{ ...STREAM, database: "shpo" }] }).join(), /database: given "shpo".*shop/);
    assert.match(found({ streams: [STREAM, STREAM] }).join(), /streams\[1\]\.table: given "shop\.orders"/);
    assert.match(found({ streams: [{ ...STREAM, orderBy: ["id"] }] }).join(), /orderBy: given "id"/);
    assert.match(found({ streams: [{ ...STREAM, columns: {}, orderBy: [] }] }).join(), /columns: given none/);
  });

  it("of one value are refused by the schema: reserved names, hostile types", () => {
    for (const name of ["system", "lakehouse", "Shop", "a-b"])
      assert.throws(() => settings({ databases: [{ name }] }), name);
    for (const type of ["String) ENGINE = URL('http://x')", "string", "Decimal(1;2)"])
      assert.throws(() => settings({ streams: [{ ...STREAM, columns: { a: type } }] }), type);
  });
});
