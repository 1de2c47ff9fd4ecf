import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";

/** Not of the program: what is installed, made, or another repository's. */
const OTHERS = new Set(["node_modules", "out", ".git", ".cache", "charts", "test", "sandbox", "bench"]);

/** The project in a git repository of its own. */
export class Repository {
  readonly root = mkdtempSync(join(tmpdir(), "lakehouse-repository-"));

  /** @param stacks whose files it has, of the shipped ones */
  constructor(stacks: readonly string[]) {
    const isOther = (name: string) => {
      const stack = /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1];
      return OTHERS.has(name) || (stack !== undefined && !stacks.includes(stack));
    };
    for (const each of readdirSync(PROJECT_FOLDER).filter((name) => !isOther(name)))
      cpSync(join(PROJECT_FOLDER, each), join(this.root, each), {
        recursive: true,
        filter: (path) => !OTHERS.has(path.slice(PROJECT_FOLDER.length + each.length + 2).split(sep)[0] ?? ""),
      });
    symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(this.root, "node_modules"));
    writeFileSync(join(this.root, ".gitignore"), "node_modules\nout/\n");
    this.git("init", "-q", "-b", "main");
    this.commit("first");
  }

  git(...args: readonly string[]): string {
    const who = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    return execFileSync("git", [...who, ...args], { cwd: this.root, encoding: "utf8" }).trim();
  }

  /** @returns the first seven digits of its id */
  commit(what: string): string {
    this.git("add", "-A");
    this.git("commit", "-q", "-m", what);
    return this.head();
  }

  head(): string {
    return this.git("rev-parse", "HEAD").slice(0, 7);
  }

  edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.root, file), "utf8");
    assert.ok(text.includes(from), `${from} in ${file}`);
    writeFileSync(join(this.root, file), text.replace(from, to));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
