import assert from "node:assert/strict";

import { Observability } from "../../../components/observability";
import { Service } from "../../../components/core/service";
import { monitoring as trino } from "../../../components/query/trino/monitoring";
import { homelab, homelabPlatform } from "../orchestration/fixtures";
import { record, type Registered } from "../orchestration/recording";

const monitoring = trino(false, "lakehouse-query");

class Watched extends Service {
  constructor(name: string) {
    super("test:Watched", name, { namespace: "lakehouse-query", pods: [], monitoring });
    this.registerOutputs();
  }
}

class Silent extends Service {
  constructor() {
    super("test:Silent", "silent", { namespace: "lakehouse-query", pods: [] });
    this.registerOutputs();
  }
}

async function observe(settings: object): Promise<readonly Registered[]> {
  const platform = homelabPlatform();
  const { observability } = homelab({ observability: settings });
  const registered = await record(() => {
    new Observability("observability", {
      platform,
      settings: observability,
      services: [new Watched("trino"), new Silent()],
    });
  });
  return registered.filter(({ type }) => type.startsWith("kubernetes:"));
}

const summary = (registered: readonly Registered[]) =>
  registered
    .map(({ type, inputs }) => `${inputs.metadata.namespace} ${type.split(":")[2] ?? ""} ${inputs.metadata.name}`)
    .sort();

describe("an existing Prometheus and Grafana", () => {
  it("get the monitors and rules of each service in its namespace, and dashboards in Grafana's", async () => {
    assert.deepEqual(summary(await observe({ mode: "existing" })), [
      "lakehouse-query NetworkPolicy trino-coordinator-http-from-prometheus",
      "lakehouse-query NetworkPolicy trino-worker-http-from-prometheus",
      "lakehouse-query PodMonitor trino-coordinator",
      "lakehouse-query PodMonitor trino-worker",
      "lakehouse-query PrometheusRule trino-alerts",
      "monitoring ConfigMap lakehouse-dashboard-lakehouse",
      "monitoring ConfigMap lakehouse-dashboard-trino",
    ]);
  });

  it("find them by the labels that they select", async () => {
    const selector = { team: "data", release: "prom" };
    const dashboardLabels = { my_dashboards: "yes" };
    for (const { type, inputs } of await observe({ mode: "existing", selector, dashboardLabels })) {
      const expected = type.endsWith("ConfigMap") ? dashboardLabels : type.includes("monitoring") ? selector : {};
      assert.deepEqual({ ...inputs.metadata.labels, ...expected }, inputs.metadata.labels, type);
    }
  });

  it("get a policy on their own side only if their namespace denies by default", async () => {
    const policies = (await observe({ mode: "existing", isolated: true })).filter(({ type }) =>
      type.endsWith("NetworkPolicy"),
    );
    assert.deepEqual(summary(policies), [
      "lakehouse-query NetworkPolicy trino-coordinator-http-from-prometheus",
      "lakehouse-query NetworkPolicy trino-worker-http-from-prometheus",
      "monitoring NetworkPolicy prometheus-to-trino-coordinator-http",
      "monitoring NetworkPolicy prometheus-to-trino-worker-http",
    ]);
  });

  it("get nothing if the stack does not use them", async () => {
    assert.deepEqual(summary(await observe({ mode: "off" })), []);
  });
});
