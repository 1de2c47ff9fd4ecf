import assert from "node:assert/strict";

import { parse } from "yaml";

import { waves } from "../../../packaging/argocd";
import { type Packaging, packaged, PACKAGINGS } from "../../../packaging";
import type { Contents, KubernetesObject, Unit } from "../../../packaging/unit";

const object = (kind: string, name: string, namespace = "query"): Unit["objects"][number] => ({
  path: `${namespace}/${kind.toLowerCase()}-${name}.yaml`,
  content: { apiVersion: kind === "Job" ? "batch/v1" : "v1", kind, metadata: { name, namespace } },
});
const unit = (name: string, needs: readonly string[], more: Partial<Unit> = {}): Unit => ({
  name,
  summary: `What ${name} is`,
  namespace: "query",
  needs,
  objects: [object("ConfigMap", name)],
  charts: [],
  ...more,
});
const chart = (name: string, after: readonly string[] = []) => ({
  name,
  namespace: "operators",
  chart: `${name}-chart`,
  version: "1.2.3",
  repository: name === "strimzi" ? "oci://registry.example/charts" : "https://charts.example",
  values: { replicas: 1 },
  after,
});
const CONTENTS: Contents = {
  stack: "small",
  units: [
    unit("cluster", [], { namespace: "default" }),
    unit("strimzi", ["cluster"], { charts: [chart("strimzi-crds"), chart("strimzi", ["strimzi-crds"])] }),
    unit("kafka", ["strimzi"], { objects: [object("ConfigMap", "kafka"), object("Job", "topics")] }),
    unit("trino", ["kafka"]),
  ],
  nodes: [{ path: "_cluster/node-a.yaml", content: { apiVersion: "v1", kind: "Node", metadata: { name: "a" } } }],
  secrets: [{ namespace: "query", name: "trino-s3", type: "Opaque", keys: ["key"], sources: ["minio IamUser trino"] }],
  externalSecrets: new Map([["query/externalsecret-trino-s3.yaml", "kind: ExternalSecret\n"]]),
  elsewhere: new Map([["minio IamUser", ["trino"]]]),
};
const files = (packaging: Packaging, folder = "clusters/small") =>
  packaged(CONTENTS, packaging, { repository: "https://git.example/x.git", folder });
const read = (all: ReadonlyMap<string, string>, path: string) => parse(all.get(path) ?? "") as Record<string, unknown>;

