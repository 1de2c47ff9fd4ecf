import assert from "node:assert/strict";

import type { KeyValueStore } from "../../../components/core/capabilities";
import type { Platform } from "../../../components/core/platform";
import { Service } from "../../../components/core/service";
import { settingsFrom } from "../../../components/settings";
import { describeStack } from "../../../components/stack";
import { Storage } from "../../../components/storage";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { obtain } from "../../../sandbox/engines/obtain";
import { Rendered } from "../../../sandbox/engines/rendered";
import { Connection } from "../../../sandbox/engines/valkey/connection";
import { address, ValkeyServers } from "../../../sandbox/engines/valkey/servers";

const NUMBERS = [0, 1, 2] as const;

class Client extends Service {
  constructor(service: string, platform: Platform, cache: KeyValueStore, prefix: string) {
    super("test:Client", service, { namespace: platform.namespace("query"), pods: [] });
    this.use(cache.grant(this, prefix));
    this.registerOutputs();
  }
}

/** The storage layer alone, with two clients of its cache. */
const rendering = (valkey: object = {}, credentials: object = {}) =>
  Rendered.of(
    "dev",
    (resource) => `secret-of-${resource}`,
    undefined,
    () => {
      const settings = settingsFrom({
        nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
        pools: { all: { default: true } },
        cluster: { certManager: true },
        credentials: { trino: credentials },
        storage: {
          objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
          valkey: { enabled: true, ...valkey },
        },
      });
      const stack = describeStack(settings);
      const { gives } = new Storage("storage", { stack });
      const cache = gives.cache?.[0] ?? assert.fail("nothing gives a cache");
      new Client("trino", stack.platform, cache, "trino:");
      new Client("spark", stack.platform, cache, "spark:");
      stack.completeGrants([]);
    },
  );

