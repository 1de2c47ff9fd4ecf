import assert from "node:assert/strict";

import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll, removeAll } from "../../sandbox/control-plane/deploy";
import type { Stack } from "../../sandbox/control-plane/stack";
import { surroundings } from "../../sandbox/control-plane/surroundings";
import { stack, STACKS, started } from "./stacks";

/** All rights of an account in a namespace, each as `verb group/resource`. */
async function allowed(api: Api, namespace: string): Promise<string[]> {
  interface Review {
    readonly status: {
      readonly incomplete: boolean;
      readonly resourceRules: readonly {
        readonly verbs: readonly string[];
        readonly apiGroups: readonly string[];
        readonly resources: readonly string[];
      }[];
    };
  }
  const { status } = await api.must<Review>("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  });
  assert.equal(status.incomplete, false);
  return status.resourceRules
    .flatMap(({ verbs, apiGroups, resources }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) => resources.map((name) => `${verb} ${group === "" ? "" : `${group}/`}${name}`)),
      ),
    )
    .sort();
}

async function may(api: Api, attributes: Attributes, namespace?: string): Promise<boolean> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { ...attributes, ...(namespace === undefined ? {} : { namespace }) } },
  };
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  return (await api.must<{ readonly status: { readonly allowed: boolean } }>("POST", path, body)).status.allowed;
}

interface Attributes {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly group?: string;
}

const each = (verbs: readonly string[], resources: readonly string[]) =>
  verbs.flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)).sort();

const ALL = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

const DRIVER = each(ALL, ["configmaps", "persistentvolumeclaims", "pods", "services"]);

/** Rights on ConfigMaps, with which Flink elects its leader and finds its checkpoints. */
const FLINK = each(ALL, ["configmaps"]);

/** Rights by which Druid's processes find each other as pods, and elect their leaders in ConfigMaps. */
const DRUID = [
  ...each(["get", "list", "patch", "watch"], ["pods"]),
  ...each(["create", "get", "update"], ["configmaps"]),
].sort();

/** Rights of the hub among people's notebooks: it makes pods of templates, ends them, and watches them and their events. */
const NOTEBOOKS = [
  ...each(["create", "delete", "get", "list", "watch"], ["pods"]),
  ...each(["get", "list", "watch"], ["events"]),
  "get podtemplates",
].sort();

/** Rights by which NiFi's nodes elect leaders and share what their processors remember. */
const NIFI = [
  ...each(["create", "delete", "get", "list", "patch", "update"], ["configmaps"]),
  ...each(["create", "get", "patch", "update"], ["coordination.k8s.io/leases"]),
].sort();

const AIRFLOW = [
  "create sparkoperator.k8s.io/sparkapplications",
  "delete sparkoperator.k8s.io/sparkapplications",
  "get sparkoperator.k8s.io/sparkapplications/status",
  "get pods",
  "get pods/log",
  "list events",
  "list pods",
  "patch pods",
].sort();

/** Rights of Airflow's schedulers among pods of tasks, which they make and watch, and of its API server, which reads their logs. */
const TASKS = each(["create", "delete", "get", "list", "patch", "watch"], ["pods"]);
const TASK_LOGS = ["get pods", "get pods/log", "list pods"];

/** Rights in the whole cluster, so in each namespace: Prometheus finds what it scrapes anywhere, and reads metrics of kubelets. */
const EVERYWHERE: Readonly<Record<(typeof STACKS)[number], Readonly<Record<string, readonly string[]>>>> = {
  dev: {},
  homelab: {},
  prod: {
    "lakehouse-observability/prometheus": [
      ...each(["get", "list", "watch"], ["discovery.k8s.io/endpointslices", "endpoints", "nodes", "pods", "services"]),
      "get nodes/metrics",
    ].sort(),
  },
};

/** Expected rights by account and namespace; all other accounts have none but those of `EVERYWHERE`. */
const MUST: Readonly<Record<(typeof STACKS)[number], Readonly<Record<string, readonly string[]>>>> = {
  dev: {
    "lakehouse-compute/spark in lakehouse-compute": DRIVER,
    "lakehouse-processing/flink in lakehouse-processing": FLINK,
  },
  homelab: {
    "lakehouse-compute/spark in lakehouse-compute": DRIVER,
    "airflow/airflow-worker in lakehouse-compute": AIRFLOW,
  },
  prod: {
    "lakehouse-airflow-tasks/airflow-task in lakehouse-compute": AIRFLOW,
    "lakehouse-airflow/airflow-api-server in lakehouse-airflow-tasks": TASK_LOGS,
    "lakehouse-airflow/airflow-scheduler in lakehouse-airflow-tasks": TASKS,
    "lakehouse-compute/spark in lakehouse-compute": DRIVER,
    "lakehouse-druid/druid in lakehouse-druid": DRUID,
    "lakehouse-hub/jupyterhub-hub in lakehouse-notebooks": NOTEBOOKS,
    "lakehouse-nifi/nifi-node in lakehouse-nifi": NIFI,
    "lakehouse-observability/grafana-server in lakehouse-observability": each(["get", "list", "watch"], ["configmaps"]),
    "lakehouse-processing/flink in lakehouse-processing": FLINK,
    "lakehouse-spark-connect/spark-connect-server in lakehouse-spark-connect": DRIVER,
  },
};

