import assert from "node:assert/strict";

import { parse } from "yaml";

import { sourceCatalog } from "../../../../components/query/trino/catalogs";
import { platform } from "../../../../components/cluster";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { certified } from "../../../../components/core/certificates";
import * as certificates from "../../../../components/storage/opensearch/certificates";
import * as config from "../../../../components/storage/opensearch/config";
import { dashboardsYaml } from "../../../../components/storage/opensearch/dashboards.config";
import { calls } from "../../../../components/storage/opensearch/indices";
import { nodePods } from "../../../../components/storage/opensearch/pods";
import { indexPrefix } from "../../../../components/core/index-prefix";
import * as security from "../../../../components/storage/opensearch/security";
import { problems } from "../../../support/crd";
import { customResourceValidators } from "../../../support/upstream";

const settings = (opensearch: object = {}, certManager = true) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager },
    storage: {
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
      opensearch: { enabled: true, ...opensearch },
    },
  });
const own = (opensearch: object = {}) => settings(opensearch).storage.opensearch;
const apart = { manager: { replicas: 3 }, coordinator: { replicas: 2 } };
const node = (role: "data" | "manager" | "coordinator", opensearch: object = {}) =>
  parse(config.nodeYaml(role, own(opensearch), "lakehouse-storage", undefined)) as Record<string, unknown>;

describe("OpenSearch's nodes", () => {
  it("have both roles, or separate ones if the settings have managers", () => {
    assert.deepEqual(node("data")["node.roles"], ["cluster_manager", "data", "ingest"]);
    assert.deepEqual(node("data", apart)["node.roles"], ["data", "ingest"]);
    assert.deepEqual(node("manager", apart)["node.roles"], ["cluster_manager"]);
    assert.deepEqual(node("coordinator", apart)["node.roles"], []);
  });

  it("find each other through cluster managers, which bootstrap the cluster", () => {
    const together = node("data");
    assert.deepEqual(together["discovery.seed_hosts"], ["opensearch-data-nodes.lakehouse-storage.svc:9300"]);
    const first = (of: Record<string, unknown>) => of["cluster.initial_cluster_manager_nodes"];
    assert.deepEqual(first(together), ["opensearch-data-0", "opensearch-data-1", "opensearch-data-2"]);
    for (const role of ["data", "manager", "coordinator"] as const) {
      const of = node(role, apart);
      assert.deepEqual(of["discovery.seed_hosts"], ["opensearch-manager-nodes.lakehouse-storage.svc:9300"]);
      assert.deepEqual(first(of), ["opensearch-manager-0", "opensearch-manager-1", "opensearch-manager-2"]);
    }
  });

  it("have half of their memory as heap, at most 31 GiB, and use no mmap", () => {
    const heap = (memory: string) => {
      const of = settings({ data: { memory } });
      const [group] = nodePods(platform(of), of.storage.opensearch);
      return config.javaOptions(group ?? assert.fail());
    };
    assert.equal(heap("4Gi"), "-Xms2048m -Xmx2048m");
    assert.equal(heap("100Gi"), "-Xms31744m -Xmx31744m");
    assert.equal(node("data")["node.store.allow_mmap"], false);
  });

  it("have no keys of the object store in files and arguments, and configure S3 only for snapshots", () => {
    assert.ok(!Object.keys(node("data")).some((key) => key.startsWith("s3.")));
    assert.doesNotMatch(config.startScript(false), /keystore add/);
    const script = config.startScript(true);
    assert.match(
      script,
      /printf '%s' "\$S3_SECRET_KEY" \| \S+keystore add --force --stdin s3\.client\.default\.secret_key/,
    );
    assert.match(script, /unset .*ADMIN_PASSWORD.*S3_SECRET_KEY\nexec /);
  });

  it("are ready when all shards have replicas, or for a single node when all shards are active", () => {
    assert.match(config.readyScript(own()), /wait_for_status=green/);
    assert.match(config.readyScript(own({ data: { replicas: 1 } })), /wait_for_status=yellow/);
  });

  it("have a certificate with the names of all existing roles", () => {
    const { dnsNames, commonName } = certificates.nodes(["data", "manager"], "ns");
    assert.deepEqual(dnsNames, ["*.opensearch-data-nodes.ns.svc", "*.opensearch-manager-nodes.ns.svc"]);
    assert.deepEqual(node("data")["plugins.security.nodes_dn"], [`CN=${commonName}`]);
  });
});

