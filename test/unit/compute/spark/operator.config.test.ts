import assert from "node:assert/strict";

import { MiB } from "../../../../components/core/quantity";
import { sparkOperatorPods } from "../../../../components/compute/spark/pods";
import {
  chartLabels,
  extraLabels,
  type SparkOperatorValues,
  sparkOperatorValues,
  submissions,
} from "../../../../components/compute/spark/operator.config";
import { settings, testPlatform } from "../fixtures";
import { upstream } from "../../../support/upstream";

function values(operator: Readonly<Record<string, unknown>> = {}): SparkOperatorValues {
  const of = settings({ operator });
  const [controller, webhook] = sparkOperatorPods(testPlatform(of), of.compute.spark);
  return sparkOperatorValues({
    release: "spark-operator",
    groups: { controller, webhook },
    jobNamespace: "lakehouse-compute",
  });
}

/** Paths whose value the chart copies unchanged into a Kubernetes object, so that its default has no keys below them. */
const OPAQUE =
  /\.(labels|affinity|tolerations|topologySpreadConstraints|resources|podSecurityContext|securityContext)$/;

function* paths(value: unknown, path = ""): Generator<string> {
  const leaf = typeof value !== "object" || value === null || Array.isArray(value) || OPAQUE.test(path);
  if (leaf) yield path.slice(1);
  else for (const [key, inner] of Object.entries(value)) yield* paths(inner, `${path}.${key}`);
}

const has = (tree: unknown, path: string) => {
  let at: unknown = tree;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null || !(key in at)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return true;
};

describe("values of the Spark operator's chart", () => {
  it("set only values of the chart", function () {
    const known = upstream("chart-values/spark-operator/values.yaml");
    if (known === undefined) this.skip();
    const set = [...paths(values({ replicas: 2 }))];
    assert.ok(set.length > 30 && set.includes("controller.labels"), set.join("\n"));
    assert.deepEqual(
      set.filter((path) => !has(known, path)),
      [],
    );
    assert.equal(has(known, "controller.replica"), false);
  });

  it("watch only the jobs' namespace, whose accounts and rights the stack makes", () => {
    assert.deepEqual(values().spark, {
      jobNamespaces: ["lakehouse-compute"],
      serviceAccount: { create: false },
      rbac: { create: false },
    });
  });

  it("enable the webhook, on the port that is open to the API server", () => {
    const { enable, port, failurePolicy, resourceQuotaEnforcement } = values().webhook;
    assert.deepEqual([enable, port, failurePolicy, resourceQuotaEnforcement], [true, 9443, "Fail", { enable: false }]);
  });

  it("expose metrics and leave monitors to the observability layer", () => {
    const { metrics, podMonitor } = values().prometheus;
    assert.deepEqual(
      [metrics.enable, metrics.port, metrics.portName, podMonitor.create],
      [true, 8080, "metrics", false],
    );
    assert.ok(metrics.jobStartLatencyBuckets.split(",").includes("60"), "the alert on slow starts asks for 60 s");
  });

  it("size and place each role as its pods were planned", () => {
    for (const role of [values({ cpu: 0.5, memory: "1Gi" }).controller, values({ cpu: 0.5, memory: "1Gi" }).webhook]) {
      assert.deepEqual(role.resources, {
        requests: { cpu: "500m", memory: "1Gi" },
        limits: { cpu: "1", memory: "1Gi" },
      });
      assert.equal(role.priorityClassName, "lakehouse-serving");
      assert.deepEqual(role.affinity.nodeAffinity, {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "lakehouse.dev/pool", operator: "In", values: ["control"] }] },
          ],
        },
      });
      assert.equal(role.securityContext.readOnlyRootFilesystem, true);
      assert.equal(role.podSecurityContext.runAsNonRoot, true);
    }
  });

  it("spread and protect pods when there are several; the chart refuses both for one", () => {
    const { controller: one } = values();
    assert.deepEqual(
      [one.replicas, one.podDisruptionBudget, one.topologySpreadConstraints],
      [1, { enable: false }, []],
    );
    const { webhook: two } = values({ replicas: 2 });
    assert.deepEqual(
      [two.replicas, two.podDisruptionBudget, two.topologySpreadConstraints],
      [
        2,
        { enable: true, minAvailable: 1 },
        [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }],
      ],
    );
  });
});

describe("labels of the operator's pods", () => {
  it("are the chart's where links select, with the component to tell roles apart", () => {
    assert.deepEqual(chartLabels("spark-operator", "webhook"), {
      "app.kubernetes.io/name": "spark-operator",
      "app.kubernetes.io/instance": "spark-operator",
      "app.kubernetes.io/component": "webhook",
    });
  });

  it("include the stack's, without keys of the chart, because a duplicate key is invalid YAML", () => {
    assert.deepEqual(extraLabels("spark-operator", "webhook"), {
      "app.kubernetes.io/version": "2.5.2",
      "app.kubernetes.io/part-of": "lakehouse",
      "app.kubernetes.io/managed-by": "pulumi",
    });
  });
});

describe("parallel submissions", () => {
  it("are as many as JVMs fit beside the controller, at least one and at most ten", () => {
    const at = (mib: number) => submissions(mib * MiB);
    assert.deepEqual([256, 511, 512, 735, 736, 1024, 2303, 2304, 8192].map(at), [1, 1, 2, 2, 3, 4, 9, 10, 10]);
  });
});
