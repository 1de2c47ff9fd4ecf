import assert from "node:assert/strict";

import { platform } from "../../../components/cluster";
import {
  collectorConfig,
  type CollectorFacts,
  FILES,
  STATE,
} from "../../../components/observability/logs/collector.config";
import { collectorValues } from "../../../components/observability/logs/collector.values";
import { ANY, FORMATS, QUERY } from "../../../components/observability/logs/formats";
import { collectorPods } from "../../../components/observability/logs/pods";
import { settingsFrom, SettingsError } from "../../../components/settings";
import * as opensearch from "../../../components/storage/opensearch/security";
import * as elasticsearch from "../../../components/storage/elasticsearch/roles";
import { upstream } from "../../support/upstream";

const FACTS: CollectorFacts = {
  kind: "opensearch",
  store: "http://opensearch.lakehouse-storage.svc:9200",
  namespaces: ["lakehouse-query", "lakehouse-agents"],
  own: "lakehouse-agents",
  services: ["spark", "trino", "spark-history"],
};
interface Config {
  readonly receivers: { readonly file_log: { readonly operators: readonly Readonly<Record<string, unknown>>[] } };
  readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}
const config = (over: Partial<CollectorFacts> = {}) => collectorConfig({ ...FACTS, ...over }) as unknown as Config;
const operators = (over: Partial<CollectorFacts> = {}) => config(over).receivers.file_log.operators;

const stack = (logs: object, storage: object = {}) =>
  settingsFrom({
    nodes: [{ name: "a", count: 3, pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    licences: { allow: ["Elastic-2.0"] },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] }, ...storage },
    observability: { logs },
  });

describe("the log collector's configuration", () => {
  it("has every expression of the formats, with each `$` written twice", () => {
    const regexes = operators().map(({ regex }) => regex);
    for (const expression of [...FORMATS, ANY].flatMap(({ expressions }) => expressions).concat(QUERY))
      assert.ok(regexes.includes(expression.replaceAll("$", "$$$$")), expression);
    const firsts = operators().filter(({ type }) => type === "recombine");
    assert.equal(firsts.length, FORMATS.filter(({ begins }) => begins !== undefined).length);
  });

  it("leads each format to the steps that are common to all", () => {
    const ids = new Set(operators().map(({ id }) => id));
    for (const { output } of operators()) if (output !== undefined) assert.ok(ids.has(output), JSON.stringify(output));
    const router = operators().find(({ type }) => type === "router") as unknown as { routes: { output: string }[] };
    for (const { output } of router.routes) assert.ok(ids.has(output), output);
  });

  it("finds a pod's service by the longest name", () => {
    const step = operators().find(({ parse_from: from }) => from === "body.pod");
    assert.equal(step?.regex, "^(?P<service>spark-history|spark|trino)(?:-|$$)");
    assert.equal(
      operators({ services: [] }).some(({ parse_from: from }) => from === "body.pod"),
      false,
    );
  });

  it("reads files of the stack's namespaces, but its own, which would never end", () => {
    const { include, exclude } = config().receivers.file_log as unknown as Record<string, string[]>;
    assert.deepEqual(include, ["/var/log/pods/lakehouse-query_*/*/*.log", "/var/log/pods/lakehouse-agents_*/*/*.log"]);
    assert.deepEqual(exclude, ["/var/log/pods/lakehouse-agents_log-collector-*/*/*.log"]);
  });

  it("has passwords by reference, and a queue on disk that blocks when it is full", () => {
    const { opensearch: open } = config().exporters;
    assert.deepEqual(open?.http, { endpoint: FACTS.store, timeout: "60s", auth: { authenticator: "basicauth" } });
    const { elasticsearch: elastic } = config({ kind: "elasticsearch" }).exporters;
    assert.deepEqual([elastic?.user, elastic?.password], ["${env:STORE_USER}", "${env:STORE_PASSWORD}"]);
    assert.equal(config({ kind: "elasticsearch" }).extensions.basicauth, undefined);
    for (const exporter of [open, elastic]) {
      const { storage, sizer, queue_size, block_on_overflow } = exporter?.sending_queue as Record<string, unknown>;
      assert.deepEqual([storage, sizer, queue_size, block_on_overflow], ["file_storage", "bytes", 2 ** 29, true]);
    }
  });
});

describe("the log collector's chart", () => {
  const [group] = collectorPods(platform(stack({ store: "off" })));
  const login = { secret: "log-collector-opensearch", userKey: "username", passwordKey: "password" };
  const values = collectorValues(group, collectorConfig(FACTS), login);

  it("has every value that is set", function () {
    const known = upstream("chart-values/opentelemetry-collector/values.yaml") as Record<string, object> | undefined;
    if (known === undefined) this.skip();
    for (const [key, value] of Object.entries(values)) {
      assert.ok(key in known, key);
      if (["image", "command", "serviceAccount", "clusterRole", "ports"].includes(key))
        for (const inner of Object.keys(value as object)) assert.ok(inner in (known[key] ?? {}), `${key}.${inner}`);
    }
    // Each port that is on would be opened on the node.
    const open = Object.entries(known.ports as Record<string, { enabled: boolean }>).filter(
      ([, { enabled }]) => enabled,
    );
    for (const [port] of open)
      assert.deepEqual((values.ports as Record<string, object>)[port], { enabled: false }, port);
  });

  it("mounts files read-only, and one directory for its state", () => {
    assert.deepEqual(values.extraVolumes, [
      { name: "files", hostPath: { path: FILES } },
      { name: "state", hostPath: { path: STATE, type: "DirectoryOrCreate" } },
    ]);
    assert.deepEqual(values.extraVolumeMounts, [
      { name: "files", mountPath: FILES, readOnly: true },
      { name: "state", mountPath: STATE },
    ]);
  });
});

describe("stores of logs", () => {
  const refused = (logs: object, storage: object = {}) => {
    try {
      stack(logs, storage);
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.message;
    }
    return "";
  };

  it("must be on, and have a template", () => {
    for (const store of ["opensearch", "elasticsearch"]) {
      assert.match(
        refused({ store }),
        new RegExp(`logs.store: given ${store} while lakehouse:storage.${store}.enabled is false`),
      );
      assert.match(
        refused({ store }, { [store]: { enabled: true, indices: [{ name: "audit" }] } }),
        /indices has none with the name logs/,
      );
      assert.equal(refused({ store }, { [store]: { enabled: true } }), "");
    }
  });

  it("let a client that only adds neither read nor delete", () => {
    const access = [{ prefix: "logs-stack-", level: "append" }] as const;
    const rights = [
      ...opensearch.clientRole(access).index_permissions.flatMap(({ allowed_actions: actions }) => actions),
      ...elasticsearch.clientRole(access).indices.flatMap(({ privileges }) => privileges),
    ];
    for (const right of rights) assert.doesNotMatch(right, /read|delete|^all$|^write$/);
  });
});
