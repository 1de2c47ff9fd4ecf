import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { RUNBOOKS_PAGE, runbooksPage } from "../../cli/runbooks-page";
import { everything, systemPages, SYSTEM_PAGES, withPicture } from "../../cli/system-pages";
import { platform } from "../../components/cluster";
import { type AnySystem, isOn, pathOf, PRESETS, settingsOf, switchOf, systemName } from "../../components/core/system";
import { order } from "../../components/core/system-order";
import { shared } from "../../components/core/versions";
import { stackFacts, stackPods } from "../../components/facts";
import { runbooksOf, sections } from "../../components/observability/runbooks";
import type { Settings } from "../../components/settings";
import { type Fragment, merge } from "../../components/settings/presets";
import { sizes } from "../../components/settings/sizes";
import { systems } from "../../components/systems";
import { PROJECT_FOLDER } from "../../inputs/project";

/** The contract of each system, with failures by its name. `test/policy/matrix.test.ts` tests what only rendered stacks show. */
describe("the contract of systems", () => {
  for (const system of systems) {
    const name = systemName(system);
    const settings = everything(system);
    const facts = { platform: platform(settings), settings: settingsOf(system, settings), stack: stackFacts(settings) };
    const pods = system.pods(facts);
    const variants = [
      facts.settings,
      ...(system.others ?? []).map((other) => merge(facts.settings as Fragment, other as Fragment)),
    ];

    describe(name, () => {
      it("is on if its switch is, and has no pods in a stack if it is off", () => {
        assert.ok(isOn(system, settings, facts.stack));
        if (system.on !== undefined) return;
        const own = settingsOf(system, settings) as object;
        const off = { [system.switch?.key ?? "enabled"]: system.switch === undefined ? false : "off" };
        const without = merge(settings, { [system.section]: { [system.key]: { ...own, ...off } } }) as Settings;
        const services = new Set(pods.map(({ service }) => service));
        assert.deepEqual(
          stackPods(facts.platform, without).filter(({ service }) => services.has(service)),
          [],
        );
      });

      it("has presets that its settings accept", () => {
        for (const preset of PRESETS) assert.doesNotThrow(() => everything(system, preset), preset);
        for (const preset of Object.keys(system.presets ?? {})) assert.ok(PRESETS.includes(preset as "dev"), preset);
      });

      it("has a least memory for each of its sizes, and for no others", () => {
        const own = [...sizes(facts.settings)].map(({ path }) => path);
        assert.deepEqual(Object.keys(system.least ?? {}).toSorted(), own.toSorted());
      });

      it("runs only pinned products, each with a licence and the setting that turns it on", () => {
        const pinned = Object.values({ ...shared, ...system.pins });
        for (const { pin, setting } of variants.flatMap((own) => system.uses(own, facts.stack))) {
          assert.ok(pinned.includes(pin), pin.name);
          assert.notEqual(pin.licence, "", pin.name);
          assert.ok(setting.startsWith(pathOf(system)), setting);
        }
      });

      it("lists the pins of its folder", () => {
        const file = join(PROJECT_FOLDER, "components", system.section, name, "pins.ts");
        assert.equal(system.pins !== undefined, existsSync(file), file);
      });

      it("has a provider for each of its needs", () => {
        for (const { of } of Object.values(system.needs))
          assert.ok(
            systems.some(({ gives }) => gives.includes(of)),
            of,
          );
      });

      it("monitors its own services", () => {
        const services = new Set(
          variants.flatMap((own) => system.pods({ ...facts, settings: own })).map(({ service }) => service),
        );
        for (const service of Object.keys(system.monitoring?.(facts) ?? {})) assert.ok(services.has(service), service);
      });

      it("has doors with unique names", () => {
        const names = systems.flatMap((each) =>
          each === system || each.kind !== system.kind
            ? (each.doors?.({ ...facts, settings: settingsOf(each, settings) }) ?? []).map((door) => door.name)
            : [],
        );
        assert.equal(new Set(names).size, names.length);
      });

      it("has a unique path of settings, or a unique kind at a shared path", () => {
        const twins = systems.filter(
          (each) => each !== system && pathOf(each) === pathOf(system) && each.kind === system.kind,
        );
        assert.deepEqual(twins, []);
        assert.ok(switchOf(system).startsWith("lakehouse:"));
      });

      it("has a page about its use, whose head is its description", () => {
        const page = `${name}.md`;
        const text = readFileSync(join(SYSTEM_PAGES, page), "utf8");
        assert.equal(text, systemPages().get(page), "run npm run schema");
        assert.match(text.split("<!-- Above")[1] ?? "", /\n## Use\n\S/, `${page}: say below the line how it is used`);
      });

      it("has a runbook on its page for each of its alerts, and for no others", () => {
        const page = `docs/systems/${name}.md`;
        const alerts = variants.flatMap((own) =>
          Object.values(system.monitoring?.({ ...facts, settings: own }) ?? {}).flatMap((each) => each.alerts),
        );
        const names = [...new Set(alerts.map((alert) => alert.name))];
        const runbooks = [...sections(runbooksOf(readFileSync(join(PROJECT_FOLDER, page), "utf8"))).keys()];
        const missing = names.filter((alert) => !runbooks.includes(alert));
        assert.deepEqual(missing, [], `${page} has no "### <alert>" below "## Runbooks" for ${missing.join(", ")}`);
        assert.deepEqual(runbooks.toSorted(), names.toSorted(), `${page} has runbooks of alerts that are not its own`);
      });
    });
  }

  it("has no page without a system", () => {
    assert.deepEqual(readdirSync(SYSTEM_PAGES).toSorted(), systems.map((each) => `${systemName(each)}.md`).toSorted());
  });

  it("has all runbooks in docs/runbooks.md too", () => {
    const page = readFileSync(RUNBOOKS_PAGE, "utf8");
    assert.equal(page, runbooksPage(page), "run npm run schema");
  });

  it("is drawn in docs/architecture.md, whose walks meet no file twice", () => {
    const page = readFileSync(join(PROJECT_FOLDER, "docs/architecture.md"), "utf8");
    assert.equal(page, withPicture(page), "run npm run schema");
    const walks = page.split("## Walk of ").slice(1);
    assert.equal(walks.length, 2);
    for (const walk of walks) {
      const files = [...walk.matchAll(/^\d+\. `([\w./-]+)`/gm)].map(([, file = ""]) => file);
      assert.ok(files.length > 5, walk);
      assert.deepEqual(files, [...new Set(files)]);
      for (const file of files) assert.ok(existsSync(join(PROJECT_FOLDER, file)), file);
    }
  });

  it("has no cycle of needs", () => {
    assert.equal(order(systems).length, systems.length);
    const circle = [
      { ...systems[0]!, key: "egg", gives: ["sql"], needs: { jobs: { of: "jobs", how: "one" } } },
      { ...systems[0]!, key: "hen", gives: ["jobs"], needs: { sql: { of: "sql", how: "one" } } },
    ] as const satisfies readonly AnySystem[];
    assert.throws(() => order(circle), /systems need each other: egg → hen → egg/);
  });
});
