import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { type Fragment, put } from "../../../components/settings/presets";
import { fits } from "../../../fitting/described";
import { OPTIONAL } from "../../../fitting/draft";
import { type Fit, fit } from "../../../fitting/fit";
import { sizesBetween } from "../../../planner/advice/grid";
import { parseBytes } from "../../../components/core/quantity";
import { systemName } from "../../../components/core/system";
import { systems } from "../../../components/systems";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { sizeText } from "../../../planner/report/advice";

function shipped(stack: string): Fragment {
  const { config } = parse(readFileSync(join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("lakehouse:", ""), value]));
}

/** `query.trino` of `trino`. */
const placeOf = (name: string): string => {
  const { section, key } = systems.find((one) => systemName(one) === name)!;
  return `${section}.${key}`;
};
const sizeAt = (fragment: Fragment, name: string, role: string, size: Fragment) =>
  put(fragment, `${placeOf(name)}.${role.replaceAll(" ", ".")}`, size);

describe("what fits the homelab", () => {
  const homelab = shipped("homelab");
  let found: Fit;
  before(() => {
    found = fit(homelab);
  });

  it("names the presets that fit, and how many pods of the others have no room", () => {
    assert.deepEqual(
      found.presets.map(({ preset, unplaced }) => [preset, unplaced === 0]),
      [
        ["dev", true],
        ["homelab", true],
        ["minimal", false],
        ["medium", false],
        ["large", false],
      ],
    );
  });

  it("names the largest size of each pod: it fits, and the next larger one does not", () => {
    let tight = 0;
    for (const { name, pods } of found.on)
      for (const { role, most, memory } of pods) {
        assert.ok(fits(sizeAt(homelab, name, role, { memory: most })), `${name} ${role} ${most}`);
        const next = sizesBetween("memory", parseBytes(most)!, parseBytes(most)! * 4)[1]!;
        if (most === memory && !fits(sizeAt(homelab, name, role, { memory: sizeText(next) }))) tight++;
      }
    assert.ok(tight >= 2, "the workers and the executors of a full node");
  });

  it("says what switching a system off frees, or who needs it", () => {
    const of = (name: string) => found.on.find((one) => one.name === name)!;
    assert.deepEqual(of("hive-metastore").neededBy, ["spark", "trino"]);
    assert.equal(of("trino").switch, "lakehouse:query.trino.enabled");
    const without = fit(put(homelab, "query.trino", { enabled: false }));
    assert.equal(found.requested.memory - without.requested.memory, of("trino").takes.memory);
  });

  it("names sizes with which a system that is off fits, and they do", () => {
    const fitting = found.off.filter(({ pods }) => pods !== undefined);
    assert.ok(fitting.length >= 4);
    for (const { name, with: more, pods = [] } of fitting) {
      const on = [name, ...more].reduce((all, one) => put(all, placeOf(one), { enabled: true }), homelab);
      const example = put(on, placeOf(name), OPTIONAL.get(name)!.example ?? {});
      const sized = pods.reduce((all, { role, memory, cpu }) => sizeAt(all, name, role, { memory, cpu }), example);
      assert.ok(fits(sized), `${name} ${JSON.stringify(pods)}`);
    }
  });

  it("says why a system is refused", () => {
    const refused = Object.fromEntries(found.off.map(({ name, refused: why }) => [name, why]));
    assert.match(refused.opensearch!, /^lakehouse:storage\.opensearch\.enabled: .*cert-manager/);
  });
});

describe("what fits machines that are too small", () => {
  it("names the systems without which all else fits", () => {
    const nodes = [1, 2, 3].map((at) => ({
      name: `k8s-${String(at)}`,
      pool: ["control", "drivers", "executors"][at - 1],
      cpu: 16,
      memory: "72Gi",
      system: { cpu: 2, memory: "16Gi" },
    }));
    const small = { ...shipped("homelab"), nodes };
    const found = fit(small);
    assert.equal(found.unplaced, 2);
    const enough = found.on.filter(({ fitsWithout }) => fitsWithout === true).map(({ name }) => name);
    assert.deepEqual(enough, ["spark", "trino"]);
    for (const name of enough) assert.ok(fits(put(small, placeOf(name), { enabled: false })));
  });
});
