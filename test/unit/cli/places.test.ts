import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readStackFile } from "../../../inputs/stack-file";
import { shippedText } from "../../support/stacks";
import { COMMAND, type Ended, lakehouse, ROOT } from "./command";

describe("an unusable folder, file or name", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-places-"));
    writeFileSync(join(folder, "settings.yaml"), shippedText("dev"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = () => join(folder, "settings.yaml");
  const tree = () => readdirSync(folder, { recursive: true }).map(String).sort();
  const refused = ({ status, stdout, stderr }: Ended, line: RegExp) => {
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, line);
    assert.match(stderr, /^[^\n]+\n$/);
  };
  const plan = (...args: readonly string[]) =>
    lakehouse(["plan", "--config-file", settings(), "--out", join(folder, "out"), ...args]).ended;

  describe("the name of a stack", () => {
    const message = /^--stack: given ".*"; allowed: 1 to 100 letters, digits, hyphens, underscores and periods$/;
    for (const name of ["../docs", ".", "..", "", "a/b", "a\\b", "a b", "é", "x".repeat(101), "\u001b[31mred"]) {
      it(`is not ${JSON.stringify(name.slice(0, 12))}, even if the stack has a file`, () => {
        assert.throws(() => readStackFile(folder, name, settings()), { name: "InputError", message });
      });
    }

    it("can be any that Pulumi allows", () => {
      for (const name of ["my.stack_1-b", "...", "x".repeat(100)])
        assert.equal(readStackFile(folder, name, settings()).stack, name);
    });

    it("is checked by each command before any change", async () => {
      const before = tree();
      const given = ["-s", "../docs", "--config-file", settings()];
      const commands = [
        ["plan", "--out", join(folder, "out")],
        ["render", "--out", join(folder, "out")],
        ["validate"],
        ["sandbox", "--stop"],
      ];
      const runs = await Promise.all(commands.map((command) => lakehouse([...command, ...given]).ended));
      for (const run of runs) refused(run, new RegExp(message.source, "m"));
      assert.deepEqual(tree(), before);
    });
  });

  const places: Readonly<Record<string, { readonly make: () => readonly string[]; readonly line: RegExp }>> = {
    "a file of a user in the stack's folder": {
      make: () => {
        mkdirSync(join(folder, "out", "homelab"), { recursive: true });
        writeFileSync(join(folder, "out", "homelab", "kustomization.yaml"), "x");
        return [];
      },
      line: /out\/homelab: lakehouse did not write it .*; nothing was written/,
    },
    "a file where the stack's folder goes": {
      make: () => {
        mkdirSync(join(folder, "out"));
        writeFileSync(join(folder, "out", "homelab"), "x");
        return [];
      },
      line: /out\/homelab: a file; allowed: a folder/,
    },
    "a file as --out": {
      make: () => ["--out", settings()],
      line: /^--out .*settings\.yaml: a file; allowed: a folder/,
    },
    "an empty --out": { make: () => ["--out", ""], line: /^--out: given ""; allowed: a folder/ },
    "an empty --config-file": { make: () => ["--config-file", ""], line: /^--config-file: given ""; allowed: a file/ },
    "a folder as --config-file": {
      make: () => ["--config-file", folder],
      line: /^.*lakehouse-places-.*: cannot be read: illegal operation on a directory; allowed: a file/,
    },
    "a file that does not exist": {
      make: () => ["--config-file", join(folder, "none.yaml")],
      line: /^--config-file .*none\.yaml: does not exist/,
    },
    "a file below a file": {
      make: () => ["--config-file", join(settings(), "none.yaml")],
      line: /^--config-file .*: does not exist/,
    },
    "an input without an end": {
      make: () => ["--config-file", "/dev/zero"],
      line: /^\/dev\/zero: larger than 1 MiB; allowed: at most 1048576 bytes/,
    },
  };
  for (const [name, { make, line }] of Object.entries(places)) {
    it(`gives one line and exit code 2, and nothing is written: ${name}`, async () => {
      const args = make();
      const before = tree();
      refused(await plan(...args), line);
      assert.deepEqual(tree(), before);
    });
  }

  const contents: Readonly<Record<string, { readonly text: string | Buffer; readonly line: RegExp }>> = {
    "a value that contains itself": {
      text: "config:\n  lakehouse:nodes: &a [*a]\n",
      line: /settings\.yaml: a value contains itself by an alias; allowed: values without cycles/,
    },
    "aliases that multiply": {
      text: `${["a", "b", "c", "d"]
        .map(
          (key, at, keys) =>
            `${key}: &${key} [${Array(9)
              .fill(at === 0 ? "x" : `*${keys[at - 1] ?? ""}`)
              .join(", ")}]`,
        )
        .join("\n")}\nconfig: *d\n`,
      line: /settings\.yaml: not YAML: Excessive alias count/,
    },
    "an alias of nothing": { text: "config: *none\n", line: /settings\.yaml: not YAML: Unresolved alias/ },
    "lists in lists without an end": {
      text: `config: ${"[".repeat(1_000_000)}`,
      line: /settings\.yaml: nested too deeply; allowed: settings/,
    },
    "lists in lists without brackets": {
      text: `config: \n${"- ".repeat(400_000)}`,
      line: /settings\.yaml: nested too deeply; allowed: settings/,
    },
    "a tag that says nothing": {
      text: "config: !foo {}\n",
      line: /settings\.yaml:1:9: not YAML: Unresolved tag: !foo/,
    },
    "bytes that are no text": { text: Buffer.from([0xff, 0xfe, 0x00]), line: /settings\.yaml: not text in UTF-8/ },
  };
  for (const [name, { text, line }] of Object.entries(contents)) {
    it(`gives one line: ${name}`, () => {
      writeFileSync(settings(), text);
      assert.throws(() => readStackFile(folder, "dev", settings()), { name: "InputError", message: line });
    });
  }

  it("gives one line and exit code 2 from the command, without control characters", async () => {
    writeFileSync(settings(), 'config:\n  "\\e[31mred\\nsecond": 1\n');
    refused(await plan(), /^.*settings\.yaml:2:3: {2}\[31mred second: a key without a namespace; did you mean/);
    writeFileSync(settings(), "config:\n  lakehouse:nodes: &a [*a]\n");
    refused(await plan(), /^.*settings\.yaml: a value contains itself by an alias; allowed: values without cycles/);
  });

  it("gives one line if the system fails a write of the plan, and leaves nothing", async function () {
    if (process.platform !== "linux") return this.skip();
    // With a limit of one block for files, the first larger file fails.
    const command = [COMMAND, "plan", "--config-file", settings(), "--out", join(folder, "out")];
    const quoted = [process.execPath, ...command].map((word) => `'${word}'`).join(" ");
    const full = spawnSync("bash", ["-c", `ulimit -f 1; exec ${quoted}`], { encoding: "utf8", cwd: ROOT });
    refused({ ...full, status: full.status }, /out\/homelab: cannot be written: file too large/);
    assert.equal(existsSync(join(folder, "out")), false);
    if (process.getuid?.() === 0) return;
    mkdirSync(join(folder, "sealed"));
    chmodSync(join(folder, "sealed"), 0o500);
    refused(await plan("--out", join(folder, "sealed")), /sealed\/homelab: cannot be written: permission denied/);
  });

  it("gives one line if standard output is full, and none if it is closed", async function () {
    if (!existsSync("/dev/full")) return this.skip();
    const validate = ["validate", "--config-file", settings()];
    const full = lakehouse(validate, { stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
    refused(await full.ended, /^standard output: cannot be written: no space left on device\n/);
    const both = openSync("/dev/full", "w");
    const silent = lakehouse(validate, { stdio: ["ignore", both, both] });
    assert.equal((await silent.ended).status, 2);
    const closed = lakehouse(validate);
    closed.stdout?.destroy();
    const { status, stderr } = await closed.ended;
    assert.deepEqual([status, stderr], [0, ""]);
  });

  it("gives one line if nothing is installed yet, or Node is too old", () => {
    const project = join(folder, "project");
    for (const part of ["bin", "scripts", "cli"]) cpSync(join(ROOT, part), join(project, part), { recursive: true });
    const run = spawnSync(process.execPath, [join(project, "bin", "lakehouse.js"), "plan"], { encoding: "utf8" });
    refused(
      { ...run, status: run.status },
      /^lakehouse: the package @?[\w/-]+ is not installed; run npm ci in .*project\n/,
    );
    const old = `Object.defineProperty(process.versions, "node", { value: "18.20.0" }); require(${JSON.stringify(COMMAND)});`;
    const aged = spawnSync(process.execPath, ["-e", old], { encoding: "utf8" });
    refused({ ...aged, status: aged.status }, /^lakehouse: Node\.js 18\.20\.0 is too old; needed: 20\.19 or newer\n/);
  });

  it("cannot move the cursor by text from the command line", async () => {
    const paint = "\u001b[2J\u0007\u009b31m\u202e";
    const inputs = [["plan", `--${paint}`], [paint], ["validate", "--config-file", join(folder, paint)]];
    const runs = await Promise.all(inputs.map((args) => lakehouse(args).ended));
    for (const { status, stdout, stderr } of runs) {
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      assert.match(stderr, /^[^\n]+\n$/);
    }
  });
});
