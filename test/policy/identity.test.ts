import { deepEqual, equal } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { record } from "../../preview/recorder";
import { shippedConfig, STACKS, type StackName } from "../support/stacks";
import { differences, type Identities, identities } from "./identity/identity";

const fileOf = (stack: StackName) => join(__dirname, "identity", `${stack}.yaml`);

async function now(stack: StackName): Promise<Identities> {
  const { recorded } = await record(require("../../index") as () => unknown, shippedConfig(stack), {
    project: "lakehouse",
    stack,
  });
  return identities(recorded);
}

/**
 * A changed URN replaces a running resource, and a changed manifest updates it: this test shows both. For intended changes,
 * `LAKEHOUSE_WRITE_IDENTITY=yes` rewrites the files, and their diff is part of the review.
 */
describe("URNs, aliases, order, protection and manifests", () => {
  for (const stack of STACKS) {
    it(`of ${stack} are the reviewed ones`, async () => {
      const found = await now(stack);
      if (process.env.LAKEHOUSE_WRITE_IDENTITY === "yes") {
        writeFileSync(fileOf(stack), stringify(found, { lineWidth: 0 }));
      }
      deepEqual(differences(parse(readFileSync(fileOf(stack), "utf8")) as Identities, found), []);
    });
  }

  it("are listed one by one when they change", () => {
    const before = { a: { manifest: "1" }, b: { after: ["a"], options: ["protected"] }, c: {} };
    const after = { a: { manifest: "2" }, b: { after: ["d"] }, d: {} };
    deepEqual(differences(before, after), [
      "~ a: manifest 1 → 2",
      "~ b: after no longer a",
      "~ b: after now d",
      "~ b: options no longer protected",
      "- c",
      "+ d",
    ]);
    equal(differences(before, before).length, 0);
  });
});
