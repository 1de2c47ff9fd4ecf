import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseDocument, visit } from "yaml";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { STACKS } from "../../support/stacks";

/** A stack's file in Pulumi's layout after a changed value: no empty lines, no spaces inside braces. */
function asPulumiWrites(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Node: (_key, node) => {
      if ("spaceBefore" in node) node.spaceBefore = false;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

describe("stack files", () => {
  for (const stack of STACKS) {
    it(`are shipped in Pulumi's layout, so that setting one value changes one line: ${stack}`, () => {
      const text = readFileSync(join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8");
      assert.equal(asPulumiWrites(text), text);
    });
  }

  it("keep the comments in front of settings", () => {
    const text = "# Header\nconfig:\n\n  # Why.\n  a:b:\n    # How.\n    c: { d: 1 }\n";
    assert.equal(asPulumiWrites(text), "# Header\nconfig:\n  # Why.\n  a:b:\n    # How.\n    c: {d: 1}\n");
  });
});
