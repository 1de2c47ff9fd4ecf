import assert from "node:assert/strict";

import { manifests } from "../../preview/manifests";
import { podGroups } from "../../preview/plan";
import { PackProcess } from "../../preview/pack-process";
import { PolicyPack } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import type { Recorded } from "../../preview/recorder";
import { clientNames } from "../../components/core/login";
import { systems as everySystem } from "../../components/systems";
import { LEAST_MEMORY } from "../support/sizes";
import { keyOf } from "../../policies/core/resource";
import { DATA_KINDS } from "../../policies/operators";
import { holdsData, isReproducible } from "../../planner/kinds";
import { watched } from "../unit/observability/watched";
import { accepted, described, mistakes, named, USUAL } from "./matrix/choices";
import { Judge } from "./matrix/judge";
import { pairwise } from "./matrix/pairs";
import { type Choice, isOperator, isOptional, SIZES, SWITCHES, type Value } from "./matrix/switches";

/** Time limit against a hanging test. */
const PATIENCE_MS = 60 * 60_000;

const systems = SWITCHES.filter(isOptional);
const operators = SWITCHES.filter(isOperator);
const off = Object.fromEntries(systems.map(({ path, values }) => [path, values.includes("off") ? "off" : false]));
const operated = (mode: "existing" | "deployed"): Choice =>
  Object.fromEntries(operators.map(({ path }) => [path, mode]));

const on = Object.fromEntries(
  systems.map(({ path, values }) => [path, values.find((value) => value !== off[path]) ?? values[0]]),
);

/** Choices with no system, all systems, and each system alone with its needs, in each of its modes. */
function alone(mode: "existing" | "deployed"): Choice[] {
  const nothing = { ...USUAL, ...operated(mode), ...off };
  const each = systems.flatMap(({ path, values }) =>
    values
      .filter((value) => value !== off[path])
      .map((value) => {
        const choice = accepted({ [path]: value }, nothing);
        if (choice === undefined) throw new Error(`${path}: ${String(value)} cannot be had alone`);
        return choice;
      }),
  );
  const everything = accepted(operated(mode), { ...USUAL, ...on });
  assert.ok(everything !== undefined, "everything cannot be had together");
  return [nothing, everything, ...each];
}

const alertsOf = ({ type, inputs }: Recorded): string[] =>
  type.endsWith(":PrometheusRule")
    ? [...JSON.stringify(inputs).matchAll(/"alert":"(\w+)"/g)].map(([, name = ""]) => name)
    : [];

