import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { SCRIPTS } from "../../../cli/completion";
import { COMMAND, lakehouse } from "./command";

/** Has a real shell load the script and complete a line, whose last word is at the cursor. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    "--norc",
    "-c",
    `source "$SCRIPT"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lakehouse; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    ...words,
  ],
  zsh: (words) => [
    "-f",
    "-c",
    `compdef() { [[ $1 == _lakehouse ]] }; _describe() { print -l -- "\${(@)found%%:*}" }; _files() { };
     source "$SCRIPT"; words=("$@"); CURRENT=$#; _lakehouse`,
    "zsh",
    ...words,
  ],
  fish: (words) => ["--no-config", "-c", `source $SCRIPT; complete -C '${words.join(" ")}'`],
};

describe("completion", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-completion-"));
    symlinkSync(COMMAND, join(folder, "lakehouse"));
    for (const stack of ["mine", "my.other"]) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "");
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const offered = (shell: string, words: readonly string[]): string[] => {
    const script = join(folder, `script.${shell}`);
    writeFileSync(script, SCRIPTS[shell] ?? "");
    const args = SHELLS[shell]?.(["lakehouse", ...words]) ?? [];
    const run = spawnSync(shell, args, {
      encoding: "utf8",
      cwd: folder,
      env: {
        ...process.env,
        SCRIPT: script,
        HOME: folder,
        PATH: [folder, join(process.execPath, ".."), process.env.PATH].join(delimiter),
      },
    });
    assert.equal(run.stderr, "");
    return run.stdout
      .split("\n")
      .map((line) => line.split("\t")[0] ?? "")
      .filter((word) => word !== "");
  };

  const CASES: readonly (readonly [words: readonly string[], found: readonly string[]])[] = [
    [["pla"], ["plan"]],
    [["fit", "--with", "kafka,fl"], ["kafka,flink"]],
    [
      ["local", "st"],
      ["start", "stop", "status"],
    ],
    [
      ["plan", "-s", ""],
      ["mine", "my.other"],
    ],
    [
      ["cost", "--preset", "m"],
      ["minimal", "medium"],
    ],
    [["plan", "--ht"], ["--html"]],
    [["render", "--as", "k"], ["kustomize"]],
    [["settings", "query.trino.worker.m"], ["query.trino.worker.memory"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["help", "no-such-"], []],
  ];
  for (const shell of Object.keys(SHELLS)) {
    it(`${shell} offers commands, options, stacks, presets and settings`, function () {
      if (spawnSync(shell, ["--version"]).error !== undefined) return this.skip();
      for (const [words, found] of CASES)
        assert.deepEqual(offered(shell, words).sort(), [...found].sort(), words.join(" "));
    });
  }

  it("takes a value after = too, which bash takes apart and others do not", async () => {
    for (const line of [
      ["plan", "--stack", "=", "h"],
      ["plan", "--stack=h"],
    ]) {
      const { stdout } = await lakehouse(["complete", "--", ...line]).ended;
      assert.match(stdout, /^(--stack=)?homelab\t[^\n]+\n$/);
    }
  });

  it("is printed for three shells, and for no other", async () => {
    for (const [shell, script] of Object.entries(SCRIPTS))
      assert.deepEqual(await lakehouse(["completion", shell]).ended, { status: 0, stdout: script, stderr: "" });
    const { status, stderr } = await lakehouse(["completion", "tcsh"]).ended;
    assert.deepEqual([status, stderr], [2, 'completion: given "tcsh"; allowed: bash, zsh, fish\n']);
  });
});