describe("Valkey", function () {
  this.timeout(PATIENCE);
  let servers: ValkeyServers;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    servers = new ValkeyServers(await obtain(() => undefined, ["valkey", "busybox"]), NUMBERS, await rendering());
  });
  after(async () => {
    await (servers as ValkeyServers | undefined)?.end();
  });

  const query = (secret: string, number: number, ...words: readonly string[]) =>
    servers.query(secret, number, ...words);
  const copied = (key: string, value: string, number: number) =>
    until(
      `${key} is on server ${String(number)}`,
      async () => (await query("trino-valkey", number, "get", key)) === value,
    );

  it("replicates writes to all other servers, which accept no writes themselves", async () => {
    servers.loadUsers();
    await servers.start(...NUMBERS);
    await until(
      "the writer has a replica",
      async () => (await query("trino-valkey", 0, "set", "trino:a", "1")) === "OK",
    );
    for (const number of NUMBERS) await copied("trino:a", "1", number);
    assert.match(await query("trino-valkey", 1, "set", "trino:a", "2"), /^READONLY/);
  });

  it("gives each client access to keys and channels of its own only", async () => {
    const trino = (...words: readonly string[]) => query("trino-valkey", 0, ...words);
    assert.equal(await query("spark-valkey", 0, "set", "spark:a", "3", "EX", "600"), "OK");
    assert.equal(await trino("eval", "return redis.call('incr', KEYS[1])", "1", "trino:n"), "1");
    assert.equal(await trino("publish", "trino:news", "x"), "0");
    const refused = [
      "get spark:a",
      "set spark:a 4",
      "set trinoa 4",
      "rename trino:a spark:b",
      "copy spark:a trino:b",
      "publish spark:news x",
      "eval \"return redis.call('get', 'spark:a')\" 0",
      ...["keys *", "scan 0", "randomkey", "dbsize", "flushall", "flushdb", "info", "monitor", "shutdown", "save"],
      ...["config get *", "acl list", "acl load", "client list", "function list", "script flush"],
      ...["replicaof no one", "pubsub channels", "bgrewriteaof", "swapdb 0 1", "sort trino:l get spark:*"],
    ];
    const open = await Connection.to(address(0), servers.login("trino-valkey"));
    for (const line of refused) assert.match(await open.say(line), /NOPERM|ACL failure/, line);
    open.close();
    assert.equal(await query("spark-valkey", 0, "get", "spark:a"), "3");
  });

  it("accepts no login without a password, and has no password in mounted files or in the process list", async () => {
    assert.match(await servers.queryAs(undefined, 0, "get", "trino:a"), /^NOAUTH/);
    const [user] = servers.login("trino-valkey");
    assert.match(await servers.queryAs([user, "x"], 0, "get", "trino:a"), /WRONGPASS|NOAUTH/);
    const seen = servers.visible();
    assert.match(seen, /valkey-server/);
    assert.doesNotMatch(seen, /secret-of-/);
  });

  it("lets the exporter read statistics, and nothing else", async () => {
    const password = servers.rendered.secret("valkey-server", "monitorPassword");
    const monitor = (...words: readonly string[]) => servers.queryAs(["valkey-monitor", password], 0, ...words);
    const info = await monitor("info");
    for (const field of ["role:master", "maxmemory:", "used_memory:", "aof_last_write_status:ok", "connected_slaves:2"])
      assert.ok(info.includes(field), field);
    assert.match(await monitor("get", "trino:a"), /NOPERM/);
  });

  it("accepts the next generation before its first pod starts, and ends the previous one without a restart", async () => {
    const open = await Connection.to(address(0), servers.login("trino-valkey"));
    const other = await Connection.to(address(0), servers.login("spark-valkey"));
    servers.rendered = await rendering({}, { generation: 2, keepPrevious: true });
    // The pods still have the previous file.
    assert.equal(await query("trino-valkey-2", 0, "get", "trino:a"), "1");
    servers.loadUsers();
    for (const number of NUMBERS) assert.ok(await servers.ready(number));
    assert.equal(await query("trino-valkey", 0, "get", "trino:a"), "1");
    assert.equal(await query("trino-valkey-2", 1, "get", "trino:a"), "1");
    assert.match(await open.say("GET trino:a"), /1/);
    const before = servers.login("trino-valkey");
    servers.rendered = await rendering({}, { generation: 2 });
    servers.loadUsers();
    for (const number of NUMBERS) assert.ok(await servers.ready(number));
    await assert.rejects(open.say("GET trino:a"));
    await assert.rejects(Connection.to(address(0), before));
    assert.match(await other.say("GET spark:a"), /3/);
    other.close();
    servers.rendered = await rendering();
    servers.loadUsers();
    for (const number of NUMBERS) assert.ok(await servers.ready(number));
  });

  it("keeps acknowledged writes when the writer is killed, and replicates again", async () => {
    for (let number = 0; number < 50; number += 1)
      assert.equal(await query("trino-valkey", 0, "set", `trino:k${String(number)}`, String(number)), "OK");
    await servers.stop(0, "SIGKILL");
    assert.equal(await query("trino-valkey", 1, "get", "trino:a"), "1", "replicas can be read meanwhile");
    assert.match(await query("trino-valkey", 1, "set", "trino:a", "9"), /^READONLY/, "no replica becomes the writer");
    await servers.start(0);
    for (let number = 0; number < 50; number += 1)
      assert.equal(await query("trino-valkey", 0, "get", `trino:k${String(number)}`), String(number));
    await until(
      "the writer has a replica",
      async () => (await query("trino-valkey", 0, "set", "trino:b", "5")) === "OK",
    );
    for (const number of NUMBERS) await copied("trino:b", "5", number);
  });

  it("accepts no writes without a replica", async () => {
    await servers.stop(2);
    assert.equal(await query("trino-valkey", 0, "set", "trino:c", "1"), "OK", "one replica is enough");
    await copied("trino:c", "1", 1);
    await servers.stop(1);
    await until("writes are refused", async () =>
      (await query("trino-valkey", 0, "set", "trino:d", "1")).startsWith("NOREPLICAS"),
    );
    assert.equal(await query("trino-valkey", 0, "get", "trino:c"), "1");
    await servers.start(1, 2);
    await until("writes are accepted", async () => (await query("trino-valkey", 0, "set", "trino:d", "1")) === "OK");
    for (const number of NUMBERS) await copied("trino:d", "1", number);
  });

  it("starts no empty writer while a replica has data, and continues from the replica that the settings promote", async () => {
    await servers.stop(0, "SIGKILL");
    servers.loseData(0);
    await servers.stop(1);
    servers.begin(0);
    await until("it waits", () => Promise.resolve(servers.log(0).includes("waits for valkey-server-1")));
    servers.begin(1);
    await until("it ends", () => Promise.resolve(servers.exitCode(0) === 1));
    assert.match(servers.log(0), /valkey-server-1\S* has \d+ keys/);
    await servers.stop(1);
    await servers.stop(2);
    servers.rendered = await rendering({ writer: 1 });
    await servers.start(...NUMBERS);
    await until(
      "the writer has a replica",
      async () => (await query("trino-valkey", 1, "set", "trino:e", "1")) === "OK",
    );
    for (const number of NUMBERS) {
      await copied("trino:e", "1", number);
      await copied("trino:k49", "49", number);
    }
    assert.deepEqual(servers.rendered.object("Service", "valkey").spec, {
      selector: {
        "app.kubernetes.io/name": "valkey",
        "app.kubernetes.io/instance": "valkey-server",
        "statefulset.kubernetes.io/pod-name": "valkey-server-1",
      },
      ports: [{ name: "redis", port: 6379, targetPort: 6379 }],
    });
  });
});
