import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { parse, parseAllDocuments } from "yaml";

import { contents, type Packaging, packaged } from "../../packaging";
import type { Contents, Unit } from "../../packaging/unit";
import { stackSettings } from "../../preview/plan";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { prepare } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { MissingTool, obtain } from "../../sandbox/control-plane/obtain";
import type { ToolName } from "../../sandbox/control-plane/tools";
import { planned } from "../policy/harness";
import { shippedConfig } from "../support/stacks";
import { temporary } from "../support/temporary";
import { key, quiet, versions } from "./quiet";
import { stack as stackOf, STACKS, started } from "./stacks";

const run = promisify(execFile);
const PLACE = { repository: "https://git.example/x.git", folder: "" };
/** Milliseconds. Helm is built from its Go modules once, which takes up to half an hour on a busy machine. */
const BUILDS = 3_600_000;

/** A unit may be a chart of its project alone. */
const hasObjects = ({ objects: own }: Unit) => own.length > 0;
const byKey = (objects: readonly KubernetesObject[]) => new Map(objects.map((each) => [key(each), each]));
const byName = <T extends { readonly name: string }>(all: readonly T[]) =>
  all.toSorted((one, other) => one.name.localeCompare(other.name));
/** A template of a chart that says what it is given. */
const GIVEN = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}" }
data: { values: {{ .Values | toJson | quote }} }
`;
/** Kustomize leaves out annotations that are empty, which are none. */
function asKustomize(all: ReadonlyMap<string, KubernetesObject>): Map<string, KubernetesObject> {
  const plain = ({ metadata: { annotations, ...metadata }, ...rest }: KubernetesObject): KubernetesObject => ({
    ...rest,
    apiVersion: rest.apiVersion,
    kind: rest.kind,
    metadata: { ...metadata, ...(Object.keys(annotations ?? {}).length > 0 && { annotations }) },
  });
  return new Map([...all].map(([name, each]) => [name, plain(each)]));
}
/** Kubernetes' tools read YAML 1.1. */
const objects = (text: string) =>
  parseAllDocuments(text, { version: "1.1" }).flatMap((document) => (document.toJS() as KubernetesObject | null) ?? []);

/** A tool, or the test is skipped with a line that says why. */
async function tool(
  test: Mocha.Context,
  name: ToolName,
  env: NodeJS.ProcessEnv = {},
): Promise<(...args: string[]) => Promise<string>> {
  test.timeout(BUILDS);
  try {
    const program = await obtain(name);
    const home = temporary("helm");
    const own = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    return async (...args) =>
      (await run(program, args, { maxBuffer: 2 ** 28, env: { ...process.env, ...own, ...env } })).stdout;
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error;
    console.warn(`    SKIPPED: ${error.message}`);
    return test.skip();
  }
}

function written(all: Contents, packaging: Packaging): string {
  const folder = temporary(packaging);
  for (const [path, text] of packaged(all, packaging, PLACE)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function contentsOf(name: (typeof STACKS)[number]) {
  const { resources, files } = await planned(name);
  const rendered = [...files].filter(([path]) => path.startsWith("manifests/")).flatMap(([, text]) => objects(text));
  return {
    all: contents(name, resources, stackSettings(shippedConfig(name))),
    own: byKey(rendered.filter(({ kind }) => kind !== "Secret" && kind !== "Node")),
  };
}

for (const name of STACKS)
  describe(`${name} by the real tools (slow)`, () => {
    let all: Contents;
    let own: Map<string, KubernetesObject>;
    before(async () => {
      ({ all, own } = await contentsOf(name));
    });

    it("kustomize builds what is rendered, also of Argo CD's and Flux's folders (slow)", async function () {
      const kustomize = await tool(this, "kustomize");
      const found = objects(await kustomize("build", written(all, "kustomize")));
      const rendered = asKustomize(own);
      assert.equal(found.length, own.size);
      assert.deepEqual(byKey(found), rendered);
      for (const packaging of ["argocd", "flux"] as const) {
        const folder = written(all, packaging);
        const units = all.units
          .filter((unit) => packaging === "flux" || hasObjects(unit))
          .map((unit) => (unit.charts.length > 0 ? `operators/${unit.name}` : unit.name));
        mkdirSync(join(folder, "all"));
        const resources = units.map((unit) => `../${unit}`);
        writeFileSync(join(folder, "all", "kustomization.yaml"), JSON.stringify({ resources }));
        const built = byKey(objects(await kustomize("build", join(folder, "all"))));
        for (const [id, wanted] of rendered) {
          const each = built.get(id);
          if (wanted.kind !== "Job") assert.deepEqual(each, wanted);
          else assert.match(Object.keys(each?.metadata.annotations ?? {}).join(), /sync-options|force/);
        }
      }
    });

    it("kustomize gives the operators' charts their names, namespaces and values (slow)", async function () {
      const kustomize = await tool(this, "kustomize");
      await tool(this, "helm");
      const folder = join(written(all, "kustomize"), "operators", "charts");
      const charts = all.units.flatMap((unit) => unit.charts);
      // Stand-ins for the charts, where kustomize looks before it asks a repository: they tell what they are given.
      for (const { chart, version } of charts) {
        const own = join(folder, "charts", `${chart}-${version}`, chart);
        mkdirSync(join(own, "templates"), { recursive: true });
        writeFileSync(join(own, "Chart.yaml"), `apiVersion: v2\nname: ${chart}\nversion: ${version}\n`);
        writeFileSync(join(own, "templates", "given.yaml"), GIVEN);
      }
      const found = objects(await kustomize("build", "--enable-helm", "--helm-command", await obtain("helm"), folder));
      const given = found.map(({ metadata, data }) => ({
        name: metadata.name,
        namespace: metadata.namespace,
        values: JSON.parse((data as { readonly values: string }).values) as unknown,
      }));
      const wanted = charts.map(({ name: release, namespace, values }) => ({ name: release, namespace, values }));
      assert.deepEqual(byName(given), byName(JSON.parse(JSON.stringify(wanted)) as typeof wanted));
    });

    it("helm templates what is rendered, with the charts' own values (slow)", async function () {
      const helm = await tool(this, "helm");
      const folder = written(all, "helm");
      const found: KubernetesObject[] = [];
      for (const { name: unit, namespace } of all.units.filter(hasObjects)) {
        const chart = join(folder, "helm-charts", unit);
        await helm("lint", "--strict", chart);
        found.push(...objects(await helm("template", `lakehouse-${unit}`, chart, "--namespace", namespace)));
      }
      assert.equal(found.length, own.size);
      assert.deepEqual(byKey(found), own);
    });
  });

describe("dev on a real API server (slow)", function () {
  let plane: ControlPlane;
  let all: Contents;
  let own: Map<string, KubernetesObject>;

  beforeEach(async function () {
    const planned = await stackOf("dev");
    ({ all, own } = await contentsOf("dev"));
    plane = await started(this, { nodes: planned.nodes.map((node) => simulatedNode(node)) }, ["kubectl"]);
    await prepare(plane.api, planned);
  });
  afterEach(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  /** Applies twice; the second time no object is written. */
  async function assertUnchanged(apply: () => Promise<void>): Promise<void> {
    await apply();
    const first = await quiet(() => versions(plane.api, [...own.values()]));
    const missing = Object.keys(first).filter((each) => first[each] === "");
    assert.deepEqual(missing, []);
    await apply();
    const second = await quiet(() => versions(plane.api, [...own.values()]));
    const changed = Object.keys(first).filter((each) => first[each] !== second[each]);
    assert.deepEqual(changed, []);
  }

  it("kubectl applies what kustomize builds, and a second time nothing changes (slow)", async function () {
    const kustomize = await tool(this, "kustomize");
    const kubectl = await tool(this, "kubectl", { KUBECONFIG: plane.kubeconfig });
    const folder = written(all, "kustomize");
    const text = join(folder, "all.yaml");
    writeFileSync(text, await kustomize("build", folder));
    // As README.md has it: namespaces and quotas first.
    await kubectl("apply", "--server-side", "-k", join(folder, "cluster"));
    await assertUnchanged(async () => {
      await kubectl("apply", "--server-side", "-f", text);
    });
  });

  it("helm installs all charts, and a second time nothing changes (slow)", async function () {
    const helm = await tool(this, "helm", { KUBECONFIG: plane.kubeconfig });
    const folder = written(all, "helm");
    const { releases } = parse(packaged(all, "helm", PLACE).get("helmfile.yaml") ?? "") as {
      readonly releases: readonly { readonly name: string; readonly namespace: string; readonly chart: string }[];
    };
    // The operators' own charts are in repositories that are not reached here.
    const local = releases.filter(({ chart }) => chart.startsWith("./"));
    assert.equal(local.length, all.units.filter(hasObjects).length);
    await assertUnchanged(async () => {
      for (const { name: release, namespace, chart } of local)
        await helm("upgrade", "--install", release, join(folder, chart), "--namespace", namespace);
    });
  });
});
