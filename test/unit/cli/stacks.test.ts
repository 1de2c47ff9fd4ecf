import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isMap, parseDocument } from "yaml";

import { readStackFile } from "../../../inputs/stack-file";
import { inOneLayout, shippedText, shippedWith, STACKS } from "../../support/stacks";
import { ROOT } from "./command";

/** A stack's file after `pulumi stack init` and `pulumi config set`: another layout, and additional keys. */
function asPulumiWrites(text: string): string {
  const document = parseDocument(text);
  document.set("encryptionsalt", "v1:x:y");
  const config = document.get("config");
  assert.ok(isMap(config));
  config.set("kubernetes:context", "mine");
  const written = document.toString({ indent: 4, flowCollectionPadding: false, lineWidth: 0 });
  return written.replaceAll(/^ *(#.*)?\n/gm, "");
}

describe("the shipped stacks in tests", () => {
  for (const stack of STACKS) {
    it(`${stack} is the same after Pulumi's command line has rewritten its file`, () => {
      const file = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
      const written = asPulumiWrites(file);
      assert.notEqual(written, file);
      assert.equal(inOneLayout(written).toString({ lineWidth: 0 }), shippedText(stack));
    });
  }

  it("can have other values", () => {
    const changes = { "lakehouse:nodes/0/memory": "16Gi", "lakehouse:streaming": undefined };
    const changed = parseDocument(shippedWith("dev", changes));
    assert.equal(changed.getIn(["config", "lakehouse:nodes", 0, "memory"]), "16Gi");
    assert.equal(changed.hasIn(["config", "lakehouse:streaming"]), false);
  });

  it("can share values by YAML's merge key, like Pulumi", () => {
    const folder = mkdtempSync(join(tmpdir(), "lakehouse-stack-"));
    try {
      const file = join(folder, "Pulumi.mine.yaml");
      writeFileSync(file, "config:\n  lakehouse:nodes:\n    - &one { name: a, cpu: 8 }\n    - { <<: *one, name: b }\n");
      const { values } = readStackFile(folder, "mine");
      assert.deepEqual(JSON.parse(values["lakehouse:nodes"] ?? ""), [
        { name: "a", cpu: 8 },
        { cpu: 8, name: "b" },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
