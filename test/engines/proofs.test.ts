import { deepEqual, equal } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { FOUNDING } from "../../sandbox/engines/founding";
import { ABSENT, PROOFS, proofsDocument } from "../../sandbox/engines/proofs";

const PAGE = join(__dirname, "..", "..", "docs", "proofs.md");

describe("the list of proofs", () => {
  it("is the text of docs/proofs.md", () => {
    if (process.env.LAKEHOUSE_WRITE_PROOFS === "yes") writeFileSync(PAGE, proofsDocument());
    equal(readFileSync(PAGE, "utf8"), proofsDocument());
  });

  it("names existing tests only", () => {
    const tests = readdirSync(__dirname, { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(__dirname, name), "utf8"))
      .join("\n");
    const written = (title: string) =>
      tests.includes(`"${title}"`) ||
      // A repeated test has a number after its title.
      tests.includes(`\`${title}\${`) ||
      tests.includes(`\${service}: ${title.split(": ").slice(1).join(": ")}\``);
    deepEqual(
      PROOFS.flatMap(({ seen }) => seen).filter((title) => !written(title)),
      [],
    );
  });
});

describe("systems of the founding documents", () => {
  it("each have a row, whose test exists", () => {
    const root = join(__dirname, "..");
    const missing = FOUNDING.flatMap(({ name, level, seen }) => {
      if (seen.length === 0) return level === 0 ? [] : [name];
      const [spec, title] = seen;
      return readFileSync(join(root, spec), "utf8").includes(title) ? [] : [`${name}: ${title}`];
    });
    deepEqual(missing, []);
  });
});

describe("not proven here", () => {
  for (const [what, why] of ABSENT) {
    it(`${what}: ${why}`, function () {
      this.skip();
    });
  }
});
