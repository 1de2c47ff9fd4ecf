import assert from "node:assert/strict";

import { parse } from "yaml";

import { platform } from "../../../components/cluster";
import { agentValues } from "../../../components/observability/logs/agent.config";
import { alloyConfig } from "../../../components/observability/logs/alloy.config";
import { ANY, FORMATS, QUERY } from "../../../components/observability/logs/formats";
import { lokiConfig } from "../../../components/observability/logs/loki.config";
import { alloyPods } from "../../../components/observability/logs/pods";
import { settingsFrom, SettingsError } from "../../../components/settings";
import { LINES } from "../../support/engine-lines";
import { upstream } from "../../support/upstream";

/** What agents find in a line of a service, with the expressions that it is given. */
function found(service: string, line: string): Record<string, string> {
  const format = FORMATS.find(({ services }) => new RegExp(`^(?:${services})$`).test(service)) ?? ANY;
  const groups = [...format.expressions, QUERY].map(
    (expression) => new RegExp(expression.replaceAll("(?P<", "(?<")).exec(line)?.groups,
  );
  return Object.assign({}, ...groups) as Record<string, string>;
}

describe("lines of engines", () => {
  for (const [service, line, expected] of LINES)
    it(`have what is asked for: ${service}, ${line.slice(0, 60).replaceAll("\t", " ")}`, () => {
      assert.deepEqual({ ...found(service, line) }, expected);
    });

  it("have the id of a query, whoever names one", () => {
    const id = "20261130_220204_00000_a3i8z";
    for (const service of ["airflow", "spark", "query-api"])
      assert.equal(found(service, `26/11/30 22:02:06 INFO Client: query ${id} has ended`).query_id, id);
  });

  it("have no level if they name none", () => {
    assert.deepEqual(found("trino", "# WARNING: Unable to attach Serviceability Agent."), {});
    assert.deepEqual(found("any", "information that is for nobody"), {});
  });
});

const settings = (logs: object) =>
  settingsFrom({
    nodes: [{ name: "a", count: 3, pool: "all", cpu: 16, memory: "64Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    observability: { logs: { store: "loki", ...logs } },
  });
const own = (logs: object = {}) => settings(logs).observability.logs;

const endpoint = {
  name: "s3",
  peer: { kind: "range", name: "s3", cidrs: ["192.0.2.0/24"] },
  host: "s3.example.org",
  port: 443,
  targetPorts: [443],
  protocol: "TCP",
  scheme: "https",
} as const;

describe("Loki's configuration", () => {
  const config = (logs: object = {}) =>
    parse(
      lokiConfig({
        settings: own(logs),
        bucket: "services",
        objects: { endpoint, region: "eu-1" },
        peers: "loki.x.svc",
      }),
    ) as Record<string, Record<string, unknown>>;

  it("is for one, or for several that share a ring and keep each line three times", () => {
    assert.deepEqual(config().common, {
      path_prefix: "/var/loki",
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
    });
    assert.equal(config().memberlist, undefined);
    const three = config({ server: { replicas: 3 } });
    assert.equal(three.common?.replication_factor, 3);
    assert.deepEqual(three.memberlist, { join_members: ["loki.x.svc:7946"], bind_port: 7946 });
  });

  it("keeps lines below its own prefix, by keys of the environment, for the days of the settings", () => {
    const { storage_config, limits_config, compactor } = config({ retentionDays: 30 });
    assert.deepEqual(storage_config?.object_store, {
      storage_prefix: "loki",
      s3: {
        bucket_name: "services",
        endpoint: "s3.example.org:443",
        region: "eu-1",
        insecure: false,
        access_key_id: "${S3_ACCESS_KEY}",
        secret_access_key: "${S3_SECRET_KEY}",
      },
    });
    assert.equal(limits_config?.retention_period, "720h");
    assert.equal(compactor?.retention_enabled, true);
  });

  it("is refused for two, of which a lost one stops writes", () => {
    assert.throws(
      () => settings({ server: { replicas: 2 } }),
      (error) => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /logs\.server\.replicas: given 2, of which a lost one stops writes; allowed: 1/);
        return true;
      },
    );
  });
});

describe("the agents' configuration", () => {
  const text = alloyConfig({ namespaces: ["lakehouse-query"], push: "http://loki.x.svc:3100/loki/api/v1/push" });

  it("has every expression as it is, and each component that is named", () => {
    for (const expression of [...FORMATS.flatMap(({ expressions }) => expressions), ...ANY.expressions, QUERY])
      assert.ok(text.includes(`expression = ${JSON.stringify(expression)}`), expression);
    const defined = [...text.matchAll(/^([a-z_.]+) "(\w+)" \{/gm)].map(([, kind = "", name = ""]) => `${kind}.${name}`);
    const named = [...text.matchAll(/= \[?((?:discovery|local|loki)\.[a-z_.]+)\.\w+\]?$/gm)].map(([, id = ""]) => id);
    assert.ok(named.length >= 5, String(named.length));
    for (const id of named) assert.ok(defined.includes(id), `${id} is not among ${defined.join(", ")}`);
  });

  it("closes each block that it opens", () => {
    const outside = text.replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
    assert.equal(outside.split("{").length, outside.split("}").length);
  });

  it("is handed to a chart that has every value which is set", function () {
    const known = upstream("chart-values/alloy/values.yaml") as Record<string, Record<string, unknown>> | undefined;
    if (known === undefined) this.skip();
    const [group] = alloyPods(platform(settings({})));
    for (const [key, value] of Object.entries(agentValues(group, text))) {
      assert.ok(key in known, key);
      if (["alloy", "controller", "image", "rbac", "configReloader", "service", "crds"].includes(key))
        for (const inner of Object.keys(value as object)) assert.ok(inner in (known[key] ?? {}), `${key}.${inner}`);
    }
  });
});
