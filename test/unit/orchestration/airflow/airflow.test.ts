import assert from "node:assert/strict";

import type { Given } from "../../../../components/core/given";
import { Orchestration } from "../../../../components/orchestration";
import { describeStack } from "../../../../components/stack";
import { homelab, jobs, sql } from "../fixtures";
import { find, record, type Registered } from "../recording";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

async function orchestration(
  airflow: object,
  given: Given = { jobs: [{ jobs, namespace: "lakehouse-compute" }], sql: [sql] },
) {
  const settings = homelab({ orchestration: { airflow } });
  const layers: Orchestration[] = [];
  const registered = await record(() =>
    layers.push(new Orchestration("orchestration", { stack: describeStack(settings), given })),
  );
  const [layer] = layers;
  assert.ok(layer);
  return { layer, registered };
}

const kubernetes = (registered: readonly Registered[]) =>
  registered
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name }) => `${type.split(":")[2] ?? ""} ${name}`);

describe("an existing Airflow", () => {
  it("gets rights, connections and DAGs, and no pods", async () => {
    const { layer, registered } = await orchestration({ mode: "existing" });
    assert.deepEqual(kubernetes(registered).sort(), [
      "ConfigMap lakehouse-dags",
      "NetworkPolicy airflow-to-trino-ingress",
      "Role airflow-submit",
      "RoleBinding airflow-submit",
      "Secret lakehouse-connections",
    ]);
    assert.deepEqual(
      layer.services
        .flatMap((service) => service.pods)
        .map(({ service, origin, requests }) => ({ service, origin, requests })),
      [{ service: "airflow", origin: "existing", requests: { cpu: 2, memory: 8 * 2 ** 30 } }],
    );
  });

  it("can submit jobs in their namespace, and has no other rights", async () => {
    const { registered } = await orchestration({
      mode: "existing",
      namespace: "flows",
      serviceAccount: "flows-worker",
    });
    const role = find(registered, "kubernetes:rbac.authorization.k8s.io/v1:Role").inputs;
    assert.equal(role.metadata.namespace, "lakehouse-compute");
    assert.deepEqual(
      role.rules?.flatMap((rule) => rule.resources.map((each) => `${each}: ${rule.verbs.join(" ")}`)),
      [
        "sparkapplications: create delete",
        "sparkapplications/status: get",
        "pods: get list patch",
        "pods/log: get",
        "events: list",
      ],
    );
    const binding = find(registered, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs;
    assert.deepEqual(binding.subjects, [{ kind: "ServiceAccount", name: "flows-worker", namespace: "flows" }]);
    assert.deepEqual(binding.roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "airflow-submit" });
    assert.equal(binding.metadata.namespace, "lakehouse-compute");
  });

  it("reads its connections from a Secret in its own namespace", async () => {
    const { registered } = await orchestration({ mode: "existing", namespace: "flows" });
    const secret = find(registered, "kubernetes:core/v1:Secret").inputs;
    assert.equal(secret.metadata.namespace, "flows");
    const values = plain(secret.stringData ?? {});
    assert.deepEqual(Object.keys(values).sort(), [
      "AIRFLOW_CONN_LAKEHOUSE_KUBERNETES",
      "AIRFLOW_CONN_LAKEHOUSE_TRINO",
      "AIRFLOW_VAR_LAKEHOUSE_COMPUTE_NAMESPACE",
    ]);
    assert.match(values.AIRFLOW_CONN_LAKEHOUSE_TRINO ?? "", /"host":"trino\.lakehouse-query\.svc"/);
    assert.equal(values.AIRFLOW_VAR_LAKEHOUSE_COMPUTE_NAMESPACE, "lakehouse-compute");
  });

  it("reaches Trino from pods of tasks, with a policy on its own side only if it denies by default", async () => {
    const podLabels = { tier: "airflow", component: "task" };
    const open = await orchestration({ mode: "existing", podLabels });
    const ingress = find(open.registered, POLICY).inputs;
    assert.equal(ingress.metadata.namespace, "lakehouse-query");
    assert.deepEqual(ingress.spec?.ingress, [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "airflow" } },
            podSelector: { matchLabels: podLabels },
          },
        ],
        ports: [{ port: 8080, protocol: "TCP" }],
      },
    ]);
    const isolated = await orchestration({ mode: "existing", podLabels, isolated: true });
    assert.deepEqual(
      kubernetes(isolated.registered)
        .filter((each) => each.startsWith("NetworkPolicy"))
        .sort(),
      [
        "NetworkPolicy airflow-to-api-server-egress",
        "NetworkPolicy airflow-to-trino-egress",
        "NetworkPolicy airflow-to-trino-ingress",
      ],
    );
    assert.deepEqual(isolated.layer.scheduler?.peer.labels, podLabels);
  });

  it("gets no rights and no DAGs in a stack without jobs", async () => {
    const { registered } = await orchestration({ mode: "existing" }, {});
    assert.deepEqual(kubernetes(registered), ["Secret lakehouse-connections"]);
  });

  it("is off by default", async () => {
    const { layer, registered } = await orchestration({ mode: "off" });
    assert.deepEqual(kubernetes(registered), []);
    assert.deepEqual([layer.services, layer.scheduler], [[], undefined]);
  });
});

/** Values of a Secret without Pulumi's wrapper of secrets. */
function plain(stringData: Readonly<Record<string, unknown>>): Record<string, string> {
  return (typeof stringData.value === "object" ? stringData.value : stringData) as Record<string, string>;
}
