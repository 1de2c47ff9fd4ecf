import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { runbooks, sections } from "../../../components/observability/runbooks";
import { watched } from "./watched";

const text = readFileSync(join(__dirname, "..", "..", "..", "docs", "runbooks.md"), "utf8");
const all = sections(text);

describe("runbooks", () => {
  for (const { service, monitoring } of watched) {
    for (const { name } of monitoring.alerts) {
      it(`say what to do: ${service} ${name}`, () => {
        const section = all.get(name);
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
      [...all.keys()].filter((heading) => !alerts.includes(heading)),
      [],
    );
  });

  it("stand in the alerts themselves as they are: no character of theirs is one of a template", () => {
    for (const [name, section] of all) {
      assert.equal(runbooks().steps(name), section);
      assert.doesNotMatch(section, /\{\{|\$/, `${name}: Prometheus would expand it`);
    }
    assert.throws(() => runbooks().steps("NoSuchAlert"), /docs\/runbooks\.md has no heading "### NoSuchAlert"/);
  });
});
