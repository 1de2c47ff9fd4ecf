import assert from "node:assert/strict";

import { exemption } from "../../../policies/core/exempt";
import { Resource } from "../../../policies/core/resource";
import { changed, set } from "./edit";
import { UNKNOWN } from "./runner";

const POLICY = "pod-require-nonroot";
const TODAY = "2026-06-15";
const WRITE = 'write "<reason>; until YYYY-MM-DD"';

function annotated(...texts: readonly unknown[]): Resource {
  const places = [["metadata"], ["spec", "template", "metadata"]];
  const edits = texts.map((text, index) =>
    set("Deployment front/web", [...(places[index] ?? []), "annotations", `lakehouse.dev/allow-${POLICY}`], text),
  );
  const web = changed(...edits).find(({ type, name }) => type.endsWith(":Deployment") && name === "front/web");
  return new Resource({ ...web, urn: "web" } as unknown as ConstructorParameters<typeof Resource>[0]);
}

describe("an exception", () => {
  const says = (...texts: readonly unknown[]) => exemption(POLICY, annotated(...texts), {}, TODAY);
  const refused: [unknown, string][] = [
    ["old image", `has no last day: ${WRITE}`],
    ["old image until 2026-12-31", `has no last day: ${WRITE}`],
    ["old image; until soon", `ends on "soon", which is not a date: ${WRITE}`],
    ["old image; until 2026-02-30", `ends on "2026-02-30", which is not a date: ${WRITE}`],
    ["old image; until 2026-6-30", `ends on "2026-6-30", which is not a date: ${WRITE}`],
    ["old image; until ", `has no last day: ${WRITE}`],
    ["old image; until 2026-06-14", "ended on 2026-06-14"],
    ["until 2026-12-31", `gives no reason: ${WRITE}`],
    [" ; until 2026-12-31", `gives no reason: ${WRITE}`],
    ["", `gives no reason: ${WRITE}`],
    [true, `gives no reason: ${WRITE}`],
  ];
  for (const [text, why] of refused) {
    it(`is invalid with ${JSON.stringify(text)}`, () => {
      assert.deepEqual(says(text), { holds: false, why });
    });
  }
  for (const text of ["old image; until 2026-06-15", "first; second\n; until 2027-01-31 ", UNKNOWN]) {
    it(`is valid with ${JSON.stringify(text)}`, () => {
      assert.deepEqual(says(text), { holds: true });
    });
  }
  it("does not exist without an annotation", () => {
    assert.equal(says(), undefined);
    assert.equal(exemption("pod-require-labels", annotated("old image; until 2027-01-31"), {}, TODAY), undefined);
  });
  it("is valid if one of two is", () => {
    assert.deepEqual(says("old image; until 2026-01-31", "old image; until 2027-01-31"), { holds: true });
  });
  it("expires by the current date", () => {
    assert.deepEqual(exemption(POLICY, annotated("old image; until 2020-01-31"), {}), {
      holds: false,
      why: "ended on 2020-01-31",
    });
  });
});

describe("an exception in the configuration", () => {
  const says = (listed: unknown) => exemption(POLICY, annotated(), { allow: { "front/web": listed } }, TODAY);
  const write = 'write { "reason": …, "until": "YYYY-MM-DD" }';

  it("is valid with a reason and a future date", () => {
    assert.deepEqual(says({ reason: "old image", until: "2027-01-31" }), { holds: true });
  });
  it("is invalid without a reason or date, or after the date", () => {
    assert.deepEqual(says({ reason: "old image", until: "2026-01-31" }), { holds: false, why: "ended on 2026-01-31" });
    assert.deepEqual(says({ reason: "old image" }), { holds: false, why: `has no last day: ${write}` });
    assert.deepEqual(says({ until: "2027-01-31" }), { holds: false, why: `gives no reason: ${write}` });
    assert.deepEqual(says("old image"), { holds: false, why: `has no last day: ${write}` });
  });
});
