import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { keyOf } from "../../../policies/core/resource";
import { objectRequireKnownKind, podRequireKnownNamespace, releaseRequireKnownChart } from "../../../policies/kinds";
import { DATA_KINDS, KINDS, OPERATORS } from "../../../policies/operators";
import { holdsData } from "../../../planner/kinds";
import { object } from "./builders";
import { add, changed, remove, set } from "./edit";
import { run, UNKNOWN } from "./runner";
import { CAPACITY } from "./stack";
import { suite } from "./suite";

const OPERATOR = "Release spark-operator";
const DRUID = object("druid.apache.org/v1alpha1:Druid", "front", "events", {
  spec: { nodes: { historicals: { replicas: 40, securityContext: { privileged: true } } } },
});
const CHART = { type: "kubernetes:helm.sh/v4:Chart", name: "druid", props: { chart: "druid" } };

const ofKind = (key: string, name: string) =>
  `${name}: kind: ${key.slice(key.indexOf("/") + 1)} ${name} is a ${key}, and the pack does not know whether this kind makes pods. Fix: describe ${key} in policies/operators, or list it in "podless" of this policy's configuration if it makes no pods.`;

suite(objectRequireKnownKind, [
  {
    when: "a custom resource of an operator that nobody described",
    edit: add(DRUID),
    says: [ofKind("druid.apache.org/Druid", "front/events")],
  },
  {
    when: "one whose configuration says that it makes no pods",
    edit: add(DRUID),
    config: { podless: ["druid.apache.org/Druid"] },
  },
  {
    when: "one that says why nobody judges it",
    edit: add({
      ...DRUID,
      props: {
        ...DRUID.props,
        metadata: {
          name: "events",
          annotations: { "lakehouse.dev/allow-object-require-known-kind": "judged by hand; until 2999-12-31" },
        },
      },
    }),
  },
  {
    when: "a kind that makes pods, of a group of which others make none",
    edit: add(object("monitoring.coreos.com/v1:ThanosRuler", "front", "all", { spec: { replicas: 2 } })),
    says: [ofKind("monitoring.coreos.com/ThanosRuler", "front/all")],
  },
  { when: "kinds that make none", edit: add(object("monitoring.coreos.com/v1:PrometheusRule", "front", "x", {})) },
  {
    when: "a list of objects, which no policy looks into",
    edit: add(object("core/v1:PodList", "front", "all", { items: [] })),
    says: [ofKind("core/PodList", "front/all")],
  },
  {
    when: "a patch of pods that somebody else has made",
    edit: add(object("apps/v1:DeploymentPatch", "front", "x", {})),
    says: [ofKind("apps/DeploymentPatch", "front/x")],
  },
  { when: "a patch of nodes", edit: add(object("core/v1:NodePatch", undefined, "k8s-1", {})) },
  {
    when: "a chart whose objects are not shown",
    edit: add(CHART),
    says: [
      "druid: kind: Chart druid does not show the objects that it makes, so no policy has judged them. Fix: run pulumi preview --policy-pack, which shows them, or use a Release of a chart that the pack reads.",
    ],
  },
  {
    when: "a chart whose objects are",
    edit: add(CHART, { ...object("core/v1:ConfigMap", "front", "druid", {}), parent: "druid" }),
  },
]);

suite(releaseRequireKnownChart, [
  {
    when: "a chart that nobody described, wherever it comes from",
    edit: set(OPERATOR, "chart", "oci://ghcr.io/druid/charts/druid"),
    says: [
      'spark-operator: chart: Release operators/spark-operator installs "oci://ghcr.io/druid/charts/druid", whose pods the pack does not read. Fix: describe the chart in policies/operators, or list it in "charts" of this policy\'s configuration.',
    ],
  },
  {
    when: "one that the configuration names",
    edit: set(OPERATOR, "chart", "oci://ghcr.io/druid/charts/druid"),
    config: { charts: ["druid"] },
  },
  {
    when: "a name that only objects of JavaScript have",
    edit: set(OPERATOR, "chart", "constructor"),
    says: [
      'spark-operator: chart: Release operators/spark-operator installs "constructor", whose pods the pack does not read. Fix: describe the chart in policies/operators, or list it in "charts" of this policy\'s configuration.',
    ],
  },
  { when: "one that is not known yet", edit: set(OPERATOR, "chart", UNKNOWN) },
]);

const homeless = (name: string, title: string, namespace: string, field: string, note = "") =>
  `${name}: ${field}: ${title} runs pods in the namespace ${namespace}, which the stack neither makes nor lists as existing, so no quota and no default deny is checked for them${note}. Fix: make the namespace ${namespace} in the stack, or list it in "existing" of this policy's configuration or in "namespaces" of the capacity ConfigMap.`;
