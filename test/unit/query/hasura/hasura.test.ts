import assert from "node:assert/strict";

import fc from "fast-check";

import { GiB } from "../../../../components/core/quantity";
import type { StackFacts } from "../../../../components/core/system";
import { check } from "../../../../components/query/hasura/check";
import * as config from "../../../../components/query/hasura/config";
import { divided, fewest, METADATA_CONNECTIONS } from "../../../../components/query/hasura/connections";
import { monitoring } from "../../../../components/query/hasura/monitoring";
import { SERVER, hasuraPods } from "../../../../components/query/hasura/pods";
import { sourceUser } from "../../../../components/query/hasura/rights";
import { hasura as described } from "../../../../components/query/hasura/system";
import { parameters } from "../../../../components/storage/postgres/config";
import { platform } from "../../../../components/cluster";
import { SHOP, settings, shop, stackOf, table } from "./settings";

describe("Hasura's connections to PostgreSQL", () => {
  it("are divided among pods and sources: of 100, two pods have 5 for metadata and 44 for one source", () => {
    assert.deepEqual(divided(shop()), { pool: 44, bound: 90 });
  });

  it("never exceed the settings', and never are fewer than Hasura works with", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 10, max: 150 }),
        (replicas, sources, connections) => {
          const given = settings({
            server: { replicas },
            connections,
            sources: Array.from({ length: sources }, (_, index) => ({ ...SHOP, name: `s${String(index)}` })),
          });
          const found = divided(given);
          assert.equal(found === undefined, connections < fewest(given));
          if (found === undefined) return;
          assert.ok(found.pool >= 2 && found.pool <= 50);
          assert.ok(replicas * METADATA_CONNECTIONS + sources * found.bound <= connections);
        },
      ),
    );
  });

  it("leave others some of the server's", () => {
    assert.ok(150 < Number(parameters(GiB, GiB).max_connections));
  });

  it("that are too few are refused with the number that is enough", () => {
    const found = [...check(settings({ ...table({}), connections: 10 }))];
    assert.deepEqual(
      found.map(({ path, message }) => `${path}: ${message}`),
      [
        "lakehouse:query.hasura.connections: given 10 for 2 pods and 1 sources; allowed: at least 16, or fewer of these",
      ],
    );
  });
});

describe("rights of Hasura's user for a source", () => {
  const user = sourceUser(shop().sources[0] ?? assert.fail(), { pool: 44, bound: 90 }, 30);
  const right = (name: string) => user.tables.find((each) => each.table === name);

  it("are what its roles may, all together: whole tables to be read, columns to be changed", () => {
    assert.deepEqual(right("orders"), {
      schema: "public",
      table: "orders",
      privileges: ["SELECT", "INSERT", "DELETE"],
      update: ["changed_by", "note"],
      sequences: ["orders_id_seq"],
    });
    assert.deepEqual([user.name, user.database, user.connections, user.statementSeconds], ["shop", "shop", 90, 30]);
  });

  it("of tables that are only read are no more", () => {
    for (const name of ["order_items", "customers", "products"])
      assert.deepEqual([right(name)?.privileges, right(name)?.update], [["SELECT"], []], name);
  });

  it("have no sequence without a role that inserts", () => {
    const [source] = settings(table({ staff: { delete: { rows: {} } } }, { sequences: ["orders_id_seq"] })).sources;
    assert.deepEqual(sourceUser(source ?? assert.fail(), { pool: 1, bound: 1 }, 1).tables[0]?.sequences, []);
  });
});

