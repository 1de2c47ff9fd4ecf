import assert from "node:assert/strict";

import fc from "fast-check";

import { outsideEndpoint } from "../../../../components/core/endpoint";
import { GiB, MiB } from "../../../../components/core/quantity";
import { PRESETS } from "../../../../components/core/system";
import { COMPATIBILITY } from "../../../../components/core/versions";
import * as access from "../../../../components/query/presto/access";
import * as catalogs from "../../../../components/query/presto/catalogs";
import { check } from "../../../../components/query/presto/check";
import * as config from "../../../../components/query/presto/config";
import { jmxExporter, monitoring } from "../../../../components/query/presto/monitoring";
import { presto } from "../../../../components/query/presto/settings";
import { readable } from "../../../../components/query/presto/versions";
import { SettingsError, settingsFrom } from "../../../../components/settings";
import { notes } from "../../../../preview/notes";

const THRIFT = outsideEndpoint({ name: "hms", url: "thrift://hms:9083", cidrs: [], reason: "" });

const settings = (given: object = {}) => presto.parse(given);

const MINIO = { kind: "minio", admin: { host: "127.0.0.1", port: 9000 } };
const stackOf = ({
  preset = "dev",
  objects = MINIO,
  query = {},
}: {
  preset?: string;
  objects?: object;
  query?: object;
}) =>
  settingsFrom({
    preset,
    nodes: [{ name: "one", pool: "all", cpu: 4000, memory: "60Ti" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects },
    query: { presto: query },
  });

describe("Presto's memory", () => {
  it("of an 8 GiB worker: 6.4 GiB of heap, 30 % headroom, of the rest 85 % for queries' own data", () => {
    assert.deepEqual(config.prestoMemory(8 * GiB), {
      heap: 6553 * MiB,
      headroom: 1965 * MiB,
      query: 4456 * MiB,
      user: 3787 * MiB,
      codeCache: 512 * MiB,
    });
  });

  it("lets all that queries hold and the headroom never exceed the heap, nor the heap the pod", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1280, max: 512 * 1024 }), (mebibytes) => {
        const { heap, headroom, query, user, codeCache } = config.prestoMemory(mebibytes * MiB);
        assert.ok(user > 0 && user <= query);
        assert.ok(query + headroom <= 0.99 * heap);
        assert.ok(heap + codeCache <= mebibytes * MiB);
      }),
    );
    assert.throws(() => config.prestoMemory(1279 * MiB), /Presto needs pods of at least 1280Mi, given 1279Mi/);
  });
});

