import assert from "node:assert/strict";

import type { ScheduledSparkApplicationSpec } from "../../../components/compute/spark/application";
import { sparkMonitoring } from "../../../components/compute/spark/monitoring";
import { sparkOperatorMonitoring } from "../../../components/compute/spark/operator.monitoring";
import { groupName } from "../../../components/core/pod-group";
import { compute } from "./layer";

const SCHEDULED = "kubernetes:sparkoperator.k8s.io/v1beta2:ScheduledSparkApplication";
const APPLICATION = "kubernetes:sparkoperator.k8s.io/v1beta2:SparkApplication";

describe("the compute layer", () => {
  it("offers its services, its jobs and their namespace", async () => {
    const { compute: layer } = await compute();
    assert.deepEqual(
      layer.services.map(({ service }) => service),
      ["spark-operator", "spark"],
    );
    assert.deepEqual(
      layer.jobs.map(({ name }) => name),
      ["bronze-to-silver", "silver-to-gold", "table-maintenance"],
    );
    assert.equal(layer.gives.jobs?.[0]?.namespace, "lakehouse-compute");
  });

  it("is empty when Spark is off", async () => {
    const { compute: layer, registered } = await compute({ enabled: false });
    assert.deepEqual([layer.services, layer.jobs], [[], []]);
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["lakehouse:compute:Compute"],
    );
  });

  it("deploys no operator beside an existing one, and its jobs do not wait for it", async () => {
    const {
      compute: layer,
      registered,
      ofType,
    } = await compute({ operator: "existing", operatorNamespace: "spark-op" });
    assert.deepEqual(
      layer.services.map(({ service }) => service),
      ["spark"],
    );
    assert.deepEqual(
      layer.services.flatMap(({ pods }) => pods.map(groupName)),
      ["spark-driver", "spark-executor"],
    );
    assert.equal(ofType(APPLICATION).length, 3);
    assert.deepEqual(
      registered.filter(({ type, name }) => type.includes("helm") || name.startsWith("spark-operator")),
      [],
    );
  });

  it("plans its pods with separate quotas for drivers and executors", async () => {
    const { compute: layer } = await compute();
    const pods = layer.services.flatMap((service) => service.pods);
    assert.deepEqual(
      pods.map((group) => [groupName(group), group.namespace, group.replicas, group.lifetime, group.priorityClass]),
      [
        ["spark-operator-controller", "lakehouse-operators", 1, "always", "lakehouse-serving"],
        ["spark-operator-webhook", "lakehouse-operators", 1, "always", "lakehouse-serving"],
        ["spark-driver", "lakehouse-compute", 4, "elastic", "spark-driver"],
        ["spark-executor", "lakehouse-compute", 3, "elastic", "spark-executor"],
      ],
    );
  });

  it("can append to bronze and write the other layers, and has no access to backups", async () => {
    const { objects } = await compute();
    assert.deepEqual(objects.grants, [
      {
        user: "spark",
        access: [
          { bucket: "x-bronze", level: "append" },
          { bucket: "x-silver", level: "write" },
          { bucket: "x-gold", level: "write" },
          { bucket: "x-warehouse", level: "write" },
        ],
      },
    ]);
  });
});

