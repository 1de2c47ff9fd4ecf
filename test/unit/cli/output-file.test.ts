import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { OutputFile } from "../../../preview/output-file";
import { temporary } from "../../support/temporary";
import { lakehouse } from "./command";

describe("a result in a file", () => {
  let folder = "";
  beforeEach(() => {
    folder = temporary("output");
  });
  const at = (...path: readonly string[]) => join(folder, ...path);
  const write = (file: string, text: string) => {
    new OutputFile(file).write(text);
  };

  it("is there as a whole, keeps its mode, and leaves nothing beside it", () => {
    write(at("new.txt"), "one\n");
    writeFileSync(at("old.txt"), "before");
    chmodSync(at("old.txt"), 0o640);
    write(at("old.txt"), "after\n");
    assert.deepEqual(
      ["new.txt", "old.txt"].map((name) => readFileSync(at(name), "utf8")),
      ["one\n", "after\n"],
    );
    assert.equal(statSync(at("old.txt")).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(folder).sort(), ["new.txt", "old.txt"]);
  });

  it("goes where a link leads, and to a device", () => {
    mkdirSync(at("there"));
    writeFileSync(at("there", "file"), "");
    symlinkSync(join("there", "file"), at("link"));
    write(at("link"), "x");
    assert.equal(readlinkSync(at("link")), join("there", "file"));
    assert.equal(readFileSync(at("there", "file"), "utf8"), "x");
    write("/dev/null", "x");
    assert.equal(statSync("/dev/null").isFile(), false);
  });

  it("that cannot be written is refused before any work, in one line", () => {
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "");
    symlinkSync("nowhere", at("link"));
    const cases: Readonly<Record<string, RegExp>> = {
      "": /^--output: given ""; allowed: a file/,
      [at("folder")]: /^--output: .*: a folder; allowed: a file in a folder that is there$/,
      [at("link")]: /: a link to nothing; allowed/,
      [at("none", "x")]: /none\/x: .*none is no folder; allowed/,
      [at("file", "x")]: /file\/x: .*(not a directory|is no folder); allowed/,
    };
    for (const [file, message] of Object.entries(cases))
      assert.throws(() => new OutputFile(file), { name: "InputError", message }, file);
    if (process.getuid?.() === 0) return;
    chmodSync(at("folder"), 0o500);
    assert.throws(() => new OutputFile(at("folder", "x")), { message: /cannot be written: permission denied/ });
  });

  it("is what the command prints otherwise, without colours", async () => {
    const cost = ["cost", "-s", "dev"];
    const [printed, silent] = await Promise.all([
      lakehouse(cost).ended,
      lakehouse([...cost, "-o", at("cost.txt")]).ended,
    ]);
    assert.deepEqual([silent.status, silent.stdout, silent.stderr], [0, "", ""]);
    assert.equal(readFileSync(at("cost.txt"), "utf8"), printed.stdout);
    const refused = await lakehouse([...cost, "--json", "--output", at("none", "cost.json")]).ended;
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /^--output: [^\n]+\n$/);
    assert.match(refused.stdout, /"path": "--output"/);
    assert.equal(existsSync(at("none")), false);
  });

  it("is a plan in any form, with the plan's exit code, beside the plan's own folder", async () => {
    const args = ["plan", "-s", "dev", "--out", at("out"), "--html", "-o", at("plan.html")];
    const { status, stdout } = await lakehouse(args).ended;
    assert.deepEqual([status, stdout], [0, ""]);
    assert.match(readFileSync(at("plan.html"), "utf8"), /^<!doctype html>/i);
    assert.ok(existsSync(at("out", "dev", "plan.json")));
  });
});
