import { deepEqual, equal } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ABSENT, PROOFS, proofsDocument } from "../../sandbox/engines/proofs";

const PAGE = join(__dirname, "..", "..", "docs", "proofs.md");

describe("what is proven", () => {
  it("is in docs/proofs.md as it is", () => {
    if (process.env.LAKEHOUSE_WRITE_PROOFS === "yes") writeFileSync(PAGE, proofsDocument());
    equal(readFileSync(PAGE, "utf8"), proofsDocument());
  });

  it("is told of tests that there are", () => {
    const tests = readdirSync(__dirname, { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(__dirname, name), "utf8"))
      .join("\n");
    const written = (title: string) =>
      tests.includes(`"${title}"`) ||
      // Of one that runs several times the number follows.
      tests.includes(`\`${title}\${`) ||
      tests.includes(`\${service}: ${title.split(": ").slice(1).join(": ")}\``);
    deepEqual(
      PROOFS.flatMap(({ seen }) => seen).filter((title) => !written(title)),
      [],
    );
  });
});

describe("what cannot be had here", () => {
  for (const [what, why] of ABSENT) {
    it(`${what}: ${why}`, function () {
      this.skip();
    });
  }
});
