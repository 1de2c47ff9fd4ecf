import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import ts from "typescript";

import { policies } from "../../../policies/policies";
import { run } from "./runner";
import { compliant } from "./stack";

describe("the pack", () => {
  for (const policy of policies.filter((one) => !("remediateResource" in one))) {
    it(`accepts the compliant stack: ${policy.name}`, async () => {
      assert.deepEqual(await run(policy, compliant()), []);
    });
  }

  it("imports only its own files, so that it is independent of the program", () => {
    const root = join(__dirname, "..", "..", "..", "policies");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
      /^(?!node_modules).*\.ts$/.test(file),
    );
    assert.ok(files.length > 60, String(files.length));
    const foreign = files.flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
      const names = importedFiles.map(({ fileName }) => fileName);
      const outside = (name: string) =>
        name.startsWith(".")
          ? relative(root, join(root, dirname(file), name)).startsWith("..")
          : !/^(node:|@pulumi\/(policy|pulumi)(\/|$)|google-protobuf\/)/.test(name);
      return names.filter(outside).map((name) => `${file} imports ${name}`);
    });
    assert.deepEqual(foreign, []);
  });

  it("has unique policy names of the form <kind>-<verb>-<what>", () => {
    const names = policies.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+-(require|forbid|limit|fit|cover|reserve|remediate)-[a-z-]+$/);
  });

  it("describes policies in one full sentence on one line", () => {
    for (const { description } of policies) assert.match(description, /^[A-Z][^\n]+\.$/);
  });

  it("explains every policy in its README", () => {
    const readme = readFileSync(join(__dirname, "..", "..", "..", "policies", "README.md"), "utf8");
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}\``)),
      [],
    );
  });
});