describe("Hasura's environment", () => {
  const environment = (given = settings()) => {
    const [server] = hasuraPods(platform(stackOf({})), given);
    assert.equal(server?.role, SERVER);
    return config.environment(server, given);
  };

  it("opens nothing that the settings do not ask for", () => {
    const env = environment();
    for (const [name, value] of Object.entries({
      ENABLE_CONSOLE: "false",
      DEV_MODE: "false",
      ADMIN_INTERNAL_ERRORS: "false",
      ENABLED_APIS: "graphql,metadata",
      ENABLE_TELEMETRY: "false",
      ENABLE_RELAY: "false",
      DISABLE_EVENTING: "true",
      INFER_FUNCTION_PERMISSIONS: "false",
      ENABLE_ALLOWLIST: "false",
      LIVE_QUERIES_MULTIPLEXED_REFETCH_INTERVAL: "1000",
      PG_CONNECTIONS: "5",
    }))
      assert.equal(env[`HASURA_GRAPHQL_${name}`], value, name);
    for (const name of ["UNAUTHORIZED_ROLE", "DATABASE_URL", "CORS_DOMAIN", "JWT_SECRET"])
      assert.equal(env[`HASURA_GRAPHQL_${name}`], undefined, name);
    assert.deepEqual(config.command(settings()), ["graphql-engine", "serve", "--disable-cors"]);
  });

  it("has what they ask for", () => {
    const jwt = {
      jwkUrl: "https://login.example.org/jwks",
      cidrs: ["192.0.2.0/24"],
      issuer: "https://login.example.org",
    };
    const given = settings({
      console: true,
      refetchMilliseconds: 5000,
      unauthorizedRole: "anonymous",
      operations: [{ name: "a", query: "{ orders { id } }" }],
      cors: ["https://app.example.org", "http://localhost:3000"],
      jwt: { ...jwt, audience: "shop", claims: "https://example.org/claims" },
    });
    const env = environment(given);
    assert.equal(env.HASURA_GRAPHQL_ENABLED_APIS, "graphql,metadata,config");
    assert.equal(env.HASURA_GRAPHQL_UNAUTHORIZED_ROLE, "anonymous");
    assert.equal(env.HASURA_GRAPHQL_ENABLE_ALLOWLIST, "true");
    assert.equal(env.HASURA_GRAPHQL_STREAMING_QUERIES_MULTIPLEXED_REFETCH_INTERVAL, "5000");
    assert.deepEqual(config.command(given).slice(2), [
      "--cors-domain=https://app.example.org,http://localhost:3000",
      "--jwt-secret=$(TOKENS)",
    ]);
    assert.deepEqual(JSON.parse(env.TOKENS as string), {
      jwk_url: jwt.jwkUrl,
      issuer: jwt.issuer,
      audience: "shop",
      claims_namespace: "https://example.org/claims",
      allowed_skew: 60,
    });
  });

  it("lets the runtime use as many cores as the pod may", () => {
    assert.equal(environment(settings({ server: { cpu: 0.1 } })).GHCRTS, "-N1");
    assert.equal(environment(settings({ server: { cpu: 1.3 } })).GHCRTS, "-N3");
  });

  it("has user and password of a database as variables that come before its URL", () => {
    const { user, password, url } = config.databaseVariables("web_shop");
    assert.deepEqual(
      [user, password, url],
      ["SOURCE_WEB_SHOP_USER", "SOURCE_WEB_SHOP_PASSWORD", "SOURCE_WEB_SHOP_URL"],
    );
    assert.equal(
      config.databaseUrl({ host: "postgres-rw.a.svc", port: 5432, database: "shop" }, user, password),
      "postgresql://$(SOURCE_WEB_SHOP_USER):$(SOURCE_WEB_SHOP_PASSWORD)@postgres-rw.a.svc:5432/shop",
    );
  });
});

describe("what the plan says of Hasura", () => {
  it("is who may ask, and how many tables there are", () => {
    const notes = (given: object) => described.notes?.(settings(given), {} as StackFacts);
    assert.deepEqual(notes({}), [
      "Hasura serves 0 tables to only who has its admin secret (query.hasura.jwt names no issuer)",
    ]);
    const jwt = { jwkUrl: "https://login.example.org/jwks", cidrs: ["192.0.2.0/24"], issuer: "a" };
    assert.deepEqual(notes({ sources: [SHOP], jwt, unauthorizedRole: "anonymous" }), [
      "Hasura serves 4 tables to callers with a token of its issuer and everybody, as anonymous",
    ]);
  });
});

describe("Hasura's alert of connections", () => {
  it("follows the settings", () => {
    const expr = (connections: number) =>
      monitoring({ connections }).alerts.find(({ name }) => name === "HasuraConnectionsUsed")?.expr ?? "";
    assert.match(expr(100), /> 90$/);
    assert.match(expr(150), /> 135$/);
  });
});
