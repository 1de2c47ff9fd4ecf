import assert from "node:assert/strict";

import { camel, template } from "../../../packaging/helm-template";
import type { KubernetesObject } from "../../../packaging/unit";
import { rendered } from "../../support/helm";

const container = (name: string) => ({
  name,
  image: `registry/${name}:1`,
  resources: { requests: { cpu: "500m" }, limits: { memory: "1Gi" } },
});

function workload(kind: string): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "trino-worker", namespace: "query" },
    spec: {
      replicas: 3,
      template: {
        spec: { initContainers: [container("wait-for")], containers: [container("trino"), container("exporter")] },
      },
    },
  };
}

describe("a template of a chart", () => {
  it("yields the object with the chart's own values, which are what a person changes", () => {
    const { text, values } = template(workload("Deployment"), "worker");
    const size = { requests: { cpu: "500m" }, limits: { memory: "1Gi" } };
    assert.deepEqual(values, {
      replicas: 3,
      initContainers: { waitFor: { image: "registry/wait-for:1", resources: size } },
      image: "registry/trino:1",
      resources: size,
      containers: { exporter: { image: "registry/exporter:1", resources: size } },
    });
    assert.deepEqual(rendered(text, { worker: values }), workload("Deployment"));
    const more = rendered(text, { worker: { ...values, replicas: 5, image: "mine/trino:2" } }) as ReturnType<
      typeof workload
    >;
    const spec = more.spec as { replicas: number; template: { spec: { containers: { image: string }[] } } };
    assert.equal(spec.replicas, 5);
    assert.equal(spec.template.spec.containers[0]?.image, "mine/trino:2");
  });

  it("leaves the replicas of a StatefulSet to the settings, as its members know each other by name", () => {
    const { values, text } = template(workload("StatefulSet"), "worker");
    assert.equal(values?.replicas, undefined);
    assert.match(text, /^ {2}replicas: 3$/m);
  });

  it("keeps braces in texts: of alerts, dashboards and Airflow's own templates", () => {
    const data = {
      alert: "{{ $labels.pod }} has {{ printf `%.0f` $value }}",
      jinja: "line\n  {{- ds }}\n{{{x}}} {{ '{{' }}\n{% raw %}{{{{",
      json: '{"a":{"b":{}}}',
    };
    const config: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "alerts" }, data };
    const { text, values } = template(config, "alerts");
    assert.equal(values, undefined);
    assert.deepEqual(rendered(text, {}), config);
  });

  it("quotes what YAML 1.1 reads as something else", () => {
    const config = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x" },
      data: { a: "off", b: "12:30", c: "0o7" },
    };
    assert.deepEqual(rendered(template(config, "x").text, {}), config);
  });

  it("names the items of lists by their own name, and the values of Spark, Flink and quotas as these do", () => {
    const of = (kind: string, spec: object) =>
      template({ apiVersion: "v1", kind, metadata: { name: "x" }, spec }, "x").values;
    const size = { requests: { storage: "1Ti" } };
    assert.deepEqual(
      of("StatefulSet", { volumeClaimTemplates: [{ metadata: { name: "data-0" }, spec: { resources: size } }] }),
      { volumeClaimTemplates: { data0: { resources: size } } },
    );
    assert.deepEqual(of("SparkApplication", { executor: { cores: 2, memory: "4g", instances: 3 } }), {
      executor: { cores: 2, memory: "4g", instances: 3 },
    });
    assert.deepEqual(of("FlinkDeployment", { taskManager: { resource: { memory: "2g", cpu: 1 } } }), {
      taskManager: { resource: { memory: "2g", cpu: 1 } },
    });
    const hard = { "pods": "4", "requests.cpu": "8" };
    assert.deepEqual(of("ResourceQuota", { hard }), { hard });
    assert.equal(of("ResourceQuota", { hard: { pods: "0" } }), undefined);
    assert.equal(of("KafkaUser", { authorization: { acls: [{ resource: { name: "orders" } }] } }), undefined);
  });

  it("names values so that a template reads them without quotes", () => {
    assert.deepEqual(["trino-worker", "default-pool.a", "2x-large", "x"].map(camel), [
      "trinoWorker",
      "defaultPoolA",
      "n2xLarge",
      "x",
    ]);
  });
});
