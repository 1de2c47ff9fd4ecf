import assert from "node:assert/strict";

import { sourceCatalog } from "../../../../components/query/trino/catalogs";
import * as config from "../../../../components/storage/elasticsearch/config";
import { calls, cronOf } from "../../../../components/storage/elasticsearch/indices";
import { kibanaSpec } from "../../../../components/storage/elasticsearch/kibana.config";
import { logstashSpec } from "../../../../components/storage/elasticsearch/logstash.config";
import { operatorValues } from "../../../../components/storage/elasticsearch/operator.config";
import { kibanaPods, logstashPods, nodePods, operatorPods } from "../../../../components/storage/elasticsearch/pods";
import { resourceRequirements } from "../../../../components/core/pod-group";
import { problems } from "../../../support/crd";
import { customResourceValidators, upstream } from "../../../support/upstream";
import { at, kafka, mistakes, own, PIPELINES, s3, search } from "./fixtures";

interface Pod {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly initContainers: readonly { name: string; resources: object; securityContext: { capabilities: object } }[];
    readonly containers: readonly { name: string; env: { name: string; value?: string }[]; resources: object }[];
    readonly volumes: readonly { name: string; emptyDir?: { sizeLimit: string } }[];
  };
}
interface NodeSet {
  readonly name: string;
  readonly count: number;
  readonly config: Record<string, unknown>;
  readonly podTemplate: Pod;
  readonly volumeClaimTemplates?: readonly { metadata: { name: string }; spec: object }[];
}

const APART = { manager: { replicas: 3 }, coordinator: { replicas: 2 } };
const spec = (given: object = {}, copies: typeof s3 | undefined = s3) =>
  config.clusterSpec(nodePods(at({ ...given }), own({ ...given })), own({ ...given }), copies) as Record<
    string,
    unknown
  > & { nodeSets: NodeSet[] };
const roles = (given: object) => spec(given).nodeSets.map((set) => [set.name, set.count, set.config["node.roles"]]);

describe("Elasticsearch's nodes", () => {
  it("elect the master and hold data in one, or apart where the settings have managers", () => {
    assert.deepEqual(roles({}), [["data", 3, ["master", "data", "ingest"]]]);
    assert.deepEqual(roles(APART), [
      ["data", 3, ["data", "ingest"]],
      ["manager", 3, ["master"]],
      ["coordinator", 2, []],
    ]);
    assert.deepEqual(config.frontNodes(own(APART), "x"), [
      "http://elasticsearch-es-coordinator-0.elasticsearch-es-coordinator.x.svc:9200",
      "http://elasticsearch-es-coordinator-1.elasticsearch-es-coordinator.x.svc:9200",
    ]);
  });

  it("request in each container that the operator merges what the plan counts with, restricted and bounded", () => {
    const [set] = spec().nodeSets;
    const [group] = nodePods(at(), own());
    assert.ok(set && group);
    const { initContainers, containers, volumes } = set.podTemplate.spec;
    assert.deepEqual(
      initContainers.map(({ name }) => name),
      ["elastic-internal-init-filesystem", "elastic-internal-init-keystore", "elastic-internal-suspend"],
    );
    for (const each of [...initContainers, ...containers])
      assert.deepEqual(each.resources, resourceRequirements(group), each.name);
    for (const each of initContainers) assert.deepEqual(each.securityContext.capabilities, { drop: ["ALL"] });
    assert.deepEqual(volumes.map(({ name, emptyDir }) => [name, emptyDir?.sizeLimit]).sort(), [
      ["elastic-internal-elasticsearch-bin-local", "64Mi"],
      ["elastic-internal-elasticsearch-config-local", "16Mi"],
      ["elastic-internal-elasticsearch-plugins-local", "64Mi"],
      ["elasticsearch-logs", "1Gi"],
      ["tmp-volume", "256Mi"],
    ]);
    assert.deepEqual(set.volumeClaimTemplates, [
      {
        metadata: { name: "elasticsearch-data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "50Gi" } },
          storageClassName: "fast",
        },
      },
    ]);
  });

  it("have half of their memory as heap, 31 GiB at the most", () => {
    const heap = (memory: string) => {
      const [set] = spec({ data: { memory } }).nodeSets;
      return set?.podTemplate.spec.containers[0]?.env.find(({ name }) => name === "ES_JAVA_OPTS")?.value;
    };
    assert.equal(heap("4Gi"), "-Xms2048m -Xmx2048m");
    assert.equal(heap("100Gi"), "-Xms31744m -Xmx31744m");
  });

  it("keep coordinators' data in a bounded directory, and claim nothing for them", () => {
    const coordinator = spec(APART).nodeSets.find(({ name }) => name === "coordinator");
    assert.equal(coordinator?.volumeClaimTemplates, undefined);
    assert.deepEqual(
      coordinator?.podTemplate.spec.volumes.find(({ name }) => name === "elasticsearch-data"),
      { name: "elasticsearch-data", emptyDir: { sizeLimit: "256Mi" } },
    );
  });

  it("read users and rights of the stack's Secrets, without Elastic's own user, and keys of the store from a keystore", () => {
    const { auth, secureSettings, volumeClaimDeletePolicy } = spec();
    assert.deepEqual(auth, {
      disableElasticUser: true,
      fileRealm: [{ secretName: "elasticsearch-access-users" }],
      roles: [{ secretName: "elasticsearch-access-roles" }],
    });
    assert.deepEqual(secureSettings, [
      {
        secretName: "elasticsearch-s3",
        entries: [
          { key: "accessKey", path: "s3.client.default.access_key" },
          { key: "secretKey", path: "s3.client.default.secret_key" },
        ],
      },
    ]);
    assert.equal(volumeClaimDeletePolicy, "DeleteOnScaledownOnly");
    const none = config.clusterSpec(nodePods(at(), own()), own(), undefined) as { secureSettings?: object };
    assert.equal(none.secureSettings, undefined);
    assert.doesNotMatch(JSON.stringify(none), /keystore|s3\.client/);
  });
});

