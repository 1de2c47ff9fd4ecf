import assert from "node:assert/strict";

import { chartName } from "../../../policies/workloads/charts";
import { compute } from "./layer";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("links of the compute layer", () => {
  it("are these and no others", async () => {
    const { ofType } = await compute();
    const links = ofType("lakehouse:core:Link").map(
      ({ inputs }) => `${inputs.from} → ${inputs.to}:${String(inputs.port)}`,
    );
    assert.deepEqual(links.sort(), [
      "api-server → spark-operator-webhook:9443",
      "spark → hive-metastore-rest:9001",
      "spark → libraries:8080",
      "spark → s3:9000",
      "spark-driver → api-server:443",
      "spark-driver → spark-executor:7079",
      "spark-executor → spark-driver:7078",
      "spark-executor → spark-executor:7079",
      "spark-operator → api-server:443",
    ]);
  });

  it("let executors register and fetch blocks at the driver, and nothing else", async () => {
    const { one } = await compute();
    const { spec } = one(POLICY, "spark-executor-to-spark-driver-ingress").inputs;
    assert.deepEqual(spec.podSelector.matchLabels, {
      "app.kubernetes.io/name": "spark",
      "app.kubernetes.io/instance": "spark-driver",
    });
    assert.deepEqual(spec.ingress[0].ports, [
      { port: 7078, protocol: "TCP" },
      { port: 7079, protocol: "TCP" },
    ]);
  });

  it("admit the API server at the webhook's container port, by the chart's labels", async () => {
    const { one, ofType } = await compute();
    const { metadata, spec } = one(POLICY, "api-server-to-spark-operator-webhook-ingress").inputs;
    assert.equal(metadata.namespace, "lakehouse-operators");
    assert.deepEqual(spec.podSelector.matchLabels, {
      "app.kubernetes.io/name": "spark-operator",
      "app.kubernetes.io/instance": "spark-operator",
      "app.kubernetes.io/component": "webhook",
    });
    assert.deepEqual(spec.ingress[0].ports, [{ port: 9443, protocol: "TCP" }]);
    assert.ok(spec.ingress[0].from.every((peer: object) => "ipBlock" in peer));
    assert.deepEqual(
      ofType(POLICY).filter(({ name }) => name === "api-server-to-spark-operator-webhook-egress"),
      [],
    );
  });
});

describe("the Spark operator", () => {
  it("is the pinned chart, in the operators' namespace", async () => {
    const { one } = await compute();
    const { inputs } = one("kubernetes:helm.sh/v3:Release", "spark-operator");
    assert.deepEqual(
      [inputs.name, chartName(inputs.chart), inputs.version, inputs.namespace, inputs.values.spark.jobNamespaces],
      ["spark-operator", "spark-operator", "2.5.2", "lakehouse-operators", ["lakehouse-compute"]],
    );
  });
});
