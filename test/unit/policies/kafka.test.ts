import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { Resource } from "../../../policies/core/resource";
import { workloads } from "../../../policies/workloads";

const resource = (kind: string, name: string, spec: object, labels: Readonly<Record<string, string>> = {}) =>
  new Resource({
    type: `kubernetes:kafka.strimzi.io/v1:${kind}`,
    name,
    urn: `urn:pulumi:test::test::kubernetes:kafka.strimzi.io/v1:${kind}::${name}`,
    props: { metadata: { name, namespace: "events", labels }, spec },
    opts: {},
  } as unknown as PolicyResource);

const pool = (roles: readonly string[]) =>
  resource(
    "KafkaNodePool",
    "nodes",
    {
      replicas: 3,
      roles,
      storage: {
        type: "jbod",
        volumes: [
          { id: 0, size: "1Ti", class: "fast" },
          { id: 1, size: "1Ti" },
        ],
      },
      resources: { requests: { cpu: "2", memory: "8Gi" }, limits: { cpu: "4", memory: "8Gi" } },
      template: { pod: { priorityClassName: "serving" } },
    },
    { "strimzi.io/cluster": "log", "app.kubernetes.io/name": "mine", "team": "events" },
  );

describe("Strimzi's pods", () => {
  it("of a node pool have its labels and the resource's, but not the recommended ones", () => {
    const [nodes] = workloads(pool(["broker"]));
    assert.deepEqual(nodes?.labels, {
      "team": "events",
      "app.kubernetes.io/name": "kafka",
      "app.kubernetes.io/instance": "log",
      "app.kubernetes.io/part-of": "strimzi-log",
      "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
      "strimzi.io/cluster": "log",
      "strimzi.io/kind": "Kafka",
      "strimzi.io/name": "log-kafka",
      "strimzi.io/pool-name": "nodes",
      "strimzi.io/broker-role": "true",
      "strimzi.io/controller-role": "false",
    });
    assert.deepEqual([nodes.replicas, nodes.priorityClass], [3, "serving"]);
    assert.deepEqual(
      nodes.claims?.map(({ size, storageClass }) => [size, storageClass]),
      [
        [2 ** 40, "fast"],
        [2 ** 40, undefined],
      ],
    );
  });

  it("of each role have their ports, which the operator needs", () => {
    const ports = (roles: readonly string[]) => workloads(pool(roles))[0]?.listeners.map(({ port }) => port);
    assert.deepEqual(ports(["broker"]), [9091, 8443, 9404]);
    assert.deepEqual(ports(["controller"]), [9090, 8443, 9404]);
    assert.deepEqual(ports(["controller", "broker"]), [9090, 9091, 8443, 9404]);
  });

  it("of a cluster include the operators of topics and users in one pod, and an optional exporter", () => {
    const operator = (memory: string) => ({ resources: { requests: { cpu: "100m", memory } } });
    const spec = { kafka: {}, entityOperator: { topicOperator: operator("256Mi"), userOperator: operator("128Mi") } };
    const [one, none] = workloads(resource("Kafka", "log", spec));
    assert.deepEqual([one?.role, one?.replicas, none], ["entity-operator", 1, undefined]);
    assert.deepEqual(
      one?.containers.map(({ requests }) => requests.memory.amount),
      [256 * 2 ** 20, 128 * 2 ** 20],
    );
    const both = workloads(resource("Kafka", "log", { ...spec, kafkaExporter: {} }));
    assert.deepEqual(
      both.map(({ role }) => role),
      ["entity-operator", "exporter"],
    );
  });

  it("of Kafka Connect are workers that connect to each other if there are several", () => {
    const needs = (replicas: number) =>
      workloads(resource("KafkaConnect", "sync", { replicas }))[0]?.implied.some(
        (need) => "to" in need && need.to === "role",
      );
    assert.deepEqual([needs(1), needs(2)], [false, true]);
  });
});