const RBAC = "rbac.authorization.k8s.io";

/** Rights that no account of a stack may have, in any namespace or in the cluster. */
const NEVER: readonly Attributes[] = [
  { verb: "get", resource: "secrets" },
  { verb: "list", resource: "secrets" },
  { verb: "create", resource: "pods", subresource: "exec" },
  { verb: "create", resource: "serviceaccounts", subresource: "token" },
  { verb: "create", resource: "rolebindings", group: RBAC },
  { verb: "create", resource: "clusterrolebindings", group: RBAC },
  { verb: "escalate", resource: "roles", group: RBAC },
  { verb: "bind", resource: "clusterroles", group: RBAC },
  { verb: "impersonate", resource: "serviceaccounts" },
  { verb: "patch", resource: "nodes" },
  { verb: "delete", resource: "namespaces" },
];

/** Kinds that give rights, and the kinds that they need. */
const KINDS = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];

/** Not proven here: roles of charts, which are upstream's. */
describe("the rights of each service account, as the API server reports them", function () {
  let plane: ControlPlane;
  before(async function () {
    plane = await started(this);
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  for (const name of STACKS) {
    describe(name, () => {
      let planned: Stack;
      let objects: readonly KubernetesObject[];
      let accounts: readonly (readonly [string, string])[];
      let namespaces: readonly string[];

      before(async () => {
        planned = await stack(name);
        const found = surroundings(planned).filter(({ kind }) => kind === "Namespace");
        objects = [...found, ...planned.objects.filter(({ kind }) => KINDS.includes(kind))];
        await applyAll(plane.api, objects);
        const subjects = planned.objects.flatMap(({ kind, subjects: all }) =>
          kind.endsWith("RoleBinding") ? (all as { readonly namespace: string; readonly name: string }[]) : [],
        );
        const own = planned.objects.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata);
        const keys = new Set([...own, ...subjects].map((one) => `${one.namespace ?? ""}/${one.name}`));
        accounts = [...keys].sort().map((key) => key.split("/") as [string, string]);
        namespaces = (await plane.api.list("v1", "namespaces")).map(({ metadata }) => metadata.name);
      });
      after(() => removeAll(plane.api, objects));

      it("are exactly those it needs, in every namespace", async () => {
        // Rights of every authenticated user: to ask for its own identity and rights.
        const anybody = await allowed(plane.api.asServiceAccount("default", "nobody"), "default");
        const found: Record<string, string[]> = {};
        for (const [home, account] of accounts) {
          const api = plane.api.asServiceAccount(home, account);
          for (const namespace of namespaces) {
            const more = (await allowed(api, namespace)).filter((right) => !anybody.includes(right));
            if (more.length > 0) found[`${home}/${account} in ${namespace}`] = more;
          }
        }
        const everywhere = Object.entries(EVERYWHERE[name]).flatMap(([account, rights]) =>
          namespaces.map((namespace) => [`${account} in ${namespace}`, rights] as const),
        );
        assert.deepEqual(found, { ...MUST[name], ...Object.fromEntries(everywhere) });
        assert.ok(accounts.length >= Object.keys(MUST[name]).length);
      });

      it("never include reading secrets, running in other pods, gaining rights or changing the cluster", async () => {
        for (const [home, account] of accounts) {
          const api = plane.api.asServiceAccount(home, account);
          for (const attributes of NEVER) {
            for (const namespace of [undefined, "lakehouse-storage", "kube-system"]) {
              const what = `${home}/${account}: ${JSON.stringify(attributes)}`;
              assert.equal(await may(api, attributes, namespace), false, what);
            }
          }
        }
        // The same question has another answer for an account with the right.
        for (const attributes of NEVER) assert.equal(await may(plane.api, attributes, "kube-system"), true);
      });

      it("let Spark's driver make an executor in its own namespace only", async () => {
        const driver = plane.api.asServiceAccount("lakehouse-compute", "spark");
        const config = (namespace: string) => ({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "spark-exec-conf", namespace },
        });
        await driver.create(config("lakehouse-compute"));
        await driver.delete(config("lakehouse-compute"));
        await assert.rejects(driver.create(config("lakehouse-query")), { name: "ApiError", status: 403 });
        await assert.rejects(driver.must("GET", "/api/v1/namespaces/lakehouse-compute/secrets"), { status: 403 });
      });
    });
  }
});
