import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { watched } from "./watched";

const text = readFileSync(join(__dirname, "..", "..", "..", "docs", "runbooks.md"), "utf8");
/** Sections by heading: `### TrinoWorkerMissing`. */
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split("\n", 1)[0] ?? "", section.split(/^#{1,2} /m)[0] ?? ""]),
);

describe("runbooks", () => {
  for (const { service, monitoring } of watched) {
    for (const { name } of monitoring.alerts) {
      it(`say what to do: ${service} ${name}`, () => {
        const section = sections.get(name);
        assert.ok(section !== undefined, `docs/runbooks.md has no heading "### ${name}"`);
        for (const part of ["**Meaning.**", "**First checks.**", "**Remedy.**"])
          assert.ok(section.includes(part), `${name} has no ${part}`);
        assert.match(section, /```sh\n[^`]+```/, `${name} has no command to begin with`);
      });
    }
  }

  it("are for alerts that exist", () => {
    const alerts = watched.flatMap(({ monitoring }) => monitoring.alerts.map((alert) => alert.name));
    assert.deepEqual(
      [...sections.keys()].filter((heading) => !alerts.includes(heading)),
      [],
    );
  });
});
