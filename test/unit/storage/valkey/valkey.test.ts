import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { type Login, nextLogin } from "../../../../components/core/login";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { aclFile, clientRule, keyPrefix, serverConf, startScript } from "../../../../components/storage/valkey/config";
import { valkeyPods } from "../../../../components/storage/valkey/pods";

const settings = (valkey: object = {}) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] }, valkey },
  });
const conf = (valkey: object = {}) => {
  const of = settings(valkey);
  const [group] = valkeyPods(platform(of), of.storage.valkey);
  return serverConf(group ?? assert.fail(), of.storage.valkey).split("\n");
};

describe("Valkey's files", () => {
  it("leave two fifths of the server's memory for replication and the log", () => {
    assert.ok(conf({ server: { memory: "1000Mi" } }).includes("maxmemory 600mb"));
  });

  it("flush each write and refuse writes beyond the memory, by default", () => {
    for (const line of ["appendfsync always", "maxmemory-policy noeviction"]) assert.ok(conf().includes(line), line);
    const other = conf({ durability: "every-second", whenFull: "evict-expiring" });
    for (const line of ["appendfsync everysec", "maxmemory-policy volatile-lru"]) assert.ok(other.includes(line), line);
  });

  it("require a replica for writes if there are replicas", () => {
    assert.ok(conf().includes("min-replicas-to-write 1"));
    assert.ok(!conf({ server: { replicas: 1 } }).some((line) => line.startsWith("min-replicas")));
  });

  it("make a server without data ask all others before it becomes the writer", () => {
    const script = startScript(settings({ writer: 1 }).storage.valkey, "lakehouse-storage");
    const [, others] = /for other in (.*); do/.exec(script) ?? [];
    assert.equal(
      others,
      [0, 2].map((number) => `valkey-server-${String(number)}.valkey-servers.lakehouse-storage.svc`).join(" "),
    );
    assert.doesNotMatch(startScript(settings({ server: { replicas: 1 } }).storage.valkey, "n"), /for other/);
  });
});

describe("Valkey's users", () => {
  it("have hashes of passwords, and no access without a login", () => {
    const file = aclFile({ server: "s3cret", monitor: "s3cret" }, [clientRule("b", "s3cret", ["b:", "a:"], [])]);
    assert.doesNotMatch(file, /s3cret/);
    assert.match(file, /^user default off /);
    assert.match(file, /^user b on #[0-9a-f]{64} resetchannels ~a:\* ~b:\* &a:\* &b:\* \+@all -@admin -@dangerous /m);
  });

  it("read keys of others without changing them, and without the names of all keys", () => {
    const reader = clientRule("trino", "s3cret", [], ["shop:", "api:"]);
    assert.match(reader, / resetchannels %R~api:\* %R~shop:\* -@all \+@read \+@connection -@admin -@dangerous -scan /);
    const both = clientRule("trino", "s3cret", ["trino:"], ["shop:"]);
    assert.match(both, / resetchannels ~trino:\* %R~shop:\* &trino:\* \+@all -@admin -@dangerous /);
  });

  it("have key prefixes without pattern characters", () => {
    for (const good of ["superset:", "a.b-c_1:", "a:b:"]) assert.equal(keyPrefix("x", good), good);
    for (const bad of ["", ":", "a", "*:", "a*:", "a?:", "a[b]:", "a:~*", "a: ~*:", "a\nuser x:", "A:", "%R~a:", "a::"])
      assert.throws(() => keyPrefix("x", bad), /x asks for keys that begin with/, bad);
  });

  it("include those of the next generation", () => {
    const first: Login = { user: "trino", suffix: "" };
    assert.deepEqual(nextLogin("trino", first), { user: "trino-2", suffix: "-2" });
    assert.deepEqual(nextLogin("trino", { user: "trino-9", suffix: "-9" }), { user: "trino-10", suffix: "-10" });
  });
});

describe("Valkey's settings", () => {
  const refused = (valkey: object): string[] => {
    try {
      settings(valkey);
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map(({ path }) => path.replace("lakehouse:storage.valkey.", ""));
    }
  };

  it("allow one server or three, a writer among them, and a volume of three times the memory", () => {
    assert.deepEqual(refused({ server: { replicas: 2 } }), ["server.replicas"]);
    assert.deepEqual(refused({ writer: 3 }), ["writer"]);
    assert.deepEqual(refused({ writer: 2 }), []);
    assert.deepEqual(refused({ server: { memory: "2Gi" }, volume: "6143Mi" }), ["volume"]);
    assert.deepEqual(refused({ server: { memory: "2Gi" }, volume: "6Gi" }), []);
  });
});
