import assert from "node:assert/strict";

import { Compute } from "../../../components/compute";
import { describeStack } from "../../../components/stack";
import { fakeLibraries } from "../../support/libraries";
import { fakeObjects } from "../../support/objects";
import type { Settings } from "../../../components/settings";
import { fakeTables, record, type Registered, settings } from "./fixtures";

/** Registered resources of the layer, with Spark's settings over the fixture's. */
export const compute = (spark: Readonly<Record<string, unknown>> = {}, unattended = false) =>
  layer(settings(spark), unattended);

/** The same with the settings of a whole stack. */
export async function layer(of: Settings, unattended = false) {
  const objects = fakeObjects();
  const given = { objects: [objects], tables: [fakeTables()], libraries: [fakeLibraries] };
  const { result, registered } = await record(() => {
    const stack = describeStack(of);
    return new Compute("compute", { stack: { ...stack, facts: { ...stack.facts, gives: () => !unattended } }, given });
  });
  const ofType = (type: string) => registered.filter((each) => each.type === type);
  const one = (type: string, name: string): Registered => {
    const found = ofType(type).filter((each) => each.name === name);
    assert.equal(
      found.length,
      1,
      `${type} ${name} among ${ofType(type)
        .map((each) => each.name)
        .join(", ")}`,
    );
    return found[0]!;
  };
  return { compute: result, registered, objects, ofType, one };
}