describe("every system on and off", function () {
  this.timeout(PATIENCE_MS);
  /** Every resource of every stack, once. */
  const seen = new Map<string, Recorded>();
  /** Names of every alert of every stack: one rule's resource may have others in another stack. */
  const alerts = new Set<string>();
  let pack: PolicyPack;
  let judge: Judge;
  const { stackTraceLimit } = Error;
  before(() => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    judge = new Judge(pack);
    // No stack traces at registrations, as in the plan: this halves the time.
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
    pack.stop();
  });

  /** Judges all stacks before failing, so that one run finds all faults. */
  async function sound(choices: readonly Choice[]): Promise<void> {
    const found: Record<string, readonly string[]> = {};
    for (const choice of choices) {
      const { resources, problems } = await judge.judge(choice);
      for (const name of resources.flatMap(alertsOf)) alerts.add(name);
      for (const one of resources) seen.set(`${choice["cluster.protectData"] === true ? "kept" : ""} ${one.urn}`, one);
      if (problems.length > 0) found[described(choice)] = problems;
    }
    assert.deepEqual(found, {});
  }

  it("is a switch in the settings' schema, like operators and object stores", () => {
    const paths = (list: typeof SWITCHES) => list.map(({ path }) => path);
    for (const path of ["storage.postgres.operator", "streaming.kafka.operator", "streaming.flink.operator"])
      assert.ok(paths(operators).includes(path), path);
    for (const path of ["compute.spark.enabled", "query.trino.enabled", "observability.mode"])
      assert.ok(paths(systems).includes(path), path);
    for (const path of ["storage.objects.kind", "compute.spark.jars", "streaming.kafka.combined", "instances"])
      assert.ok(paths(SWITCHES).includes(path), path);
  });

  for (const mode of ["existing", "deployed"] as const) {
    it(`is sound with ${mode} operators: none on, all on, and each alone with its needs`, async () => {
      const choices = alone(mode);
      assert.ok(choices.length > systems.length, String(choices.length));
      await sound(choices);
    });
  }

  it("is sound for all pairs of settings", async () => {
    const { choices, refused } = pairwise();
    for (const [one, value, other, otherValue] of refused) {
      const given: Record<string, Value> = { [one.path]: value, [other.path]: otherValue };
      const names = new Set(mistakes({ ...USUAL, ...given }).flatMap(named));
      assert.ok(names.has(one) || names.has(other), `${JSON.stringify(given)} is refused, and no message names either`);
    }
    await sound(choices);
  });

  /** Compares lists that people maintain with the rendered stacks above. */
  describe("is complete in every list:", () => {
    const all = () => {
      assert.ok(seen.size > 500, "the stacks above were not judged: run the whole file");
      return [...seen.values()];
    };

    it("each alert has a test and a runbook", () => {
      assert.ok(all().length > 0);
      const known = watched.flatMap(({ monitoring }) => monitoring.alerts.map(({ name }) => name));
      assert.deepEqual([...alerts].sort(), [...new Set(known)].sort());
    });

    it("each service that signs in somewhere has credentials that can be rotated", () => {
      const clients = new Set(all().flatMap(({ type, inputs }) => signsIn(type, inputs)));
      assert.ok(clients.size > 4, String(clients.size));
      assert.deepEqual(
        [...clients].filter(
          (name) => !everySystem.some(({ clients: of = [] }) => clientNames(name).some((each) => of.includes(each))),
        ),
        [],
      );
    });

    it("each size has a least memory, or a reason for having none", () => {
      const ours = SIZES.filter(({ path }) => path !== "orchestration.airflow.occupies");
      for (const { path } of ours) assert.ok((LEAST_MEMORY[`lakehouse:${path}`] ?? -1) >= 0, path);
      assert.ok(ours.length > 10, String(ours.length));
    });

    it("each protected resource is data for the plan, and so is each that the pack treats as data", () => {
      const kept = new Set(
        all()
          .filter(({ request, type }) => request.getProtect() === true || DATA_KINDS.has(keyOf(type)))
          .map(({ urn }) => urn),
      );
      assert.ok(kept.size > 8, String(kept.size));
      const unknown = manifests(all().filter(({ urn }) => kept.has(urn))).filter(({ content }) => !holdsData(content));
      assert.deepEqual([...new Set(unknown.map(({ content }) => String(content.kind ?? content.type)))], []);
    });

    it("each resource that makes pods with volumes is data for the plan, or says how its volumes are refilled", () => {
      const data = manifests(all()).filter(
        ({ content }) => content.kind !== "Namespace" && (holdsData(content) || isReproducible(content)),
      );
      const services = podGroups(all()).filter(({ volumes }) => volumes.length > 0);
      assert.ok(services.length > 3, String(services.length));
      const lacking = services.filter(
        ({ service, namespace }) =>
          !data.some(({ path }) => path.startsWith(`manifests/${namespace}/`) && path.includes(service)),
      );
      assert.deepEqual(
        lacking.map(({ service, role }) => `${service} ${role}`),
        [],
      );
    });
  });
});

/** Names of the services for which a resource is a user. */
function signsIn(type: string, inputs: Readonly<Record<string, unknown>>): string[] {
  const { metadata, name } = inputs as { metadata?: { name?: string }; name?: string };
  if (type.endsWith(":KafkaUser") || type.endsWith(":CephObjectStoreUser"))
    return metadata?.name === undefined ? [] : [metadata.name];
  return type === "minio:index/iamUser:IamUser" && name !== undefined ? [name] : [];
}