describe("files for another tool", () => {
  for (const packaging of PACKAGINGS)
    it(`${packaging}: names Secrets and what providers make, and has no Node among what the tool owns`, () => {
      const all = files(packaging);
      assert.match(all.get("SECRETS.md") ?? "", /\| query \| trino-s3 \| `key` \| the keys of MinIO's user `trino` \|/);
      assert.match(all.get("README.md") ?? "", /minio IamUser: `trino`/);
      const nodes = [...all].filter(([, text]) => /^kind: Node$/m.test(text)).map(([path]) => path);
      assert.deepEqual(nodes, [packaging === "helm" ? "k8s-manifests/nodes/node-a.yaml" : "nodes/node-a.yaml"]);
      for (const [path, text] of all)
        if (path.endsWith("kustomization.yaml") && path !== "nodes/kustomization.yaml")
          assert.doesNotMatch(text, /nodes/, path);
    });

  it("Kustomize lists every unit and every file, and the operators' charts by themselves", () => {
    const all = files("kustomize");
    assert.deepEqual(read(all, "kustomization.yaml").resources, ["cluster", "operators", "kafka", "trino"]);
    assert.deepEqual(read(all, "kafka/kustomization.yaml").resources, [
      "query/configmap-kafka.yaml",
      "query/job-topics.yaml",
    ]);
    const [first] = read(all, "operators/charts/kustomization.yaml").helmCharts as readonly unknown[];
    assert.deepEqual(first, {
      name: "strimzi-crds-chart",
      repo: "https://charts.example",
      version: "1.2.3",
      releaseName: "strimzi-crds",
      namespace: "operators",
      includeCRDs: true,
      valuesFile: "strimzi-crds.values.yaml",
    });
  });

  it("helmfile has a release for each unit and chart, one after the other where they need each other", () => {
    const { releases, repositories } = read(files("helm"), "helmfile.yaml") as {
      readonly releases: readonly {
        readonly name: string;
        readonly chart: string;
        readonly needs?: readonly string[];
      }[];
      readonly repositories: unknown;
    };
    assert.deepEqual(
      releases.map(({ name, chart: of, needs }) => [name, of, needs]),
      [
        ["lakehouse-cluster", "./helm-charts/cluster", undefined],
        ["lakehouse-strimzi", "./helm-charts/strimzi", ["default/lakehouse-cluster"]],
        ["strimzi-crds", "strimzi-crds-chart/strimzi-crds-chart", ["query/lakehouse-strimzi"]],
        ["strimzi", "strimzi-chart/strimzi-chart", ["operators/strimzi-crds"]],
        ["lakehouse-kafka", "./helm-charts/kafka", ["operators/strimzi"]],
        ["lakehouse-trino", "./helm-charts/trino", ["query/lakehouse-kafka"]],
      ],
    );
    assert.deepEqual(repositories, [
      { name: "strimzi-crds-chart", url: "https://charts.example" },
      { name: "strimzi-chart", url: "registry.example/charts", oci: true },
    ]);
  });

  it("values are named after their object, with its kind or namespace where two would have one name", () => {
    const sized = (kind: string, name: string, namespace?: string) => {
      const { path, content } = object(kind, name, namespace);
      return { path, content: { ...content, spec: { image: `${kind}/${name}` } } };
    };
    const objects = [
      sized("SparkApplication", "spark-daily"),
      sized("ScheduledSparkApplication", "spark-daily"),
      sized("CronJob", "spark-backup"),
      sized("Deployment", "server", "one"),
      sized("Deployment", "server", "two"),
    ];
    const all = packaged({ ...CONTENTS, units: [unit("spark", [], { objects })] }, "helm", {
      repository: "",
      folder: "",
    });
    const text = all.get("helm-charts/spark/values.yaml") ?? "";
    assert.deepEqual(parse(text), {
      dailySparkApplication: { image: "SparkApplication/spark-daily" },
      dailyScheduledSparkApplication: { image: "ScheduledSparkApplication/spark-daily" },
      backup: { image: "CronJob/spark-backup" },
      oneServer: { image: "Deployment/server" },
      twoServer: { image: "Deployment/server" },
    });
    assert.match(text, /^# CronJob query\/spark-backup\nbackup:\n/m);
  });

  it("Argo CD's waves come after those of all needs and their charts", () => {
    assert.deepEqual(
      waves(CONTENTS.units).map(({ unit: { name }, wave }) => [name, wave]),
      [
        ["cluster", 0],
        ["strimzi", 1],
        ["kafka", 4],
        ["trino", 5],
      ],
    );
    const all = files("argocd");
    const wave = (name: string) =>
      (
        read(all, `applications/lakehouse-${name}.yaml`) as unknown as {
          metadata: { annotations: Record<string, string> };
        }
      ).metadata.annotations["argocd.argoproj.io/sync-wave"];
    assert.deepEqual(["strimzi-crds-chart", "strimzi-chart", "kafka"].map(wave), ["2", "3", "4"]);
    const { spec } = read(all, "root.yaml") as { spec: { source: object } };
    assert.deepEqual(spec.source, {
      repoURL: "https://git.example/x.git",
      targetRevision: "HEAD",
      path: "clusters/small/applications",
    });
  });

  it("Flux's Kustomizations depend on those of their needs, and its HelmReleases on each other", () => {
    const all = files("flux");
    const { spec } = read(all, "flux/kafka.yaml") as { spec: { path: string; dependsOn: unknown; prune: boolean } };
    assert.deepEqual(
      [spec.path, spec.dependsOn, spec.prune],
      ["./clusters/small/kafka", [{ name: "lakehouse-strimzi" }], false],
    );
    const release = read(all, "operators/strimzi/helmrelease-strimzi.yaml") as { spec: Record<string, unknown> };
    assert.deepEqual(release.spec.dependsOn, [{ name: "strimzi-crds" }]);
    assert.deepEqual(release.spec.values, { replicas: 1 });
    assert.equal((read(all, "operators/strimzi/helmrepository-strimzi.yaml").spec as { type?: string }).type, "oci");
    assert.equal((read(files("flux", ""), "flux/kafka.yaml").spec as { path: string }).path, "./kafka");
  });

  it("a Job is made anew where a tool can do that: Kubernetes refuses to change it", () => {
    const patched = (packaging: Packaging, name: string) =>
      (read(files(packaging), `${name}/kustomization.yaml`).patches as readonly { patch: string }[] | undefined)?.map(
        ({ patch }) => (parse(patch) as KubernetesObject & { metadata: { annotations: object } }).metadata.annotations,
      );
    assert.deepEqual(patched("argocd", "kafka"), [{ "argocd.argoproj.io/sync-options": "Force=true,Replace=true" }]);
    assert.deepEqual(patched("flux", "kafka"), [{ "kustomize.toolkit.fluxcd.io/force": "enabled" }]);
    assert.equal(patched("flux", "trino"), undefined);
    assert.equal(patched("kustomize", "kafka"), undefined);
  });
});
