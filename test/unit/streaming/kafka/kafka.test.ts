import assert from "node:assert/strict";

import type { TopicAccess } from "../../../../components/core/capabilities";
import { chartSource } from "../../../../components/core/release";
import { Service } from "../../../../components/core/service";
import { pins } from "../../../../components/pins";
import { chartName } from "../../../../policies/workloads/charts";
import { streaming } from "./fixtures";

/** A client of topics. */
class Client extends Service {
  constructor(name: string, namespace: string) {
    super("streaming:Client", name, { namespace, pods: [] });
  }
}

describe("Kafka's resources", () => {
  it("have exactly the connections that Strimzi needs, separate for brokers and controllers", async () => {
    const { links } = await streaming();
    assert.deepEqual(links, [
      "kafka-broker → kafka-replication 9091",
      "kafka-entity-operator → api-server 443",
      "kafka-entity-operator → kafka-replication 9091",
      "kafka-exporter → kafka-replication 9091",
      "kafka-node → api-server 443",
      "kafka-node → kafka-control-plane 9090",
      "strimzi → api-server 443",
      "strimzi → kafka-agent 8443",
      "strimzi → kafka-control-plane 9090",
      "strimzi → kafka-replication 9091",
    ]);
  });

  it("include node pools with Strimzi's label", async () => {
    const { kinds } = await streaming({ broker: { replicas: 5 } });
    assert.deepEqual(
      kinds("KafkaNodePool").map(({ inputs: { metadata, spec } }) => [
        metadata?.name,
        metadata?.labels["strimzi.io/cluster"],
        spec?.replicas,
      ]),
      [
        ["broker", "kafka", 5],
        ["controller", "kafka", 3],
      ],
    );
  });

  it("include the operator's chart from an OCI registry, restricted and without policies of its own", async () => {
    const { registered } = await streaming();
    const release = registered.find(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    const { chart, values } = release?.inputs ?? {};
    assert.equal(chartName(chart ?? ""), "strimzi-kafka-operator");
    assert.deepEqual(chartSource(pins.strimzi.chart, false), {
      chart: "oci://quay.io/strimzi-helm/strimzi-kafka-operator",
    });
    assert.equal(values?.generateNetworkPolicy, false);
    assert.deepEqual(values.watchNamespaces, ["lakehouse-streaming"]);
    assert.deepEqual(values.extraEnvs, [{ name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS", value: "restricted" }]);
    const { registry, repository, name, tag } = values.image as Record<string, string>;
    assert.deepEqual(
      [`${String(registry)}/${String(repository)}:${String(tag)}`, name],
      [pins.strimzi.image.split("@")[0], ""],
    );
  });
});

describe("a grant on topics", () => {
  async function granted(namespace: string) {
    let access: TopicAccess | undefined;
    const { registered, kinds } = await streaming({}, {}, (events) => {
      access = events.grant(new Client("trino", namespace), [{ topic: "orders", level: "write" }]);
    });
    assert.ok(access !== undefined);
    return { access, registered, user: kinds("KafkaUser")[0]?.inputs };
  }

  it("makes a user whose password Strimzi reads from a Secret beside Kafka", async () => {
    const { user, registered } = await granted("lakehouse-query");
    assert.deepEqual(user?.metadata?.name, "trino");
    assert.deepEqual(user.spec?.authentication, {
      type: "scram-sha-512",
      password: { valueFrom: { secretKeyRef: { name: "kafka-password-trino", key: "password" } } },
    });
    const secrets = registered
      .filter(({ type }) => type === "kubernetes:core/v1:Secret")
      .map(({ inputs: { metadata } }) => `${String(metadata?.namespace)}/${String(metadata?.name)}`);
    assert.deepEqual(secrets.sort(), ["lakehouse-query/trino-kafka", "lakehouse-streaming/kafka-password-trino"]);
  });

  it("uses TLS if the client can mount the certificate, in Kafka's namespace", async () => {
    const { access } = await granted("lakehouse-streaming");
    assert.deepEqual(
      [access.endpoint.port, access.bootstrap, access.securityProtocol, access.ca],
      [
        9093,
        "kafka-kafka-bootstrap.lakehouse-streaming.svc:9093",
        "SASL_SSL",
        { secret: "kafka-cluster-ca-cert", key: "ca.crt" },
      ],
    );
  });

  it("uses a password without TLS in other namespaces", async () => {
    const { access } = await granted("lakehouse-query");
    assert.deepEqual([access.endpoint.port, access.securityProtocol, access.ca], [9092, "SASL_PLAINTEXT", undefined]);
    assert.deepEqual([access.secret, access.jaasKey], ["trino-kafka", "sasl.jaas.config"]);
  });
});

describe("a topic", () => {
  it("has its real name in the specification, and its configured retention", async () => {
    const { kinds } = await streaming({}, {}, (events) => {
      events.topic("Order_Items", { partitions: 12, retentionMs: 3_600_000 });
      events.topic("state", { compacted: true });
    });
    assert.deepEqual(
      kinds("KafkaTopic").map(({ inputs: { metadata, spec } }) => [metadata?.name, spec]),
      [
        [
          "order-items",
          {
            topicName: "Order_Items",
            partitions: 12,
            config: { "cleanup.policy": "delete", "retention.ms": 3_600_000 },
          },
        ],
        ["state", { topicName: "state", partitions: 3, config: { "cleanup.policy": "compact" } }],
      ],
    );
  });
});