describe("OpenSearch's rights", () => {
  it("start with one user, and none of upstream's examples", () => {
    const files = security.securityFiles();
    assert.deepEqual(Object.keys(files).sort(), [
      "action_groups.yml",
      "allowlist.yml",
      "audit.yml",
      "config.yml",
      "nodes_dn.yml",
      "roles.yml",
      "roles_mapping.yml",
      "tenants.yml",
    ]);
    assert.match(config.startScript(false), /lakehouse-admin: \{ hash: "\$hash", reserved: true/);
  });

  it("are limited to prefixes of names", () => {
    for (const good of ["logs-", "catalog_", "a.b."]) assert.equal(indexPrefix("x", good), good);
    for (const bad of ["", "-", "logs", "*-", ".opendistro-", "Logs-", "a b-", "a*-", "a,b-", "_all-"])
      assert.throws(() => indexPrefix("x", bad), /x asks for indices that begin with/, bad);
  });

  it("let a reader read, a writer add and not delete, an owner do all", () => {
    const actions = (level: "read" | "write" | "own") =>
      security.clientRole([{ prefix: "logs-", level }]).index_permissions.flatMap((one) => one.allowed_actions);
    assert.ok(!actions("read").includes("write"));
    assert.ok(!actions("write").some((action) => /delete|indices_all|manage|\*/.test(action)));
    assert.deepEqual(actions("own"), ["indices_all"]);
    assert.deepEqual(security.clientRole([{ prefix: "logs-", level: "read" }]).index_permissions[0]?.index_patterns, [
      "logs-*",
    ]);
  });

  it("have a hash without passwords, which does not depend on the order of grants", () => {
    const one = security.clientRole([
      { prefix: "b-", level: "read" },
      { prefix: "a-", level: "own" },
    ]);
    const other = security.clientRole([
      { prefix: "a-", level: "own" },
      { prefix: "b-", level: "read" },
    ]);
    assert.deepEqual(one, other);
  });
});

describe("OpenSearch's calls", () => {
  const lines = (opensearch: object, copy = false) =>
    calls(own(opensearch), copy ? { bucket: "backups", path: "opensearch" } : undefined)
      .trim()
      .split("\n");

  it("make a template and a policy for each kind of index, a line for each call", () => {
    const found = lines({ indices: [{ name: "logs" }, { name: "audit", keepDays: 365, shards: 2 }] });
    assert.deepEqual(
      found.map((line) => line.split(" ").slice(0, 2).join(" ")),
      [
        "PUT /_index_template/logs",
        "PUT /_index_template/audit",
        "ISM /_plugins/_ism/policies/logs",
        "ISM /_plugins/_ism/policies/audit",
      ],
    );
    assert.match(
      found[1] ?? "",
      /"index_patterns":\["audit-\*"\].*"index.number_of_shards":2,"index.number_of_replicas":1/,
    );
    assert.match(found[3] ?? "", /"min_rollover_age":"365d"/);
  });

  it("make snapshots to the stack's bucket if the settings say so", () => {
    const [, , repository, policy] = lines({}, true);
    assert.match(
      repository ?? "",
      /^PUT \/_snapshot\/backups \{"type":"s3".*"bucket":"backups","base_path":"opensearch","shard_path_type":"FIXED"/,
    );
    assert.match(policy ?? "", /^SM .*"expression":"15 1 \* \* \*".*"max_age":"14d"/);
  });

  it("set no replicas of shards for a single node", () => {
    assert.match(lines({ data: { replicas: 1 } })[0] ?? "", /"index.number_of_replicas":0/);
  });
});

describe("OpenSearch's settings", () => {
  const refused = (opensearch: object, certManager = true): string[] => {
    try {
      settings(opensearch, certManager);
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map(({ path }) => path.replace("lakehouse:storage.opensearch.", ""));
    }
  };

  it("require a majority of voting nodes", () => {
    assert.deepEqual(refused({ data: { replicas: 2 } }), ["data.replicas"]);
    assert.deepEqual(refused({ data: { replicas: 2 }, manager: { replicas: 3 } }), []);
    assert.deepEqual(refused({ manager: { replicas: 2 } }), ["manager.replicas"]);
    assert.deepEqual(refused({ data: { replicas: 1 } }), []);
  });

  it("require an own image for snapshots, and unique names", () => {
    assert.deepEqual(refused({ snapshots: { method: "s3" } }), ["snapshots.method"]);
    assert.deepEqual(refused({ snapshots: { method: "s3" }, image: "ghcr.io/example/opensearch:3.8.0" }), []);
    assert.deepEqual(refused({ indices: [{ name: "logs" }, { name: "logs" }] }), ["indices[1].name"]);
    assert.deepEqual(refused({ users: [{ name: "grace", indices: ["logs"] }] }), ["users[0].indices[0]"]);
  });

  it("need cert-manager", () => {
    assert.ok(refused({}, false).includes("enabled"));
  });
});

describe("OpenSearch's readers", () => {
  it("are Trino's connector, through the Service only, with secrets as references", () => {
    const file = sourceCatalog(
      { name: "opensearch", kind: "opensearch" },
      "http://opensearch.lakehouse-storage.svc:9200",
    );
    for (const line of [
      "connector.name=opensearch",
      "opensearch.host=opensearch.lakehouse-storage.svc",
      "opensearch.port=9200",
      "opensearch.ignore-publish-address=true",
      "opensearch.security=PASSWORD",
      "opensearch.auth.user=${ENV:TRINO_OPENSEARCH_USER}",
      "opensearch.auth.password=${ENV:TRINO_OPENSEARCH_PASSWORD}",
    ])
      assert.ok(file.split("\n").includes(line), line);
  });

  it("are people through Dashboards, whose file has no secret", () => {
    const file = parse(dashboardsYaml("http://opensearch.lakehouse-storage.svc:9200")) as Record<string, unknown>;
    assert.equal(file["opensearch.password"], "${OPENSEARCH_PASSWORD}");
    assert.equal(file["opensearch_security.cookie.password"], "${COOKIE_PASSWORD}");
  });
});

describe("OpenSearch's resources against upstream's schemas", () => {
  it("are accepted by cert-manager's CRDs, without unknown fields", function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const API = "cert-manager.io/v1";
    const made: (readonly [kind: string, spec: object])[] = [];
    const wanted = [certificates.nodes(["data", "manager"], "lakehouse-storage")];
    certified(
      (_, { kind }, spec) => {
        made.push([kind, spec]);
        return kind;
      },
      "opensearch",
      wanted,
    );
    assert.deepEqual(
      made.map(([kind]) => kind),
      ["Issuer", "Certificate", "Issuer", "Certificate"],
    );
    for (const [kind, spec] of made) {
      const validate = validators(API, kind);
      assert.deepEqual(problems(validate, { apiVersion: API, kind, metadata: {}, spec }), [], kind);
      const wrong = { apiVersion: API, kind, metadata: {}, spec: { ...spec, unknownField: true } };
      assert.equal(problems(validate, wrong).length, 1, `${kind} with an unknown field passes`);
    }
  });

  /** Names of the API's fields in the operator's CRDs, in camel case. */
  const spelled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spelled);
    if (typeof value !== "object" || value === null) return value;
    const word = (key: string) =>
      // The only field with another name there.
      key === "condition" ? "deleteCondition" : key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [word(key), spelled(inner)]));
  };
  const bodies = () =>
    calls(own(), { bucket: "backups", path: "opensearch" })
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([kind, , ...body]) => [kind, JSON.parse(body.join(" ")) as Record<string, unknown>] as const);

  it("have policies with fields of the operator's CRDs, because the engines of the proofs do not check them", function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const group = "opensearch.org/v1";
    const opensearchCluster = { name: "opensearch" };
    for (const [kind, body] of bodies()) {
      if (kind === "ISM") {
        const { ism_template, ...policy } = body.policy as { readonly ism_template: readonly object[] };
        const spec = {
          opensearchCluster,
          policyId: "logs",
          ...(spelled(policy) as object),
          ismTemplate: spelled(ism_template[0]),
        };
        assert.deepEqual(problems(validators(group, "OpenSearchISMPolicy"), { spec }), []);
      }
      if (kind === "SM") {
        const spec = { opensearchCluster, policyName: "lakehouse", ...(spelled(body) as object) };
        assert.deepEqual(problems(validators(group, "OpensearchSnapshotPolicy"), { spec }), []);
      }
    }
  });
});