describe("Elasticsearch's templates, retention and copies", () => {
  const COPY = { bucket: "backups", path: "elasticsearch" };
  const lines = (given: Record<string, unknown> = {}, copied = true) =>
    calls(own(given), copied ? COPY : undefined)
      .trimEnd()
      .split("\n")
      .map((line) => /^PUT (\S+) (.*)$/.exec(line)?.slice(1) ?? [])
      .map(([path = "", body = ""]) => [path, JSON.parse(body) as Record<string, never>] as const);

  it("are one request a line: policies before the templates that name them, the repository before its policy", () => {
    assert.deepEqual(
      lines().map(([path]) => path),
      [
        "/_ilm/policy/lakehouse-logs",
        "/_index_template/lakehouse-logs",
        "/_snapshot/backups",
        "/_slm/policy/lakehouse",
      ],
    );
    assert.deepEqual(
      lines({}, false).map(([path]) => path),
      ["/_ilm/policy/lakehouse-logs", "/_index_template/lakehouse-logs"],
    );
  });

  it("delete what is older than the settings keep it, and copy shards where there are several nodes", () => {
    const of = Object.fromEntries(lines({ indices: [{ name: "audit", keepDays: 400, shards: 2 }] }));
    const { phases } = of["/_ilm/policy/lakehouse-audit"]?.policy as unknown as { phases: Record<string, object> };
    assert.deepEqual(phases.delete, { min_age: "400d", actions: { delete: {} } });
    const replicas = (given: Record<string, unknown>) =>
      /"index.number_of_replicas":(\d)/.exec(JSON.stringify(lines(given)))?.[1];
    assert.deepEqual([replicas({}), replicas({ data: { replicas: 1 } })], ["1", "0"]);
  });

  it("have schedules as Elasticsearch reads them", () => {
    for (const [schedule, cron] of [
      ["15 1 * * *", "0 15 1 * * ?"],
      ["*/20 ? 1,15 * *", "0 */20 * 1,15 * ?"],
      ["0 3 * * 0", "0 0 3 ? * 1"],
      ["0 3 * * 1-5", "0 0 3 ? * 2-6"],
      ["0 3 * * mon-fri/2", "0 0 3 ? * MON-FRI/2"],
    ] as const)
      assert.equal(cronOf(schedule), cron);
    assert.match(
      mistakes({ snapshots: { schedule: "0 3 1 * 1" } })[0] ?? "",
      /^snapshots.schedule: given "0 3 1 \* 1"/,
    );
  });
});