describe("Presto's files", () => {
  const memory = config.prestoMemory(8 * GiB);
  const node = { memory, working: { memory, replicas: 2 }, discoveryUrl: "http://presto:8080", spill: 20 * GiB };
  const value = (text: string, key: string) => new RegExp(`^${key.replaceAll(".", "\\.")}=(.*)$`, "m").exec(text)?.[1];

  it("let a query use the memory of all who work, and each of them spill only what its disk holds", () => {
    const worker = config.configProperties({ ...node, coordinator: false, works: true });
    assert.equal(value(worker, "query.max-memory"), "7574MB");
    assert.equal(value(worker, "query.max-memory-per-node"), "3787MB");
    assert.equal(value(worker, "query.max-total-memory"), "8912MB");
    assert.equal(value(worker, "query.max-total-memory-per-node"), "4456MB");
    assert.equal(value(worker, "experimental.max-spill-per-node"), "18432MB");
    assert.equal(value(worker, "discovery-server.enabled"), undefined);
    const coordinator = config.configProperties({ ...node, coordinator: true, works: false });
    assert.equal(value(coordinator, "node-scheduler.include-coordinator"), "false");
    assert.equal(value(coordinator, "discovery-server.enabled"), "true");
    assert.equal(value(coordinator, "experimental.max-spill-per-node"), undefined);
    assert.equal(value(coordinator, "experimental.spill-enabled"), "true");
    const alone = config.configProperties({ ...node, coordinator: true, works: true });
    assert.equal(value(alone, "node-scheduler.include-coordinator"), "true");
  });

  it("end a query after the time of the settings, by the coordinator alone, and never without one", () => {
    const file = (coordinator: boolean, maxSeconds?: number) =>
      config.configProperties({ ...node, coordinator, works: !coordinator, maxSeconds });
    const limit = (...of: Parameters<typeof file>) => value(file(...of), "query.max-execution-time");
    assert.deepEqual([limit(true, 90), limit(false, 90), limit(true)], ["90s", undefined, undefined]);
  });

  it("hold secrets as variables of the environment only, and nodes sign what they ask for", () => {
    const store = { s3Url: "http://s3:9000", writes: true };
    const files = [
      config.configProperties({ ...node, coordinator: true, works: false }),
      catalogs.icebergCatalog("http://hms:9001/iceberg", store),
      catalogs.hiveCatalog(THRIFT, store),
    ].join("");
    const secrets = [...files.matchAll(/^[\w.-]+(?:secret-key|access-key|shared-secret)=(.*)$/gm)];
    assert.equal(secrets.length, 5);
    for (const [, secret] of secrets) assert.match(secret ?? "", /^\$\{ENV:PRESTO_[A-Z0-9_]+\}$/);
    assert.match(files, /^internal-communication\.jwt\.enabled=true$/m);
  });

  it("speak TLS to a store of https, and stage files only where some are written", () => {
    const catalog = (s3Url: string, writes: boolean) =>
      catalogs.icebergCatalog("http://hms/iceberg", { s3Url, writes });
    assert.equal(value(catalog("https://s3", false), "hive.s3.ssl.enabled"), "true");
    assert.equal(value(catalog("http://s3", false), "hive.s3.ssl.enabled"), "false");
    assert.equal(value(catalog("http://s3", true), "hive.s3.staging-directory"), "/srv/presto/staging");
    assert.doesNotMatch(catalog("http://s3", false), /staging/);
    assert.doesNotMatch(catalogs.hiveCatalog(THRIFT, { s3Url: "http://s3" }), /staging/);
  });

  it("give every JVM option a line of its own, and upstream's agent the rules", () => {
    const lines = config.jvmConfig(memory).trimEnd().split("\n");
    assert.ok(lines.every((line) => /^-\S+$/.test(line)));
    assert.ok(lines.includes("-Xmx6553m"));
    assert.ok(lines.includes("--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED"));
    assert.ok(lines.some((line) => /^-javaagent:\S+=9404:\/etc\/presto\/jmx-exporter\.yaml$/.test(line)));
  });

  it("make every metric that an alert or a panel names, of beans that are let through", () => {
    const { includeObjectNames, rules } = JSON.parse(jmxExporter()) as {
      includeObjectNames: string[];
      rules: { name: string; pattern: string }[];
    };
    const { alerts, panels } = monitoring(true);
    const named = new Set([...alerts, ...panels].flatMap(({ expr }) => expr.match(/\bpresto_\w+/g) ?? []));
    for (const name of named)
      assert.ok(
        rules.some((rule) => rule.name === name),
        name,
      );
    for (const { pattern } of rules) {
      const [domain = ""] = pattern.replaceAll("\\.", ".").split("<");
      assert.ok(
        includeObjectNames.some((bean) => bean.startsWith(`${domain}:`)),
        pattern,
      );
    }
    assert.deepEqual(
      monitoring(false).scrapes.map(({ role }) => role),
      ["coordinator"],
    );
  });
});

describe("Presto's rights", () => {
  it("are to read, in every catalog, and to make nothing in Iceberg's", () => {
    const { write } = settings();
    const { catalogs: rules } = JSON.parse(access.catalogRules(["lakehouse", "hive", "system"], write)) as {
      catalogs: { allow: string }[];
    };
    assert.deepEqual(
      rules.map(({ allow }) => allow),
      ["read-only", "read-only", "read-only"],
    );
    assert.deepEqual(JSON.parse(access.tableRules(write)), {
      schemas: [{ owner: false }],
      tables: [{ privileges: ["SELECT"] }],
      sessionProperties: [{ allow: true }],
    });
  });

  it("are to write to one schema where the settings ask for it, whose rule comes first", () => {
    const { write } = settings({ write: { enabled: true, schema: "answers" } });
    const { catalogs: rules } = JSON.parse(access.catalogRules(["lakehouse", "hive"], write)) as {
      catalogs: { catalog: string; allow: string }[];
    };
    assert.deepEqual(rules, [
      { catalog: "lakehouse", allow: "all" },
      { catalog: "hive", allow: "read-only" },
    ]);
    const tables = JSON.parse(access.tableRules(write)) as Record<"schemas" | "tables", object[]>;
    assert.deepEqual(tables.schemas, [{ schema: "answers", owner: true }, { owner: false }]);
    assert.deepEqual(tables.tables[1], { privileges: ["SELECT"] });
    assert.equal((tables.tables[0] as { schema: string }).schema, "answers");
  });
});

