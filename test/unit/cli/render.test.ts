import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Plan } from "../../../planner/plan";
import { forTool } from "../../../cli/render";
import { inRepository } from "../../../preview/git";
import { ToolFolder } from "../../../preview/output";
import { temporary } from "../../support/temporary";
import { lakehouse } from "./command";

const refused = (message: RegExp) => ({ name: "InputError", message });

describe("render for another tool", () => {
  it("is refused before any work, in one line that names what is allowed", async () => {
    const cases: readonly (readonly [flags: object, line: RegExp])[] = [
      [{ as: "ansible" }, /^--as: given "ansible"; allowed: kustomize, helm, argocd, flux$/],
      [{ as: "helm", output: "" }, /^--output: given ""; allowed: a folder$/],
      [
        { output: "x" },
        /^--output: allowed with --as kustomize\|helm\|argocd\|flux only; --out is the manifests' folder$/,
      ],
      [{ as: "flux", folder: "../other" }, /^--folder: given "..\/other"; allowed: a path from the top/],
      [{ as: "helm", stack: "nowhere" }, /Pulumi\.nowhere\.yaml/],
    ];
    for (const [flags, line] of cases)
      assert.throws(() => forTool({ stack: "dev", ...flags }), refused(line), JSON.stringify(flags));
    const { status, stdout, stderr } = await lakehouse(["render", "--as", "ansible"]).ended;
    assert.deepEqual([status, stdout, stderr.trimEnd().split("\n").length], [2, "", 1]);
  });

  it("writes nothing of a plan that is refused", () => {
    const output = join(temporary("refused"), "dev.helm");
    const write = forTool({ stack: "dev", as: "helm", output });
    assert.equal(write?.({ verdict: "does-not-fit" } as Plan, []), "");
    assert.equal(existsSync(output), false);
  });

  it("never repeats a password of a repository", () => {
    for (const repository of ["https://me:hunter2@git.example/x.git", "ssh://me:hunter2@git.example/x.git"])
      assert.throws(
        () => forTool({ stack: "dev", as: "argocd", repository }),
        (error: Error) => error.message.startsWith("--repository: ") && !error.message.includes("hunter2"),
      );
  });

  it("takes path and URL of the checkout around the folder, without what signs in", () => {
    const top = temporary("checkout");
    const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: top });
    git("init", "-q");
    assert.deepEqual(inRepository(join(top, "clusters", "prod")), { folder: "clusters/prod", remote: undefined });
    git("remote", "add", "origin", "https://me:hunter2@git.example/x.git");
    assert.deepEqual(inRepository(top), { folder: "", remote: "https://git.example/x.git" });
    mkdirSync(join(top, "clusters"));
    assert.equal(inRepository(join(top, "clusters", "prod"))?.folder, "clusters/prod");
  });
});

describe("the folder for another tool", () => {
  const files = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries));
  const open = (folder: string, tool = "helm", stack = "dev") =>
    new ToolFolder(folder, { stack, role: `${tool} files` });

  it("has the files of the last run alone, and is made with the folders above it", () => {
    const folder = join(temporary("tool"), "deep", "dev.helm");
    open(folder).write(files({ "a/one.yaml": "1", "two.yaml": "2" }));
    open(folder).write(files({ "two.yaml": "3" }));
    assert.deepEqual(readdirSync(folder).sort(), [".lakehouse.json", "two.yaml"]);
    assert.deepEqual(readdirSync(join(folder, "..")), ["dev.helm"]);
  });

  it("with a file of somebody else is refused, and stays as it is", () => {
    const folder = join(temporary("tool"), "dev.helm");
    open(folder).write(files({ "one.yaml": "1" }));
    writeFileSync(join(folder, "mine.yaml"), "mine");
    assert.throws(() => open(folder), refused(/mine\.yaml in it is not from lakehouse.*nothing was written$/));
    assert.equal(readFileSync(join(folder, "mine.yaml"), "utf8"), "mine");
    const other = join(temporary("tool"), "notes");
    mkdirSync(other);
    writeFileSync(join(other, "notes.txt"), "mine");
    assert.throws(() => open(other), refused(/lakehouse did not write it/));
  });

  it("of another tool or another stack is refused", () => {
    const folder = join(temporary("tool"), "dev.helm");
    open(folder).write(files({ "one.yaml": "1" }));
    assert.throws(() => open(folder, "flux"), refused(/the helm files of stack "dev"; allowed: /));
    assert.throws(() => open(folder, "helm", "prod"), refused(/the helm files of stack "dev"/));
  });

  it("is unchanged where writing fails halfway", () => {
    const folder = join(temporary("tool"), "dev.helm");
    open(folder).write(files({ "one.yaml": "1" }));
    assert.throws(
      () => {
        open(folder).write(files({ "x.yaml": "2", "x.yaml/y.yaml": "3" }));
      },
      refused(/cannot be written/),
    );
    assert.deepEqual(readdirSync(folder).sort(), [".lakehouse.json", "one.yaml"]);
  });
});
