import assert from "node:assert/strict";

import { manifests } from "../../cli/manifests";
import { podGroups } from "../../cli/plan";
import { PackProcess } from "../../cli/pack-process";
import { PolicyPack } from "../../cli/policy-pack";
import { PACK_FOLDER } from "../../cli/project";
import type { Recorded } from "../../cli/recorder";
import { REPRODUCIBLE } from "../../components/core/labels";
import { CLIENTS } from "../../components/core/login";
import { leastMemory } from "../../components/settings/rules";
import { keyOf } from "../../policies/core/resource";
import { DATA_KINDS } from "../../policies/operators";
import { holdsData } from "../../planner/kinds";
import { watched } from "../unit/observability/watched";
import { accepted, described, mistakes, named, USUAL } from "./matrix/choices";
import { Judge } from "./matrix/judge";
import { pairwise } from "./matrix/pairs";
import { type Choice, isOperator, isOptional, SIZES, SWITCHES, type Value } from "./matrix/switches";

/** Only against hanging. */
const PATIENCE_MS = 60 * 60_000;

const systems = SWITCHES.filter(isOptional);
const operators = SWITCHES.filter(isOperator);
const off = Object.fromEntries(systems.map(({ path, values }) => [path, values.includes("off") ? "off" : false]));
const operated = (mode: "existing" | "deployed"): Choice =>
  Object.fromEntries(operators.map(({ path }) => [path, mode]));

const on = Object.fromEntries(
  systems.map(({ path, values }) => [path, values.find((value) => value !== off[path]) ?? values[0]]),
);

/** Nothing on, everything on, and each system alone with only what it needs; of one with several modes each of them. */
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

describe("every system on and off", function () {
  this.timeout(PATIENCE_MS);
  /** Every resource of every stack, once. */
  const seen = new Map<string, Recorded>();
  let pack: PolicyPack;
  let judge: Judge;
  const { stackTraceLimit } = Error;
  before(() => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    judge = new Judge(pack);
    // As the plan does: half of the time otherwise.
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
    pack.stop();
  });

  /** All stacks are judged before one of them fails, so that one run finds everything. */
  async function sound(choices: readonly Choice[]): Promise<void> {
    const found: Record<string, readonly string[]> = {};
    for (const choice of choices) {
      const { resources, problems } = await judge.judge(choice);
      for (const one of resources) seen.set(`${choice["cluster.protectData"] === true ? "kept" : ""} ${one.urn}`, one);
      if (problems.length > 0) found[described(choice)] = problems;
    }
    assert.deepEqual(found, {});
  }

  it("is in the settings' schema: operators, object stores, and each system that may be off", () => {
    const paths = (list: typeof SWITCHES) => list.map(({ path }) => path);
    for (const path of ["storage.postgres.operator", "streaming.kafka.operator", "streaming.flink.operator"])
      assert.ok(paths(operators).includes(path), path);
    for (const path of ["compute.spark.enabled", "query.trino.enabled", "observability.mode"])
      assert.ok(paths(systems).includes(path), path);
    for (const path of ["storage.objects.kind", "compute.spark.jars", "streaming.kafka.combined", "instances"])
      assert.ok(paths(SWITCHES).includes(path), path);
  });

  for (const mode of ["existing", "deployed"] as const) {
    it(`is sound with ${mode} operators: none on, all on, and each alone with only what it needs`, async () => {
      const choices = alone(mode);
      assert.ok(choices.length > systems.length, String(choices.length));
      await sound(choices);
    });
  }

  it("is sound where any two settings meet", async () => {
    const { choices, refused } = pairwise();
    for (const [one, value, other, otherValue] of refused) {
      const given: Record<string, Value> = { [one.path]: value, [other.path]: otherValue };
      const names = new Set(mistakes({ ...USUAL, ...given }).flatMap(named));
      assert.ok(names.has(one) || names.has(other), `${JSON.stringify(given)} is refused, and no message names either`);
    }
    await sound(choices);
  });

  /** What is listed by hand is held against what the stacks above have rendered. */
  describe("leaves nothing out of a list:", () => {
    const all = () => {
      assert.ok(seen.size > 500, "the stacks above were not judged: run the whole file");
      return [...seen.values()];
    };

    it("each alert that a stack has is tested, and has a runbook", () => {
      const rendered = all()
        .filter(({ type }) => type.endsWith(":PrometheusRule"))
        .flatMap(({ inputs }) => [...JSON.stringify(inputs).matchAll(/"alert":"(\w+)"/g)].map(([, name]) => name));
      const known = watched.flatMap(({ monitoring }) => monitoring.alerts.map(({ name }) => name));
      assert.deepEqual([...new Set(rendered)].sort(), known.toSorted());
    });

    it("each service that signs in somewhere has credentials that can be rotated", () => {
      const clients = new Set(all().flatMap(({ type, inputs }) => signsIn(type, inputs)));
      assert.ok(clients.size > 4, String(clients.size));
      assert.deepEqual(
        [...clients].filter((name) => !(CLIENTS as readonly string[]).includes(name)),
        [],
      );
    });

    it("each size has a least memory, or a reason why it needs none", () => {
      const ours = SIZES.filter(({ path }) => path !== "orchestration.airflow.occupies");
      for (const { path } of ours) assert.ok(leastMemory(`lakehouse:${path}`) >= 0, path);
      assert.ok(ours.length > 10, String(ours.length));
    });

    it("whatever is protected from deletion is data for the plan, and so is what the pack takes for data", () => {
      const kept = new Set(
        all()
          .filter(({ request, type }) => request.getProtect() === true || DATA_KINDS.has(keyOf(type)))
          .map(({ urn }) => urn),
      );
      assert.ok(kept.size > 8, String(kept.size));
      const unknown = manifests(all().filter(({ urn }) => kept.has(urn))).filter(({ content }) => !holdsData(content));
      assert.deepEqual([...new Set(unknown.map(({ content }) => String(content.kind ?? content.type)))], []);
    });

    it("pods with volumes are made by something that is data for the plan, or says how its volumes come again", () => {
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

function isReproducible({ metadata }: Readonly<Record<string, unknown>>): boolean {
  const { annotations } = (metadata ?? {}) as { readonly annotations?: Readonly<Record<string, string>> };
  return (annotations?.[REPRODUCIBLE] ?? "") !== "";
}

/** Names of services whose users a resource is. */
function signsIn(type: string, inputs: Readonly<Record<string, unknown>>): string[] {
  const { metadata, name } = inputs as { metadata?: { name?: string }; name?: string };
  if (type.endsWith(":KafkaUser") || type.endsWith(":CephObjectStoreUser"))
    return metadata?.name === undefined ? [] : [metadata.name];
  return type === "minio:index/iamUser:IamUser" && name !== undefined ? [name] : [];
}
