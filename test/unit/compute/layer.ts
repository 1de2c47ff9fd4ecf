import assert from "node:assert/strict";

import { Compute } from "../../../components/compute";
import { fakeLibraries } from "../../support/libraries";
import { fakeObjects } from "../../support/objects";
import { fakeTables, record, type Registered, settings, testPlatform } from "./fixtures";

/** The layer as it is registered, with settings of Spark's on top of the fixture's. */
export async function compute(spark: Readonly<Record<string, unknown>> = {}, unattended = false) {
  const of = settings(spark);
  const objects = fakeObjects();
  const { result, registered } = await record(
    () =>
      new Compute("compute", {
        platform: testPlatform(of),
        settings: of.compute,
        objects,
        tables: fakeTables(),
        libraries: fakeLibraries,
        unattended,
      }),
  );
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
