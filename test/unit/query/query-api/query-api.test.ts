import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { platform } from "../../../../components/cluster";
import { environment, GRACE_SECONDS, WAIT_SECONDS } from "../../../../components/query/query-api/config";
import { queryApiPods } from "../../../../components/query/query-api/pods";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { PROJECT_FOLDER } from "../../../../inputs/project";

const IMAGE = "registry.example.org/query-api:1";
const settings = (queryApi: object = {}, storage: object = {}) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] }, ...storage },
    query: { queryApi: { enabled: true, image: IMAGE, ...queryApi } },
  });
const AROUND = { trino: "http://trino:8080", catalog: "lakehouse" };
const LAKE = {
  restUrl: "http://metastore:9001/iceberg",
  warehouse: "s3://warehouse/",
  s3Url: "https://s3.example.org",
  region: "eu",
  buckets: ["a-gold", "a-warehouse"],
};

function variables(queryApi: object = {}, around: object = {}) {
  const of = settings(queryApi, { valkey: { enabled: true } });
  const [group] = queryApiPods(platform(of), of.query.queryApi);
  ok(group);
  return environment(of.query.queryApi, group.limits.memory, { ...AROUND, ...around });
}

function mistakes(queryApi: object, storage: object = {}): string[] {
  try {
    settings(queryApi, storage);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
}

describe("the query API's settings", () => {
  it("require an image if it is on, because none is published", () => {
    match(mistakes({ image: undefined })[0] ?? "", /^lakehouse:query.queryApi.image not given; .* services\/query-api/);
    deepEqual(mistakes({ enabled: false, image: undefined }), []);
  });

  it("leave memory for Python beside DuckDB's", () => {
    const given = { server: { replicas: 1, memory: "512Mi" }, duckdb: { enabled: true, memory: "256Mi" } };
    match(mistakes(given)[0] ?? "", /server.memory given 512Mi, .* at least 640Mi/);
    deepEqual(mistakes({ ...given, server: { replicas: 1, memory: "640Mi" } }), []);
  });

  it("refuse several replicas with DuckDB without a shared store of pages", () => {
    const given = { duckdb: { enabled: true } };
    match(mistakes(given)[0] ?? "", /duckdb.enabled given true with 2 replicas while lakehouse:storage.valkey.enabled/);
    deepEqual(mistakes({ ...given, server: { replicas: 1 } }), []);
    deepEqual(mistakes(given, { valkey: { enabled: true } }), []);
  });
});

describe("variables of the query API", () => {
  it("are only those that the service reads", () => {
    const known = readFileSync(join(PROJECT_FOLDER, "services/query-api/query_api/settings.py"), "utf8");
    const all = variables(
      { callers: { tokens: "t" }, duckdb: { enabled: true } },
      { cache: "redis://c:6379", lake: LAKE },
    );
    const secret = ["KEY", "CACHE_USER", "CACHE_PASSWORD", "S3_KEY", "S3_SECRET"].map((name) => `QUERY_API_${name}`);
    for (const name of [...Object.keys({ ...all, ...variables() }), ...secret])
      ok(known.includes(`"${name.replace("QUERY_API_", "")}"`), name);
  });

  it("include its pod's sizes and the settings' limits", () => {
    const given = variables({
      server: { memory: "1000Mi" },
      limits: { rows: 500, bytes: "8Mi", seconds: 30, queriesPerMinute: 0 },
      cacheSeconds: 0,
    });
    const expected = {
      PROCESS_MEMORY: "900Mi",
      MAX_ROWS: "500",
      DEFAULT_ROWS: "500",
      MAX_BYTES: "8Mi",
      MAX_SECONDS: "30",
      RATE_PER_MINUTE: "0",
      CACHE_SECONDS: "0",
      TRINO_URL: "http://trino:8080",
      CALLER_HEADER: "X-Forwarded-User",
    };
    for (const [name, value] of Object.entries(expected)) equal(given[`QUERY_API_${name}`], value, name);
    ok(!("QUERY_API_DUCKDB" in given) && !("QUERY_API_CACHE_URL" in given));
  });

  it("trust no user header if callers have tokens", () => {
    const given = variables({ callers: { tokens: "query-api-callers" } });
    equal(given.QUERY_API_CALLER_TOKENS, "/opt/lakehouse/tokens/tokens.json");
    ok(!("QUERY_API_CALLER_HEADER" in given));
  });

  it("limit DuckDB to the stack's buckets and its scratch directory", () => {
    const given = variables({ duckdb: { enabled: true, spill: "10Gi" } }, { lake: LAKE });
    equal(given.QUERY_API_DUCKDB_DIRECTORIES, '["s3://a-gold/","s3://a-warehouse/"]');
    equal(
      given.QUERY_API_DUCKDB_CATALOGS,
      '{"lakehouse":{"endpoint":"http://metastore:9001/iceberg","warehouse":"s3://warehouse/"}}',
    );
    equal(given.QUERY_API_DUCKDB_SPILL_BYTES, "9216Mi");
  });

  it("end the service before its pod is killed", () => {
    const main = readFileSync(join(PROJECT_FOLDER, "services/query-api/query_api/__main__.py"), "utf8");
    const [, more = ""] = /timeout_graceful_shutdown=known\.wait_seconds \+ (\d+)/.exec(main) ?? [];
    const { QUERY_API_DRAIN_SECONDS: drain } = variables();
    ok(Number(drain) + WAIT_SECONDS + Number(more) < GRACE_SECONDS);
  });
});