const JOBS = ["driver", "executor"].map((role) =>
  homeless("jobs/daily", "SparkApplication jobs/daily", "jobs", "metadata.namespace", ` (${role})`),
);

suite(podRequireKnownNamespace, [
  { when: "pods of an operator in a namespace that nobody makes", edit: remove("Namespace jobs"), says: JOBS },
  {
    when: "pods of a chart in one",
    edit: remove("Namespace operators"),
    says: ["controller", "webhook"].map((role) =>
      homeless("spark-operator", "Release operators/spark-operator", "operators", "namespace", ` (${role})`),
    ),
  },
  { when: "one that the configuration names", edit: remove("Namespace jobs"), config: { existing: ["jobs"] } },
  {
    when: "one that the stack names",
    edit: [
      remove("Namespace jobs"),
      set("ConfigMap front/capacity", ["data", "capacity.json"], JSON.stringify({ ...CAPACITY, namespaces: ["jobs"] })),
    ],
  },
  { when: "a namespace whose name is not known yet", edit: set("Namespace jobs", "metadata.name", UNKNOWN) },
]);

describe("the kinds that the pack knows", () => {
  it("are described once each, by one operator, like charts", () => {
    const keys = OPERATORS.flatMap(({ kinds = {}, podless = {} }) => [
      ...Object.keys(kinds),
      ...Object.entries(podless).flatMap(([group, names]) => names.map((kind) => `${group}/${kind}`)),
    ]);
    assert.deepEqual([...new Set(keys)], keys);
    assert.deepEqual(
      keys.filter((key) => !Object.hasOwn(KINDS, key)),
      [],
    );
    const groupsOf = ({ kinds = {}, podless = {} }: (typeof OPERATORS)[number]) =>
      new Set([...Object.keys(kinds).map((key) => key.split("/")[0]), ...Object.keys(podless)]);
    const groups = OPERATORS.flatMap((one) => [...groupsOf(one)]);
    assert.deepEqual([...new Set(groups)], groups);
    const charts = OPERATORS.flatMap((one) => Object.keys(one.charts ?? {}));
    assert.deepEqual([...new Set(charts)], charts);
  });

  it("with data are in the plan's list of data, which has more", () => {
    const manifestOf = (key: string) => {
      const [group = "", kind = ""] = key.split("/");
      return { apiVersion: group === "core" ? "v1" : `${group}/v1`, kind };
    };
    assert.ok(DATA_KINDS.size > 5, String(DATA_KINDS.size));
    assert.deepEqual(
      [...DATA_KINDS].filter((key) => !holdsData(manifestOf(key))),
      [],
    );
  });

  it("include all of the Kubernetes SDK, except those that API servers no longer serve", () => {
    const gone =
      /^(auditregistration\.k8s\.io|extensions|settings\.k8s\.io|meta)\/|^networking\.k8s\.io\/ClusterCIDR$|^policy\/PodSecurityPolicy$|^resource\.k8s\.io\/(PodScheduling(Context)?|ResourceClaimParameters|ResourceClass(Parameters)?)$/;
    const all = [...sdkKinds()].filter((key) => !gone.test(key));
    assert.ok(all.length > 60, String(all.length));
    const missing = all.filter((key) => !Object.hasOwn(KINDS, key));
    assert.deepEqual(missing, []);
  });

  it("are required: a stack of unknown kinds is refused, object by object", async () => {
    const strange = changed().filter(({ type }) => type.startsWith("kubernetes:"));
    for (const one of strange) {
      const outcome = await run(objectRequireKnownKind, [{ ...one, type: "kubernetes:example.com/v1:Thing" }]);
      assert.equal((outcome as string[]).length, 1, one.name);
    }
  });
});

/** `apps/Deployment` for each kind of the SDK, without lists and patches: each group's index names them all. */
function* sdkKinds(): Generator<string> {
  const root = dirname(require.resolve("@pulumi/kubernetes/package.json"));
  for (const group of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const version of readdirSync(join(root, group.name)).filter((name) => /^v\d\w*$/.test(name))) {
      const index = readFileSync(join(root, group.name, version, "index.js"), "utf8");
      for (const [, type = ""] of index.matchAll(/"(kubernetes:[^"]+)"/g))
        if (!/(List|Patch)$|^kubernetes:(helm\.sh|kustomize|yaml)\//.test(type)) yield keyOf(type);
    }
  }
}
