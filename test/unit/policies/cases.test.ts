import assert from "node:assert/strict";

import { policies } from "../../../policies/policies";
import { budgetCases } from "./cases/budgets";
import type { FieldCase } from "./cases/case";
import { networkCases } from "./cases/network";
import { podCases } from "./cases/pods";
import { storageCases } from "./cases/storage";
import { supplyCases } from "./cases/supply";
import { changed, type Edit, retype, set } from "./edit";
import { bucketForbidPublicAccess } from "../../../policies/buckets";
import { type Registered, run, type Unconfigured, UNKNOWN } from "./runner";

const CASES = { ...budgetCases, ...networkCases, ...podCases, ...supplyCases, ...storageCases };
/** Kinds that no policy knows; of the second, policies for all custom resources know nothing either. */
const [OTHER_OBJECT, OTHER_RESOURCE] = ["kubernetes:example.com/v1:Thing", "example:index/thing:Thing"];
const FOR_ALL_OBJECTS = new Set(["customresource-forbid-secrets"]);

/** Corrections judge nothing (remediate.test.ts); an option (state.test.ts) and a kind (kinds.test.ts) are never unknown. */
const NO_FIELD = new Set(["crd-require-retention", "object-require-known-kind"]);
const judging = policies.filter(({ name }) => !name.includes("-remediate-") && !NO_FIELD.has(name));

/** The engine asks no provider, as where all configuration comes from what is still to be made. */
const SEEN: Unconfigured = { has: () => true, before: bucketForbidPublicAccess };

/** Each step into a value. */
function* paths(value: unknown, at: readonly string[] = []): Generator<readonly string[]> {
  if (at.length > 0) yield at;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* paths(inner, [...at, key]);
}

describe("a policy of one resource", () => {
  const kinds = new Map(changed().map((resource) => [resource.type, resource]));
  const single = judging.filter((policy) => !("validateStack" in policy));

  for (const { type, name, props } of kinds.values()) {
    it(`refuses no ${type} for any value in it that is not known yet`, async () => {
      for (const path of paths(props)) {
        const edits = set(`${type.slice(type.lastIndexOf(":") + 1)} ${name}`, path, UNKNOWN);
        const [resource] = changed(edits).filter((one) => one.type === type && one.name === name);
        for (const policy of single) assert.deepEqual(await run(policy, [resource!]), [], path.join("."));
      }
    });
  }
});

describe("each policy, in the one field that it is about,", () => {
  it("has its cases here", () => {
    assert.deepEqual(Object.keys(CASES).sort(), judging.map(({ name }) => name).sort());
  });

  for (const policy of judging) {
    const one: FieldCase | undefined = CASES[policy.name];
    if (one === undefined) continue;
    const { what, path, wrong, absent, otherKind = "ignored", blamed = what.slice(what.indexOf(" ") + 1) } = one;
    const saidOf = async (edits: readonly Edit[], unconfigured?: Unconfigured): Promise<string[]> => {
      const outcome = await run(policy, changed(...(one.given ?? []), ...edits), one.config, unconfigured);
      assert.ok(Array.isArray(outcome), `${policy.name} does not apply`);
      return outcome;
    };
    const said = (...edits: readonly Edit[]) => saidOf(edits);
    const isIt = ({ type, name }: Registered) => what === `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
    const blames = (messages: readonly string[]) => messages.some((message) => message.startsWith(`${blamed}: `));
    const broken = set(what, path, wrong);

    describe(policy.name, () => {
      it("accepts a value that is right", async () => {
        assert.deepEqual(await said(), []);
      });
      it("refuses one that is wrong", async () => {
        assert.ok(blames(await said(broken)));
      });
      it(`has ${absent} one that is absent`, async () => {
        const messages = await said(set(what, path, undefined));
        if (absent === "refused") assert.ok(blames(messages));
        else assert.deepEqual(messages, []);
      });
      it("accepts one that is not known yet", async () => {
        assert.deepEqual(await said(set(what, path, UNKNOWN)), []);
      });
      it("judges by its inputs what comes without properties, because its provider is not configured yet", async () => {
        assert.deepEqual(await saidOf([], SEEN), []);
        assert.ok(blames(await saidOf([broken], SEEN)));
      });
      if ("validateStack" in policy) {
        it("accepts a resource of which nothing at all is known yet", async () => {
          assert.deepEqual(await saidOf([broken], { has: isIt }), []);
        });
      }
      it(`${otherKind === "missed" ? "does not take" : "ignores"} a resource of another kind`, async () => {
        const type = FOR_ALL_OBJECTS.has(policy.name) ? OTHER_RESOURCE : OTHER_OBJECT;
        const edits = otherKind === "missed" ? [retype(what, type)] : [broken, retype(what, type)];
        assert.equal(blames(await said(...edits)), otherKind === "missed");
      });
    });
  }
});
