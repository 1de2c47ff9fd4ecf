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
/** Kinds that no policy judges; the second is also unknown to policies for all custom resources. */
const [OTHER_OBJECT, OTHER_RESOURCE] = ["kubernetes:example.com/v1:Thing", "example:index/thing:Thing"];
const FOR_ALL_OBJECTS = new Set(["customresource-forbid-secrets"]);

/** Policies without cases: remediations (remediate.test.ts), and policies of options (state.test.ts) or kinds (kinds.test.ts). */
const NO_FIELD = new Set(["crd-require-retention", "object-require-known-kind"]);
const judging = policies.filter(({ name }) => !name.includes("-remediate-") && !NO_FIELD.has(name));

/** The engine asks no provider, because all configuration comes from resources that do not exist yet. */
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
    it(`accepts any unknown value in a ${type}`, async () => {
      for (const path of paths(props)) {
        const edits = set(`${type.slice(type.lastIndexOf(":") + 1)} ${name}`, path, UNKNOWN);
        const [resource] = changed(edits).filter((one) => one.type === type && one.name === name);
        for (const policy of single) assert.deepEqual(await run(policy, [resource!]), [], path.join("."));
      }
    });
  }
});

describe("each policy, in its field,", () => {
  it("has a case here", () => {
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
      it("accepts a right value", async () => {
        assert.deepEqual(await said(), []);
      });
      it("refuses a wrong value", async () => {
        assert.ok(blames(await said(broken)));
      });
      it(`${absent === "refused" ? "refuses" : "accepts"} an absent value`, async () => {
        const messages = await said(set(what, path, undefined));
        if (absent === "refused") assert.ok(blames(messages));
        else assert.deepEqual(messages, []);
      });
      it("accepts an unknown value", async () => {
        assert.deepEqual(await said(set(what, path, UNKNOWN)), []);
      });
      it("judges a resource without properties, whose provider is not configured yet, by its inputs", async () => {
        assert.deepEqual(await saidOf([], SEEN), []);
        assert.ok(blames(await saidOf([broken], SEEN)));
      });
      if ("validateStack" in policy) {
        it("accepts a completely unknown resource", async () => {
          assert.deepEqual(await saidOf([broken], { has: isIt }), []);
        });
      }
      it(`${otherKind === "missed" ? "does not accept" : "ignores"} a resource of another kind`, async () => {
        const type = FOR_ALL_OBJECTS.has(policy.name) ? OTHER_RESOURCE : OTHER_OBJECT;
        const edits = otherKind === "missed" ? [retype(what, type)] : [broken, retype(what, type)];
        assert.equal(blames(await said(...edits)), otherKind === "missed");
      });
    });
  }
});