describe("Presto's resource groups", () => {
  interface Group {
    readonly name: string;
    readonly hardConcurrencyLimit: number;
    readonly subGroups?: readonly Group[];
  }
  const rendered = (given: object) => {
    const { groups, concurrency } = settings(given);
    return JSON.parse(access.resourceGroups(groups, concurrency)) as {
      rootGroups: [Group];
      selectors: { source?: string; user?: string; group: string }[];
    };
  };

  it("by default: half of the slots for pipelines, four for one user", () => {
    const {
      rootGroups: [root],
      selectors,
    } = rendered({});
    assert.equal(root.hardConcurrencyLimit, 10);
    assert.deepEqual(
      root.subGroups?.map(({ name, hardConcurrencyLimit }) => [name, hardConcurrencyLimit]),
      [
        ["pipelines", 5],
        ["adhoc", 10],
      ],
    );
    assert.deepEqual(
      root.subGroups[1]?.subGroups?.map(({ name, hardConcurrencyLimit }) => [name, hardConcurrencyLimit]),
      [["${USER}", 4]],
    );
    assert.deepEqual(selectors, [
      { source: "(airflow|pipeline).*", group: "lakehouse.pipelines" },
      { group: "lakehouse.adhoc.${USER}" },
    ]);
  });

  it("take users and sources as they are written, not as patterns", () => {
    const [{ source, user } = {}] = rendered({
      groups: [
        { name: "one", sources: ["dbt.core"], users: ["a.b@c"], running: 1 },
        { name: "rest", running: 1 },
      ],
    }).selectors;
    assert.equal(source, String.raw`(dbt\.core).*`);
    assert.ok(new RegExp(`^${user ?? ""}$`).test("a.b@c"));
    assert.ok(!new RegExp(`^${user ?? ""}$`).test("axb@c"));
  });

  it("are told when no group takes the rest, one is never reached, or one runs more than all", () => {
    const mistakes = (given: object) => [...check(settings(given))].map(({ path, message }) => `${path}: ${message}`);
    assert.deepEqual(mistakes({}), []);
    assert.match(mistakes({ groups: [] }).join(), /groups: given no group/);
    assert.match(mistakes({ groups: [{ name: "a", sources: ["x"], running: 1 }] }).join(), /the last group/);
    const twice = mistakes({ groups: [1, 2].map(() => ({ name: "a", running: 1 })) });
    assert.match(twice.join("\n"), /groups\[0\]: given neither sources nor users[\s\S]*groups\[1\]\.name: given "a"/);
    assert.match(
      mistakes({ concurrency: 4, groups: [{ name: "a", running: 5 }] }).join(),
      /running: given 5.* at most 4/,
    );
    assert.match(mistakes({ coordinator: { replicas: 2 } }).join(), /coordinator\.replicas: given 2.*allowed: 1/);
  });
});

describe("what Presto reads", () => {
  it("follows from its version and the metastore's", () => {
    assert.deepEqual(
      (
        [
          ["0.299", "4.2.1"],
          ["0.299.1", "3.1.3"],
          ["0.300", "2.3.0"],
          ["0.298", "3.1.3"],
          ["0.298", "4.0.0"],
          ["0.298.1", "4.0.1"],
          ["0.297", "4.2.1"],
          ["0.299", "2.2.9"],
        ] as const
      ).map(([one, other]) => readable(one, other).hive),
      [true, true, true, true, true, false, false, false],
    );
  });

  it("is one line of the plan, in stacks that have it", () => {
    const lines = (query: object) =>
      notes({ stack: "dev", values: {} }, stackOf({ query })).filter((line) => line.includes("Presto"));
    assert.deepEqual(lines({}), []);
    assert.deepEqual(lines({ enabled: true }), [
      `Presto 0.299 reads Iceberg tables by the REST catalog of metastore ${COMPATIBILITY[0].hive}, and Hive tables by its Thrift port`,
    ]);
    assert.match(
      lines({ enabled: true, version: "0.298" }).join("\n"),
      /and no Hive tables: up to 0\.298 it asks for get_table/,
    );
  });

  it("must be in a region that it can sign for", () => {
    const stack = (objects: object) => () => stackOf({ objects, query: { enabled: true } });
    assert.throws(stack({ ...MINIO, region: "eu-west-1" }), (error: unknown) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /objects\.region eu-west-1, and Presto signs/);
      return true;
    });
    const outside = { kind: "s3", region: "eu-west-1", cidrs: ["10.0.0.0/24"] };
    assert.throws(stack({ ...outside, endpoint: "https://s3.example.com" }), /Presto signs/);
    assert.doesNotThrow(stack({ ...outside, endpoint: "https://s3.eu-west-1.amazonaws.com" }));
    assert.doesNotThrow(stack({ kind: "ceph", region: "eu-west-1" }));
  });

  it("is small in dev: one pod that coordinates and works", () => {
    for (const preset of PRESETS) {
      const { presto: own } = stackOf({ preset, query: { enabled: true } }).query;
      assert.equal(own.worker.replicas === 0, preset === "dev", preset);
    }
  });
});
