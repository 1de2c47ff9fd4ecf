import assert from "node:assert/strict";

import { Field } from "../../../policies/core/field";
import { every, first } from "../../../policies/core/path";
import { UNKNOWN } from "./runner";

const root = Field.of({
  spec: {
    "nodes": { brokers: { port: 1 }, historicals: { port: 2 } },
    "containers": [{ name: "side" }, { name: "main", image: "x:1" }],
    "roles": ["broker"],
    "later": UNKNOWN,
    "conf": { "spark.driver.port": 7078 },
    "jvm.options": "-Xmx1g",
  },
});
const place = { root, block: root.at("spec", "nodes", "brokers") };
const found = (...paths: string[]) => every(place, ...paths).map(({ path, value }) => [path, value]);

describe("paths of operators' records", () => {
  const cases: Readonly<Record<string, [string, unknown][]>> = {
    "spec.nodes.*.port": [
      ["spec.nodes.brokers.port", 1],
      ["spec.nodes.historicals.port", 2],
    ],
    "spec.containers[*].name": [
      ["spec.containers[0].name", "side"],
      ["spec.containers[1].name", "main"],
    ],
    "spec.containers[name=main].image": [["spec.containers[1].image", "x:1"]],
    "spec.containers[name=none].image": [],
    "spec.roles[=broker]": [["spec.roles[0]", "broker"]],
    "spec.roles[=controller]": [],
    'spec.conf["spark.driver.port"]': [['spec.conf["spark.driver.port"]', 7078]],
    'spec["jvm.options"]': [['spec["jvm.options"]', "-Xmx1g"]],
    ".port": [["spec.nodes.brokers.port", 1]],
    ".": [["spec.nodes.brokers", { port: 1 }]],
    "": [["", root.value]],
    // An unknown value may match.
    "spec.later[name=main].image": [["spec.later[0].image", UNKNOWN]],
    "spec.later[*].image": [],
  };
  for (const [path, fields] of Object.entries(cases)) {
    it(`lead from ${JSON.stringify(path)} to ${fields.map(([to]) => to || "the top").join(" and ") || "nothing"}`, () => {
      assert.deepEqual(found(path), fields);
    });
  }

  it("lead to all alternatives, or to the first existing one", () => {
    assert.deepEqual(found(".port", "spec.roles[*]").length, 2);
    assert.equal(first(place, "spec.none", ".port", "spec.roles").value, 1);
    assert.equal(first(place, "spec.later", ".port").unknown, true);
  });

  it("name the first missing field", () => {
    const { path, absent } = first(place, ".resources.limits", "spec.containers[name=none]");
    assert.deepEqual([path, absent], ["spec.nodes.brokers.resources.limits", true]);
    assert.equal(first(place, "spec.containers[name=none].image").path, "spec.containers[name=none].image");
    assert.equal(first(place).absent, true);
  });

  it("are refused if they are invalid", () => {
    for (const path of ["spec..x", "spec.a[", "spec.a[0]", "a.b]"])
      assert.throws(() => found(path), /is not a path/, path);
  });
});
