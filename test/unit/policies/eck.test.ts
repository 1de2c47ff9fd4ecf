import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { Resource } from "../../../policies/core/resource";
import { DATA_KINDS, KINDS } from "../../../policies/operators";
import { podRequests } from "../../../policies/capacity/model";
import { workloads } from "../../../policies/workloads";

const resource = (group: string, version: string, kind: string, name: string, spec: object) =>
  new Resource({
    type: `kubernetes:${group}.k8s.elastic.co/${version}:${kind}`,
    name,
    urn: `urn:pulumi:test::test::kubernetes:${group}.k8s.elastic.co/${version}:${kind}::${name}`,
    props: { metadata: { name, namespace: "shop" }, spec },
    opts: {},
  } as unknown as PolicyResource);

const sized = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
const template = (name: string, cpu: string, inits: readonly object[] = []) => ({
  metadata: { labels: { team: "events" } },
  spec: { initContainers: inits, containers: [{ name, resources: sized(cpu, "2Gi") }] },
});
const set = (name: string, count: number, cpu = "1", inits: readonly object[] = []) => ({
  name,
  count,
  podTemplate: template("elasticsearch", cpu, inits),
  volumeClaimTemplates: [
    { metadata: { name: "elasticsearch-data" }, spec: { resources: { requests: { storage: "20Gi" } } } },
  ],
});
const cluster = (spec: object) =>
  workloads(resource("elasticsearch", "v1", "Elasticsearch", "es", { image: "example.org/es:8.19.21", ...spec }));

describe("what ECK makes", () => {
  it("of an Elasticsearch: pods of each set of nodes, with the operator's labels, volumes and connections", () => {
    const [data, master] = cluster({ nodeSets: [set("data", 3), set("master", 1)] });
    assert.deepEqual(
      [data, master].map((pods) => [pods?.role, pods?.replicas]),
      [
        ["data", 3],
        ["master", 1],
      ],
    );
    assert.deepEqual(data?.labels, {
      "team": "events",
      "common.k8s.elastic.co/type": "elasticsearch",
      "elasticsearch.k8s.elastic.co/cluster-name": "es",
      "elasticsearch.k8s.elastic.co/statefulset-name": "es-es-data",
    });
    assert.deepEqual(
      data.listeners.map(({ port }) => port),
      [9200, 9300],
    );
    assert.deepEqual(
      data.claims?.map(({ size }) => size),
      [20 * 2 ** 30],
    );
    assert.deepEqual(
      data.implied.map((need) => ("from" in need ? `from ${need.from}` : `to ${need.to}`)),
      ["from operator", "to pods"],
    );
  });

  it("counts the init containers that it adds, one of which has more cpu than a small node", () => {
    const keys = { secureSettings: [{ secretName: "s3" }] };
    const requests = (spec: object) => podRequests(cluster(spec)[0] ?? assert.fail()).cpu;
    assert.equal(requests({ nodeSets: [set("data", 1, "250m")] }), 0.25);
    assert.equal(requests({ ...keys, nodeSets: [set("data", 1, "250m")] }), 0.5);
    const own = { name: "elastic-internal-init-keystore", resources: sized("200m", "2Gi") };
    assert.equal(requests({ ...keys, nodeSets: [set("data", 1, "250m", [own])] }), 0.25);
  });

  it("takes the image of every container from the resource", () => {
    const [data] = cluster({ nodeSets: [set("data", 1)] });
    assert.deepEqual([...new Set(data?.containers.map(({ image }) => image.text))], ["example.org/es:8.19.21"]);
  });

  it("of a Kibana and a Logstash: one kind of pods each", () => {
    const [kibana] = workloads(
      resource("kibana", "v1", "Kibana", "kb", { count: 2, podTemplate: template("kibana", "1") }),
    );
    assert.deepEqual([kibana?.replicas, kibana?.surge, kibana?.listeners.map(({ port }) => port)], [2, 1, [5601]]);
    const [logstash] = workloads(
      resource("logstash", "v1alpha1", "Logstash", "ls", {
        count: 1,
        podTemplate: template("logstash", "1"),
        pipelines: [{ "config.string": 'hosts => ["http://es:9200"]' }],
      }),
    );
    assert.deepEqual(
      logstash?.containers.map(({ name, kind }) => [name, kind]),
      [
        ["logstash", "main"],
        ["logstash-internal-init-config", "init"],
      ],
    );
    assert.ok(logstash.texts.some((field) => JSON.stringify(field.value ?? "").includes("http://es:9200")));
  });

  it("holds data in Elasticsearch and in the queues of Logstash; kinds that the pack cannot read are unknown to it", () => {
    for (const kind of ["elasticsearch.k8s.elastic.co/Elasticsearch", "logstash.k8s.elastic.co/Logstash"])
      assert.ok(DATA_KINDS.has(kind), kind);
    assert.ok(!DATA_KINDS.has("kibana.k8s.elastic.co/Kibana"));
    assert.equal(KINDS["beat.k8s.elastic.co/Beat"], undefined);
  });
});
