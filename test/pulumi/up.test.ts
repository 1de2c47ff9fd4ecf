import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PRIORITIES } from "../../components/core/priorities";
import { PROJECT_FOLDER } from "../../inputs/project";
import { COMPUTED, HIDDEN, type Recorded } from "../../preview/recorder";
import { recorded } from "../policy/harness";
import { Engine, pulumiCli } from "./engine";

/** Marks of secrets and unknown values in the engine's output. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Whether the engine's inputs equal the plan's. A secret is masked as a whole in the engine's and by key in the plan's, and a
 * value that only a provider knows may also be a secret.
 */
function same(engine: unknown, plan: unknown): boolean {
  // The inputs of a provider that is not configured yet are unknown to the engine.
  if (engine === UNKNOWN) return typeof plan === "string" || hidden(plan);
  if (engine === HIDDEN) return hidden(plan);
  if (typeof engine !== "object" || engine === null) return engine === plan;
  if (typeof plan !== "object" || plan === null) return false;
  const [one, other] = [engine as Record<string, unknown>, plan as Record<string, unknown>];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)].filter((key) => key !== "__defaults"));
  return [...keys].every((key) => same(one[key], other[key]));
}

function hidden(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === HIDDEN || value === COMPUTED;
  return Object.values(value).every(hidden);
}

