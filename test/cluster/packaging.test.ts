import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { parse, parseAllDocuments } from "yaml";

import { contents, type Packaging, packaged } from "../../packaging";
import type { Contents } from "../../packaging/unit";
import { stackSettings } from "../../preview/plan";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { prepare } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { MissingTool, obtain } from "../../sandbox/control-plane/obtain";
import type { ToolName } from "../../sandbox/control-plane/tools";
import { until } from "../../sandbox/core/until";
import { planned } from "../policy/harness";
import { shippedConfig } from "../support/stacks";
import { temporary } from "../support/temporary";
import { stack as stackOf, STACKS, started } from "./stacks";

const run = promisify(execFile);
const PLACE = { repository: "https://git.example/x.git", folder: "" };
/** Milliseconds. Helm is built from its Go modules once, which takes up to half an hour on a busy machine. */
const BUILDS = 3_600_000;

const key = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
const byKey = (objects: readonly KubernetesObject[]) => new Map(objects.map((each) => [key(each), each]));
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
      assert.equal(found.length, own.size);
      assert.deepEqual(byKey(found), own);
      for (const packaging of ["argocd", "flux"] as const) {
        const folder = written(all, packaging);
        for (const unit of all.units) {
          const path = join(folder, unit.charts.length > 0 ? `operators/${unit.name}` : unit.name);
          const built = byKey(objects(await kustomize("build", path)));
          for (const { content } of unit.objects) {
            const each = built.get(key(content as KubernetesObject));
            if (content.kind !== "Job") assert.deepEqual(each, own.get(key(content as KubernetesObject)));
            else assert.match(Object.keys(each?.metadata.annotations ?? {}).join(), /sync-options|force/);
          }
        }
      }
    });

    it("helm templates what is rendered, with the charts' own values (slow)", async function () {
      const helm = await tool(this, "helm");
      const folder = written(all, "helm");
      const found: KubernetesObject[] = [];
      for (const { name: unit, namespace } of all.units) {
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

  /** The resourceVersion of every object, once nothing changes. */
  async function versions(): Promise<Record<string, string>> {
    const look = async () =>
      Object.fromEntries(
        await Promise.all(
          [...own.values()].map(
            async (each) => [key(each), (await plane.api.get(each))?.metadata.resourceVersion ?? "none"] as const,
          ),
        ),
      );
    let last = await look();
    let since = Date.now();
    await until("nothing changes", async () => {
      const now = await look();
      if (JSON.stringify(now) !== JSON.stringify(last)) since = Date.now();
      last = now;
      await sleep(300);
      return Date.now() - since > 2_000;
    });
    return last;
  }

  async function assertUnchanged(apply: () => Promise<void>): Promise<void> {
    await apply();
    const first = await versions();
    assert.deepEqual(
      Object.keys(first).filter((each) => first[each] === "none"),
      [],
    );
    await apply();
    const second = await versions();
    assert.deepEqual(
      Object.keys(first).filter((each) => first[each] !== second[each]),
      [],
    );
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
    assert.equal(local.length, all.units.length);
    await assertUnchanged(async () => {
      for (const { name: release, namespace, chart } of local)
        await helm("upgrade", "--install", release, join(folder, chart), "--namespace", namespace);
    });
  });
});
