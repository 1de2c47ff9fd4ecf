import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import type { KubernetesObject } from "../sandbox/control-plane/api";
import { type ControlPlane, startControlPlane } from "../sandbox/control-plane/control-plane";
import { definitionsFor, establish } from "../sandbox/control-plane/crds";
import { applyAll, removeAll } from "../sandbox/control-plane/deploy";
import { simulatedNode } from "../sandbox/control-plane/nodes";
import { obtain } from "../sandbox/control-plane/obtain";
import { stackOf } from "../sandbox/control-plane/stack";
import { surroundings } from "../sandbox/control-plane/surroundings";
import { type Checkpoints, Engine, officialPlugin, pulumiCli, RECOMMENDED } from "../test/pulumi/engine";

/**
 * Time of `pulumi up` on a real API server with a file backend, as ratios within one run:
 * - with the engine's defaults,
 * - with the settings of docs/operations.md, which still write the state at every step,
 * - without checkpoints, which is the lower bound, but loses the state if it is interrupted,
 * - `kubectl apply --server-side` of the same objects, for comparison.
 */

const MODES: Readonly<Record<"defaults" | "recommended" | "no checkpoints", Checkpoints>> = {
  "defaults": { environment: {}, query: "" },
  "recommended": RECOMMENDED,
  "no checkpoints": {
    environment: { ...RECOMMENDED.environment, PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" },
    query: RECOMMENDED.query,
  },
};
type Mode = keyof typeof MODES;
/** Most objects with the engine's defaults, whose time grows with the square of the number of objects. */
const DEFAULTS_UP_TO = 1000;
/** The stack and the numbers of objects to measure. Arguments select some of them. */
const ALL = ["homelab", "300", "1000", "3000"];
const ASKED = process.argv.length > 2 ? process.argv.slice(2) : ALL;
const SIZES = ASKED.filter((each) => each !== "homelab").map(Number);

const say = (text: string) => process.stdout.write(`${text}\n`);

async function seconds(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function runOrThrow(program: string, args: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stderr}${stdout.slice(-2000)}`);
}

/** A program with a given number of ConfigMaps in its own namespace, and the same objects for kubectl. */
function synthetic(count: number): { readonly program: string; readonly objects: readonly KubernetesObject[] } {
  const namespace = "synthetic";
  const program = `
    const k8s = require("@pulumi/kubernetes");
    const space = new k8s.core.v1.Namespace("${namespace}", { metadata: { name: "${namespace}" } });
    for (let index = 0; index < ${String(count)}; index++)
      new k8s.core.v1.ConfigMap("object-" + index, {
        metadata: { name: "object-" + index, namespace: "${namespace}" },
        data: { "config.properties": ("key=" + index + "\\n").repeat(20) },
      }, { dependsOn: [space] });`;
  const maps = Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `object-${String(index)}`, namespace },
    data: { "config.properties": `key=${String(index)}\n`.repeat(20) },
  }));
  return { program, objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, ...maps] };
}

async function kubectl(control: ControlPlane, path: string, objects: readonly KubernetesObject[]): Promise<number> {
  const file = join(control.run.folder, "objects.json");
  // The namespace is first, so one pass is enough.
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  const args = ["apply", "--server-side", "--force-conflicts", "-f", file, `--kubeconfig=${control.kubeconfig}`];
  const taken = await seconds(() => {
    runOrThrow(path, args);
  });
  await removeAll(control.api, objects);
  return taken;
}

async function main(): Promise<void> {
  const cli = pulumiCli();
  if ("missing" in cli) {
    say(`NOT MEASURED: ${cli.missing}`);
    return;
  }
  const homelab = await stackOf(readStackFile(PROJECT_FOLDER, "homelab"));
  const client = await obtain("kubectl");
  const control = await startControlPlane({ name: "bench", nodes: homelab.nodes.map((node) => simulatedNode(node)) });
  try {
    await establish(control.api, await definitionsFor(homelab.objects));
    await applyAll(control.api, surroundings(homelab));
    say(officialPlugin("kubernetes") ? "with Pulumi's own plugin" : "with a stand-in for Pulumi's Kubernetes plugin");
    const measure = async (
      what: string,
      objects: readonly KubernetesObject[],
      modes: readonly Mode[],
      program?: string,
    ) => {
      const taken = new Map<string, number>();
      taken.set("kubectl apply", await kubectl(control, client, objects));
      for (const mode of modes) {
        const engine = new Engine(cli, { kubeconfig: control.kubeconfig, checkpoints: MODES[mode] });
        try {
          if (program !== undefined) engine.replaceProgram(program);
          engine.stack("homelab", "homelab");
          const run = () => engine.run(["up", "--stack", "homelab", "--yes", "--skip-preview"]);
          taken.set(
            mode,
            await seconds(() => {
              const { status, stdout, stderr } = run();
              if (status !== 0) throw new Error(stderr + stdout.slice(-2000));
            }),
          );
        } finally {
          engine.end();
        }
        await removeAll(control.api, objects);
      }
      const least = taken.get("no checkpoints") ?? Number.NaN;
      for (const [mode, each] of taken) {
        say(
          `${what.padEnd(14)} ${mode.padEnd(15)} ${each.toFixed(1).padStart(6)} s   ${(each / least).toFixed(2)} × of no checkpoints`,
        );
      }
    };
    if (ASKED.includes("homelab"))
      await measure(`homelab, ${String(homelab.objects.length)}`, homelab.objects, [
        "defaults",
        "recommended",
        "no checkpoints",
      ]);
    for (const size of SIZES) {
      const { program, objects } = synthetic(size);
      const modes: readonly Mode[] =
        size > DEFAULTS_UP_TO ? ["recommended", "no checkpoints"] : ["defaults", "recommended", "no checkpoints"];
      await measure(`${String(size)} objects`, objects, modes, program);
    }
  } finally {
    await control.end();
  }
}

void main();
