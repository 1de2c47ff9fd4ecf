import assert from "node:assert/strict";

import { lakehouse } from "./command";

describe("lakehouse cost", () => {
  const cost = (...args: readonly string[]) => lakehouse(["cost", ...args]).ended;

  it("has the bill of a preset as JSON", async () => {
    const { status, stdout, stderr } = await cost("--preset", "large", "--book", "founding", "--json");
    assert.deepEqual([status, stderr], [0, ""]);
    const { currency, monthly, lines } = JSON.parse(stdout) as {
      currency: string;
      monthly: number;
      lines: { line: string; monthly: number }[];
    };
    assert.deepEqual([currency, monthly, lines.length], ["USD", 42_700, 11]);
    assert.deepEqual([lines[1]?.line, lines[1]?.monthly], ["Kubernetes compute", 12_000]);
  });

  it("has lines, systems and what no pod uses in a terminal, at most as wide as it must be", async () => {
    const { status, stdout } = await cost("--stack", "homelab", "--book", "usage");
    assert.equal(status, 0);
    for (const text of [
      /^homelab costs \$1,3\d\d a month\n/,
      /\n {2}cpu +48 × \$15 per core +\$720\n/,
      /\n {2}trino +query +\$\d+\n/,
      /\n {2}machines: buffer +cluster +\$\d+\n/,
      /prices: usage of 2026-11/,
    ])
      assert.match(stdout, text);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
  });

  it("says in one line what is wrong", async () => {
    const { status, stdout, stderr } = await cost("--preset", "lage");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      "--preset: given \"lage\"; allowed: dev, homelab, minimal, medium, large; did you mean 'large'?\n",
    );
  });
});
