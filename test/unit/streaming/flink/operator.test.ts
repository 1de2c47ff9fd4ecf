import assert from "node:assert/strict";

import { chartSource } from "../../../../components/core/release";
import { pins } from "../../../../components/pins";
import { flinkOperatorPods } from "../../../../components/streaming/flink/pods";
import { type FlinkOperatorValues, flinkOperatorValues } from "../../../../components/streaming/flink/operator.config";
import { chartName } from "../../../../policies/workloads/charts";
import { upstream } from "../../../support/upstream";
import { flink, settings, testPlatform } from "./fixtures";

function values(operatorSize: Readonly<Record<string, unknown>> = {}): FlinkOperatorValues {
  const of = settings({ operatorSize });
  const [group] = flinkOperatorPods(testPlatform(of), of.streaming.flink);
  return flinkOperatorValues(group, "lakehouse-processing");
}

/** Paths whose value the chart copies unchanged, so that its default has no keys below them. */
const OPAQUE = /\.(labels|affinity|tolerations|resources|podSecurityContext|operatorSecurityContext|strategy)$/;

function* paths(value: unknown, path = ""): Generator<string> {
  const leaf = typeof value !== "object" || value === null || Array.isArray(value) || OPAQUE.test(path);
  if (leaf) yield path.slice(1);
  else for (const [key, inner] of Object.entries(value)) yield* paths(inner, `${path}/${key}`.replace("/", "."));
}

const has = (tree: unknown, path: readonly string[]): boolean => {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return typeof tree === "object" && tree !== null && key in tree && has((tree as Record<string, unknown>)[key], rest);
};

describe("values of the Flink operator's chart", () => {
  it("set only values of the chart", function () {
    const known = upstream("chart-values/flink-kubernetes-operator/values.yaml");
    if (known === undefined) this.skip();
    // A key with a dot, such as the configuration's file, is one step.
    const steps = (path: string) => path.replace("flink-conf.yaml", "flink-conf§yaml").split(".");
    const set = [...paths(values({ replicas: 2 }))].map(steps).map((path) => path.map((key) => key.replace("§", ".")));
    assert.ok(set.length > 20, String(set.length));
    assert.deepEqual(
      set.filter((path) => !has(known, path)),
      [],
    );
    assert.equal(has(known, ["operatorPod", "label"]), false);
  });

  it("watch only the namespace of streaming jobs, whose account the stack makes", () => {
    const { watchNamespaces, rbac, jobServiceAccount, webhook } = values();
    assert.deepEqual(watchNamespaces, ["lakehouse-processing"]);
    assert.deepEqual(rbac, { jobRole: { create: false }, jobRoleBinding: { create: false } });
    assert.deepEqual([jobServiceAccount, webhook], [{ create: false }, { create: false }]);
  });

  it("name an image by version, never latest", () => {
    const { repository, tag } = values().image;
    assert.deepEqual([repository, tag], ["ghcr.io/apache/flink-kubernetes-operator", "1.15.0"]);
  });

  it("enable leader election only for several operators", () => {
    const one = values();
    assert.deepEqual([one.replicas, one.strategy], [1, { type: "Recreate" }]);
    assert.doesNotMatch(one.defaultConfiguration["flink-conf.yaml"], /leader-election/);
    const two = values({ replicas: 2 });
    assert.deepEqual([two.replicas, two.strategy], [2, { type: "RollingUpdate" }]);
    assert.match(two.defaultConfiguration["flink-conf.yaml"], /leader-election\.enabled: true\n/);
  });

  it("have no label of the chart: name, version and manager", () => {
    assert.deepEqual(values().operatorPod.labels, {
      "app.kubernetes.io/instance": "flink-operator",
      "app.kubernetes.io/component": "flink-operator",
      "app.kubernetes.io/part-of": "lakehouse",
    });
  });

  it("give the heap half of the pod", () => {
    assert.equal(values({ memory: "768Mi" }).jvmArgs.operator, "-Xmx384m");
    assert.equal(values({ memory: "1025Mi" }).jvmArgs.operator, "-Xmx512m");
  });
});

describe("the Flink operator", () => {
  it("is the pinned chart, from an address that keeps old versions", async () => {
    const { ofType } = await flink();
    const [release] = ofType("kubernetes:helm.sh/v3:Release");
    const { chart, version, namespace } = release?.inputs ?? assert.fail();
    assert.deepEqual(
      [chartName(String(chart)), version, namespace],
      ["flink-kubernetes-operator", "1.15.0", "lakehouse-operators"],
    );
    assert.deepEqual(chartSource(pins.flinkOperator.chart, false), {
      chart: "flink-kubernetes-operator",
      repositoryOpts: { repo: "https://archive.apache.org/dist/flink/flink-kubernetes-operator-1.15.0/" },
    });
  });

  it("is not deployed beside an existing one, which gets access to the JobManager", async () => {
    const { ofType } = await flink({ operator: "existing", operatorNamespace: "flink-system" });
    assert.deepEqual(ofType("kubernetes:helm.sh/v3:Release"), []);
    const policy = ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").find(
      ({ name }) => name === "flink-operator-to-flink-jobmanager-rest-ingress",
    );
    const spec = policy?.inputs.spec as unknown as { ingress: [{ from: object[] }] };
    assert.deepEqual(spec.ingress[0].from, [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "flink-system" } },
        podSelector: { matchLabels: { "app.kubernetes.io/name": "flink-kubernetes-operator" } },
      },
    ]);
  });
});
