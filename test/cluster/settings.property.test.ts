import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { manifests } from "../../preview/manifests";
import { OutputFolder } from "../../preview/output";
import { planStack, stackSettings } from "../../preview/plan";
import { PROJECT_FOLDER } from "../../inputs/project";
import { record } from "../../preview/recorder";
import { InputError } from "../../inputs/input-error";
import { readStackFile, type StackConfig } from "../../inputs/stack-file";
import { ApiError, type KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { definitionsFor, establish } from "../../sandbox/control-plane/crds";
import { applicable } from "../../sandbox/control-plane/stack";
import { accepted, written } from "../policy/matrix/choices";
import { everything } from "../policy/matrix/everything";
import { arbitrarySettings, type Setting } from "./arbitrary-settings";
import { STACKS, started } from "./stacks";

/** Number of tried settings; each takes seconds. */
const RUNS = Number(process.env.LAKEHOUSE_RUNS ?? "6");
/** Seed of the random settings. */
const SEED = Number(process.env.LAKEHOUSE_SEED ?? randomInt(2 ** 31));

type Section = Record<string, unknown>;

/** A stack with some of its settings replaced. */
function changed(config: StackConfig, settings: readonly Setting[]): StackConfig {
  const values: Record<string, string> = { ...config.values };
  for (const [[section = "", ...keys], value] of settings) {
    const key = `lakehouse:${section}`;
    const top = { value: JSON.parse(values[key] ?? "{}") as unknown };
    const last = ["value", ...keys];
    const leaf = last.pop() ?? "";
    const at = last.reduce<Section>((inner, step) => (inner[step] ??= {}) as Section, top);
    at[leaf] = value;
    values[key] = JSON.stringify(top.value);
  }
  return { ...config, values };
}

/** Whether the settings' rules accept a stack. */
function isTaken(config: StackConfig): boolean {
  try {
    stackSettings(config);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Every Kubernetes object of a stack, without the verdict of the policies. */
async function objectsOf(config: StackConfig): Promise<KubernetesObject[]> {
  const program = require("../../index") as () => unknown;
  const { recorded } = await record(program, config, { project: "lakehouse", stack: config.stack });
  return manifests(recorded)
    .filter(({ path }) => path.startsWith("manifests/"))
    .map(({ content }) => applicable(content as unknown as KubernetesObject));
}

const pools = (config: StackConfig) => Object.keys(JSON.parse(config.values["lakehouse:pools"] ?? "{}") as object);
const kind = (config: StackConfig) =>
  (JSON.parse(config.values["lakehouse:storage"] ?? "{}") as { readonly objects: { readonly kind: string } }).objects
    .kind;

/** Server-side apply as a dry run with strict field validation: only namespaces and CRDs are stored. */
describe("settings that the plan accepts", () => {
  let plane: ControlPlane;
  const made = new Set<string>();

  before(async function () {
    plane = await started(this, { alone: true });
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  /** Stores the prerequisites of an object's dry run: its CRD and its namespace. */
  async function prepare(objects: readonly KubernetesObject[]): Promise<void> {
    const fresh = (key: string) => {
      if (made.has(key)) return false;
      made.add(key);
      return true;
    };
    const kinds = objects.filter((object) => fresh(`${object.apiVersion} ${object.kind}`));
    const definitions = (await definitionsFor(kinds)).filter(({ name }) => fresh(name));
    if (definitions.length > 0) await establish(plane.api, definitions);
    const namespaces = objects.flatMap(({ metadata }) => metadata.namespace ?? []).filter(fresh);
    await Promise.all(
      namespaces.map((name) => plane.api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    );
  }

  /** Errors of the API server for the objects of a stack. */
  async function refusals(objects: readonly KubernetesObject[]): Promise<string[]> {
    const answers = await Promise.all(
      objects.map((object) =>
        plane.api.apply(object, "lakehouse", { dryRun: true }).then(
          () => [],
          (error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
            return [`${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}: ${error.message}`];
          },
        ),
      ),
    );
    return answers.flat();
  }

  for (const mode of ["existing", "deployed", "ingress"])
    it(`are accepted with every door open (${mode})`, async () => {
      const everywhere = everything()[0] ?? {};
      const choice = accepted({ ...everywhere, "cluster.gateway.mode": mode }, everywhere);
      assert.ok(choice !== undefined, mode);
      const values = Object.fromEntries(
        Object.entries(written(choice)).map(([key, value]) => [
          `lakehouse:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      );
      const all = await objectsOf({ ...readStackFile(PROJECT_FOLDER, "dev"), values });
      const ways = all.filter(
        ({ kind, metadata }) => /Route$|^Gateway$|^ListenerSet$|^Ingress$/.test(kind) || metadata.name.includes("door"),
      );
      assert.ok(ways.length > 40, String(ways.length));
      await prepare(ways);
      assert.deepEqual(await refusals(ways), []);
    });

  for (const name of STACKS) {
    const base = readStackFile(PROJECT_FOLDER, name);

    it(`are accepted by a real API server (${name}, seed ${String(SEED)})`, async () => {
      let tried = 0;
      await fc.assert(
        fc.asyncProperty(arbitrarySettings(kind(base), pools(base)), async (settings) => {
          const config = changed(base, settings);
          fc.pre(isTaken(config));
          const objects = await objectsOf(config);
          await prepare(objects);
          const found = await refusals(objects);
          tried++;
          if (found.length === 0) return;
          // The plan refuses violations of policies too.
          const { plan } = await planStack(config, new OutputFolder(join(tmpdir(), "lakehouse-none", name)));
          assert.equal(plan.verdict, "policy-violations", found.join("\n"));
        }),
        {
          seed: SEED,
          numRuns: Math.ceil(RUNS / STACKS.length),
          maxSkipsPerRun: 1000,
          endOnFailure: process.env.CI === "1",
        },
      );
      assert.ok(tried >= Math.ceil(RUNS / STACKS.length));
    });

    it(`are proven by a server that refuses an unknown field (${name})`, async () => {
      const objects = await objectsOf(base);
      await prepare(objects);
      assert.deepEqual(await refusals(objects), []);
      const wrong = objects.map((object) => ({ ...object, sepc: {} }));
      assert.equal((await refusals(wrong)).length, objects.length);
    });
  }
});