describe("Pulumi's real engine, with stand-ins for the plugins", function () {
  let engine: Engine;
  before(function () {
    const found = pulumiCli();
    if ("missing" in found) {
      console.warn(`    SKIPPED: ${found.missing}`);
      this.skip();
    }
    engine = new Engine(found);
    engine.stack("homelab", "homelab");
  });
  after(() => {
    (engine as Engine | undefined)?.end();
  });

  it("previews exactly the resources of the plan, with the same inputs", async () => {
    const plan = new Map((await recorded("homelab")).map((resource): [string, Recorded] => [resource.urn, resource]));
    const steps = engine
      .preview("homelab")
      .steps.filter(({ urn }) => !urn.includes("::pulumi:providers:kubernetes::default"));
    const custom = steps.filter(({ urn }) => !/[:$]pulumi:(pulumi|providers):/.test(urn));
    const ofPlan = [...plan.keys()].filter((urn) => !/[:$]pulumi:(pulumi|providers):/.test(urn));
    assert.deepEqual(custom.map(({ urn }) => urn).sort(), ofPlan.sort());
    assert.ok(custom.every(({ op }) => op === "create"));
    const differing = custom.filter(
      ({ urn, newState }) => newState?.custom === true && !same(newState.inputs ?? {}, plan.get(urn)?.inputs),
    );
    assert.deepEqual(
      differing.map(({ urn }) => urn),
      [],
    );
    // Proves that the comparison finds a difference.
    const quota = custom.find(({ urn }) => urn.endsWith("ResourceQuota::lakehouse-query-lakehouse-serving"));
    const asPlanned = plan.get(quota?.urn ?? "")?.inputs as { readonly spec: { readonly hard: object } };
    assert.ok(same(quota?.newState?.inputs, asPlanned));
    assert.ok(!same(quota?.newState?.inputs, { ...asPlanned, spec: { ...asPlanned.spec, hard: { pods: "1" } } }));
  });

  it("creates all of it, and changes nothing the second time", () => {
    const up = engine.run(["up", "--stack", "homelab", "--yes", "--skip-preview"]);
    assert.equal(up.status, 0, up.stderr + up.stdout.slice(-2000));
    assert.deepEqual(engine.preview("homelab").changeSummary, {
      same: engine.resources("homelab").length - providers(),
    });
    const again = engine.run(["up", "--stack", "homelab", "--yes", "--skip-preview"]);
    assert.match(again.stdout, /\d+ unchanged/);
    assert.doesNotMatch(again.stdout, /created|updated|replaced|deleted/);
  });
  const providers = () => engine.resources("homelab").filter(({ urn }) => urn.includes("::default_")).length;

  it("encrypts generated secrets in its state, and prints none in outputs and messages", () => {
    assert.doesNotMatch(engine.stateText("homelab"), /canary-4be1f07d/);
    const outputs = engine.run(["stack", "output", "--stack", "homelab", "--json"]);
    assert.equal(outputs.status, 0);
    assert.doesNotMatch(outputs.stdout, /canary-4be1f07d/);
    assert.deepEqual(Object.keys(JSON.parse(outputs.stdout) as object).sort(), [
      "capacity",
      "cost",
      "doors",
      "icebergRest",
      "jobs",
      "links",
      "metastore",
      "namespaces",
      "postgres",
      "s3",
      "services",
      "sql",
      "versions",
    ]);
  });

  it("writes the shipped settings back unchanged, with its salt and the newly set values", () => {
    const file = join(engine.program, "Pulumi.mine.yaml");
    const shipped = readFileSync(join(PROJECT_FOLDER, "Pulumi.homelab.yaml"), "utf8");
    writeFileSync(file, shipped);
    assert.equal(engine.run(["stack", "init", "mine"]).status, 0);
    const { status, stderr } = engine.run(["config", "set", "--stack", "mine", "lakehouse:preset", "dev"]);
    assert.equal(status, 0, stderr);
    // The shipped file has a salt if a stack was created from it.
    const unsalted = (text: string) => text.replace(/^encryptionsalt: .*\n/m, "");
    assert.equal(
      unsalted(readFileSync(file, "utf8")),
      unsalted(shipped).replace("lakehouse:preset: homelab", "lakehouse:preset: dev"),
    );
  });

  it("changes only the resources of a changed setting", () => {
    engine.configure("homelab", "homelab", (text) =>
      text.replace("coordinator: { cpu: 2, memory: 8Gi", "coordinator: { cpu: 2, memory: 10Gi"),
    );
    const changed = engine
      .preview("homelab")
      .steps.filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join("::").split("$").at(-1) ?? ""}`);
    assert.deepEqual(changed.sort(), [
      "update kubernetes:apps/v1:Deployment::trino-coordinator",
      "update kubernetes:core/v1:ConfigMap::trino-coordinator-etc",
      "update kubernetes:core/v1:ResourceQuota::lakehouse-query-lakehouse-serving",
      "update lakehouse:query:Trino::trino",
    ]);
    engine.configure("homelab", "homelab");
  });

  it("keeps a renamed resource with an alias, and would replace it without", () => {
    const [file, before] = ["components/cluster/index.ts", "        className,\n        {"];
    const renamed = "        `priority-${className}`,\n        {";
    const child = "        child,\n      );\n    }\n    this.namespaces";
    const aliased = "        { ...child, aliases: [{ name: className }] },\n      );\n    }\n    this.namespaces";
    const summary = () => engine.preview("homelab").changeSummary;
    engine.edit(file, before, renamed);
    const { create, delete: deleted } = summary();
    const classes = Object.keys(PRIORITIES).length;
    assert.deepEqual([create, deleted], [classes, classes]);
    engine.edit(file, child, aliased);
    assert.deepEqual(Object.keys(summary()), ["same"]);
    engine.edit(file, aliased, child);
    engine.edit(file, renamed, before);
  });

  it("prints one line for each wrong setting, without a stack trace", () => {
    engine.configure("homelab", "homelab", (text) => text.replace("replicas: 2, cpu: 4", "replicas: -2, cpu: 4"));
    const { status, stdout } = engine.run(["preview", "--stack", "homelab"]);
    assert.notEqual(status, 0);
    assert.match(
      stdout,
      /Pulumi\.homelab\.yaml: lakehouse:query\.trino\.worker\.replicas: given -2; allowed: a whole number, 1 to 1000/,
    );
    assert.doesNotMatch(stdout, /\n\s+at /);
    engine.configure("homelab", "homelab");
  });

  it("refuses to destroy resources with data", () => {
    const { status, stdout, stderr } = engine.run(["destroy", "--stack", "homelab", "--yes", "--skip-preview"]);
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, /protect/);
    assert.ok(engine.resources("homelab").some(({ type }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster"));
  });
});
