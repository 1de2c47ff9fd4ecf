import assert from "node:assert/strict";

import fc from "fast-check";

import { sanitize, safeJson, oneLine } from "../../../cli/terminal";

/** Control characters, except for the line feed. */
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const ACTS_OR_ENDS = new RegExp(`${ACTS.source}|\\n`);

describe("text for a terminal", () => {
  it("keeps line feeds, and no other control characters", () => {
    assert.equal(sanitize("a\nb\r\u001b[31mc\u009b2J\u202ed\te"), "a\nb  [31mc 2J d e");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        return !ACTS.test(sanitize(text)) && !ACTS_OR_ENDS.test(oneLine(text));
      }),
    );
  });

  it("keeps only colours, and only on request", () => {
    assert.equal(
      sanitize("\u001b[1;31mred\u001b[0m \u001b[2J\u001b]0;title\u0007", { colour: true }),
      "\u001b[1;31mred\u001b[0m  [2J ]0;title ",
    );
  });

  it("is bounded in one line", () => {
    assert.equal(oneLine("x".repeat(5000)).length, 1000);
    assert.equal(oneLine(" a\n b "), "a  b");
  });

  it("is equal in JSON, without control characters", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (value) => {
        const text = safeJson(value);
        assert.doesNotMatch(text, ACTS);
        assert.deepEqual(JSON.parse(text), { ...value });
      }),
    );
  });
});
