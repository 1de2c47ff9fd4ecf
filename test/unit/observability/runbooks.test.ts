import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { RUNBOOKS_PAGE } from "../../../cli/runbooks-page";
import { joined, runbooks, sections } from "../../../components/observability/runbooks";
import { watched } from "./watched";

describe("runbooks", () => {
  for (const { service, monitoring } of watched) {
    for (const { name } of monitoring.alerts) {
      it(`have steps: ${service} ${name}`, () => {
        const section = runbooks().steps(name);
        for (const part of ["**Meaning.**", "**First checks.**", "**Remedy.**"])
          assert.ok(section.includes(part), `${name} has no ${part}`);
        assert.match(section, /```sh\n[^`]+```/, `${name} has no command to begin with`);
        assert.doesNotMatch(section, /\{\{|\$/, `${name}: Prometheus would expand it`);
      });
    }
  }

  it("are equal on the page that alerts link to", () => {
    const page = sections(readFileSync(RUNBOOKS_PAGE, "utf8"));
    const names = watched.flatMap(({ monitoring }) => monitoring.alerts.map(({ name }) => name));
    assert.deepEqual(
      names.map((name) => [name, runbooks().steps(name)]),
      names.map((name) => [name, page.get(name)]),
    );
  });

  it("name the place for a missing one", () => {
    assert.throws(
      () => runbooks().steps("NoSuchAlert"),
      /no page of docs\/systems\/ has the heading "### NoSuchAlert" below "## Runbooks"/,
    );
  });

  it("have the same link targets on one page as on their systems' pages", () => {
    const one = ["# one", "## Use", "### NoAlert", "## Runbooks", "Text.", "### OneDown", "See [two](two.md#twodown)."];
    const two = ["# two", "## Runbooks", "### TwoDown", "[a](#twodown), [b](one.md#use), [c](../operations.md#x),"];
    const more = ["[d](../../images/README.md), [e](https://example.org/f.md).", "## More", "By hand."];
    const [first = "", second = "", third = ""] = joined([one.join("\n"), [...two, ...more].join("\n"), "# none\n"]);
    assert.equal(first, "Text.\n### OneDown\nSee [two](#twodown).");
    const links = [
      "[a](#twodown), [b](systems/one.md#use), [c](operations.md#x),",
      "[d](../images/README.md), [e](https://example.org/f.md).",
    ];
    assert.equal(second, ["### TwoDown", ...links, "## More", "By hand."].join("\n"));
    assert.equal(third, "");
    assert.deepEqual([...sections(second)], [["TwoDown", links.join("\n")]]);
  });
});