describe("Spark's jobs", () => {
  it("are suspended, so that an update runs none", async () => {
    const { ofType } = await compute();
    const applications = ofType(APPLICATION);
    assert.deepEqual(
      applications.map(({ inputs }) => [inputs.metadata.name, inputs.metadata.namespace, inputs.spec.suspend]),
      [
        ["bronze-to-silver", "lakehouse-compute", true],
        ["silver-to-gold", "lakehouse-compute", true],
        ["table-maintenance", "lakehouse-compute", true],
      ],
    );
  });

  it("are given to the scheduler as plain data, unsuspended and otherwise equal", async () => {
    const { compute: layer, ofType } = await compute();
    const handed = JSON.parse(JSON.stringify(layer.jobs)) as { manifest: { spec: object; metadata: object } }[];
    assert.deepEqual(
      handed.map(({ manifest }) => [manifest.metadata, { ...manifest.spec, suspend: true }]),
      ofType(APPLICATION).map(({ inputs }) => [counted(inputs.metadata), inputs.spec]),
    );
    assert.ok(handed.every(({ manifest }) => !("suspend" in manifest.spec)));
  });

  it("run one after the other on schedules of their own without a scheduler, with retries", async () => {
    assert.deepEqual((await compute()).ofType(SCHEDULED), []);
    const { ofType } = await compute({ schedules: { "table-maintenance": "0 5 * * 0" } }, true);
    const specs = ofType(SCHEDULED).map(({ inputs }) => inputs.spec as unknown as ScheduledSparkApplicationSpec);
    assert.deepEqual(
      specs.map(({ schedule, timeZone, concurrencyPolicy, template }) => [
        schedule,
        timeZone,
        concurrencyPolicy,
        template.arguments,
      ]),
      [
        ["30 0 * * *", "UTC", "Forbid", ["--days", "3"]],
        ["30 2 * * *", "UTC", "Forbid", ["--days", "3"]],
        ["0 5 * * 0", "UTC", "Forbid", ["--namespaces", "silver,gold"]],
      ],
    );
    for (const { template } of specs) {
      assert.ok(!("suspend" in template));
      assert.deepEqual(template.restartPolicy, {
        type: "OnFailure",
        onFailureRetries: 2,
        onFailureRetryInterval: 300,
        onSubmissionFailureRetries: 12,
        onSubmissionFailureRetryInterval: 300,
      });
    }
  });

  it("never maintain bronze, because Spark cannot delete there", async () => {
    const { ofType } = await compute();
    assert.deepEqual(
      ofType(APPLICATION).map(({ inputs }) => inputs.spec.arguments),
      [[], [], ["--namespaces", "silver,gold"]],
    );
  });

  it("find their files in the ConfigMap that drivers mount", async () => {
    const { one } = await compute();
    const { inputs } = one("kubernetes:core/v1:ConfigMap", "spark-jobs");
    assert.equal(inputs.metadata.namespace, "lakehouse-compute");
    assert.ok(
      ["bronze_to_silver.py", "silver_to_gold.py", "table_maintenance.py"].every((file) => file in inputs.data),
    );
  });

  it("can use an own image, and fetch nothing if it has the libraries", async () => {
    const { one, registered } = await compute({ jars: "image", image: "registry.example.org/spark:4.0.5-lakehouse" });
    const { spec } = one(APPLICATION, "spark-bronze-to-silver").inputs;
    assert.equal(spec.image, "registry.example.org/spark:4.0.5-lakehouse");
    assert.equal(spec.executor.template.spec.containers[0].image, spec.image);
    assert.equal("initContainers" in spec.executor.template.spec, false);
    assert.deepEqual(
      registered.filter(({ name }) => name.includes("libraries")),
      [],
    );
  });
});

describe("accounts of Spark's pods", () => {
  it("let a driver manage its pods in its own namespace, and give an executor no rights", async () => {
    const { ofType, one } = await compute();
    assert.deepEqual(one("kubernetes:rbac.authorization.k8s.io/v1:Role", "spark-driver").inputs.rules, [
      {
        apiGroups: [""],
        resources: ["configmaps", "persistentvolumeclaims", "pods", "services"],
        verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      },
    ]);
    const bindings = ofType("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding");
    assert.deepEqual(
      bindings.map(({ inputs }) => [inputs.roleRef.name, inputs.subjects]),
      [["spark-driver", [{ kind: "ServiceAccount", name: "spark", namespace: "lakehouse-compute" }]]],
    );
    assert.deepEqual(
      ofType("kubernetes:core/v1:ServiceAccount").map(({ inputs }) => [
        inputs.metadata.name,
        inputs.automountServiceAccountToken,
      ]),
      [
        ["spark", false],
        ["spark-executor", false],
      ],
    );
  });
});

/** A run has the label by which the operator counts it. */
const counted = (metadata: { readonly name?: unknown; readonly labels?: unknown }) => ({
  ...metadata,
  labels: { ...(metadata.labels as object), app_type: metadata.name },
});

describe("the monitoring of the compute layer", () => {
  const all = [sparkOperatorMonitoring({ within: 26, lookHours: 6 }), sparkMonitoring("lakehouse-compute")];

  it("scrapes ports of roles that exist", async () => {
    const { compute: layer } = await compute();
    for (const { pods, monitoring } of layer.services)
      for (const { role } of monitoring?.scrapes ?? [])
        assert.ok(
          pods.some((group) => group.role === role),
          role,
        );
  });

  it("has alerts with unique names, each with a test that is longer than its delay", () => {
    const alerts = all.flatMap((each) => each.alerts);
    assert.equal(new Set(alerts.map(({ name }) => name)).size, alerts.length);
    const minutes = (text: string) => {
      const [, number, unit] = /^(\d+)(h|m)$/.exec(text) ?? [];
      return Number(number) * (unit === "h" ? 60 : 1);
    };
    for (const alert of alerts) assert.ok(minutes(alert.test.at) > minutes(alert.for), alert.name);
  });
});