describe("what the operator gets", () => {
  it("is accepted by its definitions, and no field is unknown", function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const given = { ...APART, ...PIPELINES };
    const group = (pods: ReturnType<typeof nodePods>) => pods[0] ?? assert.fail();
    for (const [apiVersion, kind, made] of [
      [config.API, "Elasticsearch", spec(given)],
      [config.API, "Elasticsearch", spec({ data: { replicas: 1 } }, undefined)],
      ["kibana.k8s.elastic.co/v1", "Kibana", kibanaSpec(group(kibanaPods(at(), own())), "http://es:9200", search)],
      [
        "logstash.k8s.elastic.co/v1alpha1",
        "Logstash",
        logstashSpec(group(logstashPods(at(given), own(given))), own(given).logstash, kafka, search),
      ],
    ] as const) {
      const resource = { apiVersion, kind, metadata: { name: "x" }, spec: made };
      const validate = validators(apiVersion, kind);
      assert.deepEqual(problems(validate, resource), [], kind);
      assert.equal(problems(validate, { ...resource, spec: { ...made, unknownField: true } }).length, 1, kind);
    }
  });

  it("is values that its chart knows: rights in two namespaces and no webhook", function () {
    const known = upstream("chart-values/eck-operator/values.yaml") as Record<string, unknown> | undefined;
    if (known === undefined) this.skip();
    const [group] = operatorPods(at(), own({ operatorSize: { replicas: 2 } }));
    const values = operatorValues(group, "lakehouse-storage");
    const unknown = Object.entries(values).flatMap(([key, value]) => {
      const inner = ["config", "image", "webhook", "telemetry", "podDisruptionBudget"].includes(key)
        ? Object.keys(value as object)
        : [];
      const of = known[key] as Record<string, unknown> | undefined;
      return [...(key in known ? [] : [key]), ...inner.filter((each) => of === undefined || !(each in of))];
    });
    // `maxUnavailable` stands in the chart's file as a comment.
    assert.deepEqual(unknown, ["maxUnavailable"]);
    assert.deepEqual(
      [values.managedNamespaces, values.createClusterScopedResources, values.installCRDs, values.webhook],
      [["lakehouse-storage"], false, false, { enabled: false }],
    );
  });
});

describe("Elasticsearch's settings", () => {
  it("refuse numbers of nodes of which a lost one stops the cluster, and one name twice", () => {
    assert.match(
      mistakes({ manager: { replicas: 2 } }).join(),
      /^manager.replicas: given 2; allowed: 0, or at least 3/,
    );
    assert.match(mistakes({ data: { replicas: 2 } }).join(), /^data.replicas: given 2, which elect the master too/);
    assert.deepEqual(mistakes({ data: { replicas: 2 }, manager: { replicas: 3 } }), []);
    const twice = { users: ["ada", "ada"].map((name) => ({ name, indices: ["logs-"] })) };
    assert.deepEqual(mistakes(twice), ['users[1].name: given "ada" again; allowed: a name of its own']);
  });
});

describe("Trino's catalog of Elasticsearch", () => {
  it("asks the Service alone, with a user of its own", () => {
    const text = sourceCatalog({ name: "elasticsearch", kind: "elasticsearch" }, "http://elasticsearch.x.svc:9200");
    for (const line of [
      "connector.name=elasticsearch",
      "elasticsearch.host=elasticsearch.x.svc",
      "elasticsearch.port=9200",
      "elasticsearch.ignore-publish-address=true",
      "elasticsearch.security=PASSWORD",
      "elasticsearch.auth.user=${ENV:TRINO_ELASTICSEARCH_USER}",
    ])
      assert.ok(text.split("\n").includes(line), line);
  });
});
