import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { InputError } from "../../../inputs/input-error";
import { stackSettings } from "../../../preview/plan";
import { mistakesIn, readStackFile } from "../../../inputs/stack-file";

describe("places of mistakes in a stack's file", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-lines-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = () => join(folder, "Pulumi.mine.yaml");
  const config = (lines: readonly string[]) => {
    writeFileSync(file(), `${lines.join("\n")}\n`);
    return readStackFile(folder, "mine");
  };
  const placed = (lines: readonly string[], path: string) => {
    const [found] = mistakesIn(config(lines), [{ path, message: "wrong" }]);
    return found?.line === undefined ? undefined : `${found.line}:${found.column}`;
  };

  const BLOCK = [
    "# Comment: not a key",
    "config:",
    "  lakehouse:nodes:",
    "    - name: a",
    "      memory: 1",
    "    - {name: b, memory: 2}",
    "  lakehouse:query:",
    "    trino:",
    '      "worker": {cpu: 1, "memory": x}',
    "  lakehouse:cluster:",
    "    registryMirrors:",
    "      quay: a",
    "      quay.io: b",
  ];
  const PLACES: Readonly<Record<string, string>> = {
    "lakehouse:nodes": "3:3",
    "lakehouse:nodes[0].memory": "5:7",
    "lakehouse:nodes[1]": "6:7",
    "lakehouse:nodes[1].memory": "6:17",
    "lakehouse:query.trino.worker.memory": "9:26",
    "lakehouse:cluster.registryMirrors.quay.io": "13:7",
    "lakehouse:cluster.registryMirrors.quay": "12:7",
    // What is missing: the section around it.
    "lakehouse:nodes[0].cpu": "4:7",
    "lakehouse:nodes[7].cpu": "3:3",
    "lakehouse:query.trino.coordinator.memory": "8:5",
    "lakehouse:query.trinoo": "7:3",
    "lakehouse:storage.objects": "2:1",
  };
  for (const [path, place] of Object.entries(PLACES)) {
    it(`${path} is at ${place}`, () => {
      assert.equal(placed(BLOCK, path), place);
    });
  }

  it("of values that are taken from elsewhere are there", () => {
    const lines = [
      "config:",
      "  lakehouse:nodes:",
      "    - &one {name: a, memory: 1}",
      "    - {<<: *one, name: b}",
      "    - *one",
    ];
    assert.equal(placed(lines, "lakehouse:nodes[1].name"), "4:18");
    assert.equal(placed(lines, "lakehouse:nodes[1].memory"), "3:22");
    assert.equal(placed(lines, "lakehouse:nodes[2].memory"), "3:22");
    assert.equal(placed(lines, "lakehouse:nodes[2].cpu"), "5:7");
  });

  it("in settings that are JSON text are those of the text", () => {
    const lines = ["config:", "  lakehouse:preset: dev", `  lakehouse:nodes: '[{"name": "a", "memory": 1}]'`];
    assert.equal(placed(lines, "lakehouse:nodes[0].memory"), "3:3");
  });

  it("are in each message of broken settings, of every kind of rule", () => {
    const settings = config([
      "config:",
      "  lakehouse:preset: dev",
      "  lakehouse:nodes:",
      "    - {name: a, pool: p, cpu: 8, memory: 24}",
      "  lakehouse:pools: {p: {default: true}}",
      "  lakehouse:query:",
      "    trino: {wrker: {}}",
      "  lakehous:storage: {}",
    ]);
    assert.throws(
      () => stackSettings(settings),
      (error: InputError) => {
        const places = error.mistakes.map(({ file: of, line, column, path }) => [of, line, column, path]);
        assert.deepEqual(places, [
          [file(), 8, 3, "lakehous:storage"],
          [file(), 4, 34, "lakehouse:nodes[0].memory"],
          [file(), 1, 1, "lakehouse:storage.objects"],
          [file(), 7, 13, "lakehouse:query.trino.wrker"],
        ]);
        assert.equal(error.lines[1], `${file()}:4:34: lakehouse:nodes[0].memory: ${error.mistakes[1]?.message}`);
        return true;
      },
    );
  });

  it("are told of text that is no YAML", () => {
    const failing = (lines: readonly string[], text: RegExp) => {
      assert.throws(() => config(lines), { name: "InputError", message: text });
    };
    failing(["config:", "  a:b: [1, 2", "  c:d: 3"], /Pulumi\.mine\.yaml:3:\d+: not YAML: [^\n]*$/);
    failing(["config:", "  a:b: 1", "  a:b: 2"], /Pulumi\.mine\.yaml:3:3: not YAML: Map keys must be unique$/);
    failing(["config:", "\ta:b: 1"], /Pulumi\.mine\.yaml:2:1: not YAML: Tabs are not allowed as indentation$/);
  });
});
