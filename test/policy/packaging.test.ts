import assert from "node:assert/strict";
import { posix } from "node:path";

import { parse } from "yaml";

import { contents, type Packaging, packaged, PACKAGINGS } from "../../packaging";
import type { Contents, Files, KubernetesObject } from "../../packaging/unit";
import { stackSettings } from "../../preview/plan";
import { problems } from "../support/crd";
import { rendered } from "../support/helm";
import { shippedConfig } from "../support/stacks";
import { customResourceValidators } from "../support/upstream";
import { planned, STACKS } from "./harness";

/** CRDs are read once for all stacks. */
let known: ReturnType<typeof customResourceValidators>;
const validatorsOf = () => (known ??= customResourceValidators());

const PLACE = { repository: "https://git.example/x.git", folder: "clusters/x" };
const key = ({ apiVersion, kind, metadata }: KubernetesObject) =>
  `${apiVersion} ${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
const byKey = (objects: readonly KubernetesObject[]) => new Map(objects.map((each) => [key(each), each]));
const object = (text: string) => parse(text, { version: "1.1" }) as KubernetesObject;

/** Objects that a kustomization leads to, by its own rules as far as ours go: folders and files, each named once. */
function built(files: Files, folder: string): KubernetesObject[] {
  const path = posix.join(folder, "kustomization.yaml");
  const { resources } = parse(files.get(path) ?? "") as { readonly resources: readonly string[] };
  return resources.flatMap((each) => {
    const found = posix.join(folder, each);
    return files.has(found) ? [object(files.get(found) ?? "")] : built(files, found);
  });
}

for (const stack of STACKS)
  describe(`${stack} for other tools`, () => {
    let all: Contents;
    /** What `lakehouse render` writes, without Secrets and Nodes. */
    let own: Map<string, KubernetesObject>;
    const files = new Map<Packaging, Files>();

    before(async () => {
      const { resources, files: texts } = await planned(stack);
      all = contents(stack, resources, stackSettings(shippedConfig(stack)));
      const objects = [...texts].filter(([path]) => path.startsWith("manifests/")).map(([, text]) => object(text));
      own = byKey(objects.filter(({ kind }) => kind !== "Secret" && kind !== "Node"));
      assert.equal(all.secrets.length, objects.filter(({ kind }) => kind === "Secret").length);
      assert.equal(all.nodes.length, objects.filter(({ kind }) => kind === "Node").length);
      for (const each of PACKAGINGS) files.set(each, packaged(all, each, PLACE));
    });

    it("each unit comes after those that it needs, and operators before their resources", () => {
      const before = new Set<string>();
      for (const { name, needs } of all.units) {
        assert.deepEqual(
          needs.filter((each) => !before.has(each)),
          [],
          name,
        );
        before.add(name);
      }
      assert.equal(all.units[0]?.name, "cluster");
      const needsOf = (name: string): readonly string[] => {
        const direct = all.units.find((unit) => unit.name === name)?.needs ?? [];
        return [...direct, ...direct.flatMap(needsOf)];
      };
      if (before.has("kafka")) assert.ok(needsOf("kafka").includes("strimzi"));
      // Definitions of monitors and rules come with the stack's own Prometheus.
      if (before.has("prometheus"))
        for (const name of ["prometheus", "observability"])
          assert.ok(needsOf(name).includes("prometheus-operator"), name);
      for (const name of ["cluster", "postgres", "cloudnative-pg"].filter((each) => before.has(each)))
        assert.ok(needsOf("trino").includes(name), name);
      // Names of units are those of systems and operators.
      assert.ok(all.units.every(({ summary, name }) => summary !== name));
    });

    it("no secret and no value of an update is in any file", () => {
      for (const [packaging, written] of files)
        for (const [path, text] of written) assert.doesNotMatch(text, /\[(secret|computed)\]/, `${packaging} ${path}`);
    });

    for (const packaging of ["kustomize", "argocd", "flux"] as const)
      it(`${packaging}: the folders of the units are what is rendered, and no more`, () => {
        const written = files.get(packaging) ?? new Map<string, string>();
        const folders =
          packaging === "kustomize"
            ? ["."]
            : all.units
                // A unit that is a chart alone has a folder where Flux' objects stand in it.
                .filter(({ objects }) => packaging === "flux" || objects.length > 0)
                .map(({ name, charts }) => (charts.length > 0 ? `operators/${name}` : name));
        const found = folders.flatMap((each) => built(written, each));
        const tools = found.filter(({ kind }) => kind === "HelmRelease" || kind === "HelmRepository");
        assert.equal(tools.length, packaging === "flux" ? 2 * all.units.flatMap(({ charts }) => charts).length : 0);
        assert.equal(found.length - tools.length, own.size);
        assert.deepEqual(byKey(found.filter((each) => !tools.includes(each))), own);
      });

    it("helm: the charts with their own values are what is rendered", () => {
      const written = files.get("helm") ?? new Map<string, string>();
      const found = all.units.flatMap(({ name }) => {
        const values = parse(written.get(`helm-charts/${name}/values.yaml`) ?? "", { version: "1.1" }) as unknown;
        return [...written]
          .filter(([path]) => path.startsWith(`helm-charts/${name}/templates/`))
          .map(([, text]) => rendered(text, values) as KubernetesObject);
      });
      assert.equal(found.length, own.size);
      assert.deepEqual(byKey(found), own);
    });

    it("helm: what a person would change is a value", () => {
      const values = (chart: string) =>
        parse(files.get("helm")?.get(`helm-charts/${chart}/values.yaml`) ?? "") as Record<
          string,
          Record<string, unknown>
        >;
      const deployment = [...own.values()].find(
        ({ kind, metadata }) => kind === "Deployment" && metadata.name === "trino-worker",
      );
      const { replicas } = deployment?.spec as { readonly replicas: number };
      assert.equal(values("trino").worker?.replicas, replicas);
      assert.deepEqual(Object.keys(values("trino").worker ?? {}).slice(0, 1), ["replicas"]);
      assert.ok(JSON.stringify(values("cluster")).includes("hard"));
    });

    it("the custom resources of Argo CD and Flux are as their CRDs want them", function () {
      const validators = validatorsOf();
      if (validators === undefined) this.skip();
      const custom = [...(files.get("argocd") ?? []), ...(files.get("flux") ?? [])]
        .filter(
          ([path]) => /^(root|applications\/|flux\/|.*\/helmre)/.test(path) && !path.endsWith("kustomization.yaml"),
        )
        .map(([, text]) => object(text));
      const units = all.units.length;
      const applied = all.units.filter(({ objects }) => objects.length > 0).length;
      const charts = all.units.flatMap((unit) => unit.charts).length;
      assert.equal(custom.length, 1 + applied + charts + units + 2 * charts);
      for (const each of custom) {
        const validate = validators(each.apiVersion, each.kind);
        assert.deepEqual(problems(validate, each), [], `${each.kind} ${each.metadata.name}`);
        const wrong = problems(validate, { ...each, spec: { ...(each.spec as object), unknownField: true } });
        assert.equal(wrong.length, 1, `${each.kind} ${each.metadata.name} with an unknown field passes`);
      }
    });
  });
