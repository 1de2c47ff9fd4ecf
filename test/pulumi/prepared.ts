import { join } from "node:path";

import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { definitionsFor, establish } from "../../sandbox/control-plane/crds";
import { applyAll } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { surroundings } from "../../sandbox/control-plane/surroundings";
import { stack, started } from "../cluster/stacks";
import type { StackName } from "../support/stacks";
import { Engine, officialPlugin, pulumiCli } from "./engine";

type Identity = Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">;

export const identity = (kind: string, namespace: string, name: string, apiVersion = "v1"): Identity => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
});

/** What is there of the objects of a stack, by kind and name. */
export async function contents(api: Api, objects: readonly KubernetesObject[]): Promise<Map<string, string>> {
  const found = await Promise.all(objects.map(async (object) => [object, await api.get(object)] as const));
  return new Map(
    found.flatMap(([{ kind, metadata }, live]) =>
      live === undefined ? [] : [[`${kind} ${metadata.namespace ?? ""}/${metadata.name}`, content(live)]],
    ),
  );
}

/** Controllers write into the status: only what was asked for counts. */
function content(object: KubernetesObject): string {
  const { labels, annotations = {} } = object.metadata;
  const given = Object.entries(annotations).filter(([key]) => !key.startsWith("deployment.kubernetes.io/"));
  return JSON.stringify({ ...object, status: undefined, metadata: { labels, annotations: given } });
}

const TRANSPILE = join(__dirname, "..", "..", "scripts", "transpile.js");
/** What only operators make ready: the program tells Pulumi's plugin to wait for it. */
const isWaitedFor = ({ metadata }: KubernetesObject) => metadata.annotations?.["pulumi.com/waitFor"] !== undefined;

const OFFICIAL = officialPlugin("kubernetes");
/** Whether Helm runs, on charts of our own. */
export const SMALL_CHARTS = OFFICIAL && process.env.LAKEHOUSE_TEST_CHARTS === "off";

/** What the engine and a cluster need for a stack, or a reason why there is none. */
export async function prepared(test: Mocha.Context, name: StackName): Promise<[ControlPlane, Engine]> {
  const found = pulumiCli();
  if ("missing" in found) {
    console.warn(`    SKIPPED: ${found.missing}`);
    test.skip();
  }
  const { nodes, objects, groups } = await stack(name);
  // A stack that labels its nodes finds them without the pools' labels, any other one with them, as a provisioner makes them.
  const pools = !objects.some(({ kind }) => kind === "Node");
  const control = await started(test, { nodes: nodes.map((node) => simulatedNode(node, { pools })) });
  try {
    await establish(control.api, await definitionsFor(objects));
    await applyAll(control.api, surroundings({ objects, groups }));
    // The others need a server of their own to speak to: test/pulumi/stores.test.ts.
    const official = officialPlugin("random") ? (["random"] as const) : [];
    const engine = new Engine(found, { kubeconfig: control.kubeconfig, official });
    if (!OFFICIAL) {
      console.warn("    the Kubernetes plugin is a stand-in, which waits for nothing; charts are an echo");
    } else if (SMALL_CHARTS) {
      console.warn("    charts are small ones of our own");
      engine.smallCharts();
    }
    const waitedFor = objects
      .filter(isWaitedFor)
      .map(({ apiVersion, kind, metadata: { name, namespace, annotations } }) => ({
        apiVersion,
        kind,
        metadata: { name, namespace, annotations },
      }));
    await control.run.process({
      name: "operators",
      command: [
        process.execPath,
        "-r",
        TRANSPILE,
        join(__dirname, "standin", "operators.ts"),
        ...waitedFor.map((each) => JSON.stringify(each)),
      ],
      env: { KUBECONFIG: control.kubeconfig },
    });
    engine.stack(name, name);
    return [control, engine];
  } catch (error) {
    await control.end();
    throw error;
  }
}
