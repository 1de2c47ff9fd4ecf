import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, relative } from "node:path";

import { entriesBelow } from "../../../preview/entries";
import { OutputFolder } from "../../../preview/output";
import { MARKER_FILE, markerText } from "../../../preview/output-marker";

describe("the output folder", () => {
  let out = "";
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "lakehouse-out-"));
  });
  afterEach(() => {
    rmSync(out, { recursive: true, force: true });
  });

  const files = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries));
  const folder = () => new OutputFolder(join(out, "homelab"));
  const texts = () => [...(folder().read(".yaml") ?? [])];
  /** Every path and text below a folder, for comparison. */
  const tree = () =>
    entriesBelow(out)
      .map(({ parentPath, name }) => relative(out, join(parentPath, name)))
      .sort();
  const refusal = (pattern: RegExp) => ({ name: "InputError", message: pattern });

  it("has only the files of the last run", () => {
    folder().write(files({ "manifests/a/one.yaml": "1", "plan.json": "{}" }));
    folder().write(files({ "manifests/b/two.yaml": "2" }));
    assert.deepEqual(texts(), [[join("manifests", "b", "two.yaml"), "2"]]);
    assert.deepEqual(readdirSync(out), ["homelab"]);
  });

  it("is unchanged if writing fails halfway", () => {
    folder().write(files({ "one.yaml": "1" }));
    // The second file cannot be written, because a file has the name of its folder.
    assert.throws(
      () => {
        folder().write(files({ "x.yaml": "2", "x.yaml/y.yaml": "3" }));
      },
      refusal(/homelab: cannot be written: /),
    );
    assert.deepEqual(texts(), [["one.yaml", "1"]]);
    assert.deepEqual(readdirSync(out), ["homelab"]);
  });

  it("has no last plan before the first run", () => {
    assert.equal(folder().read(".yaml"), undefined);
  });

  it("does not affect other stacks and files beside it", () => {
    mkdirSync(join(out, "prod"));
    writeFileSync(join(out, "notes.txt"), "mine");
    mkdirSync(join(out, "homelab.previous"));
    writeFileSync(join(out, "homelab.previous", "notes.txt"), "mine");
    folder().write(files({ "one.yaml": "1" }));
    folder().write(files({ "one.yaml": "2" }));
    assert.deepEqual(
      tree().filter((path) => !path.startsWith("homelab/")),
      ["homelab", "homelab.previous", "homelab.previous/notes.txt", "notes.txt", "prod"],
    );
  });

  it("has a refused plan beside it until a good one is written", () => {
    folder().write(files({ "one.yaml": "1" }));
    folder().refuse(files({ "two.yaml": "2" }));
    assert.deepEqual(texts(), [["one.yaml", "1"]]);
    assert.equal(readFileSync(join(out, "homelab.refused", "two.yaml"), "utf8"), "2");
    folder().write(files({ "three.yaml": "3" }));
    assert.deepEqual(readdirSync(out), ["homelab"]);
  });

  describe("with files of others", () => {
    const places: Readonly<Record<string, () => void>> = {
      "files of a user": () => {
        mkdirSync(join(out, "homelab"));
        writeFileSync(join(out, "homelab", "kustomization.yaml"), "x");
      },
      "a checkout of Git": () => {
        mkdirSync(join(out, "homelab", ".git"), { recursive: true });
        writeFileSync(join(out, "homelab", ".git", "HEAD"), "ref: refs/heads/main");
      },
      "a file in its place": () => {
        writeFileSync(join(out, "homelab"), "x");
      },
      "a link in its place": () => {
        mkdirSync(join(out, "elsewhere"));
        symlinkSync(join(out, "elsewhere"), join(out, "homelab"));
      },
      "a link to nothing": () => {
        symlinkSync(join(out, "elsewhere"), join(out, "homelab"));
      },
      "a file of a user beside ours": () => {
        folder().write(files({ "manifests/a/one.yaml": "1" }));
        writeFileSync(join(out, "homelab", "manifests", "a", "mine.yaml"), "x");
      },
      "a file of ours that is a link to the user's now": () => {
        folder().write(files({ "manifests/a/one.yaml": "1" }));
        mkdirSync(join(out, "elsewhere"));
        writeFileSync(join(out, "elsewhere", "one.yaml"), "x");
        rmSync(join(out, "homelab", "manifests", "a"), { recursive: true });
        symlinkSync(join(out, "elsewhere"), join(out, "homelab", "manifests", "a"));
      },
      "a link of a user beside ours": () => {
        folder().write(files({ "one.yaml": "1" }));
        symlinkSync("/", join(out, "homelab", "root"));
      },
      "the output of another stack": () => {
        new OutputFolder(join(out, "dev")).write(files({ "one.yaml": "1" }));
        renameSync(join(out, "dev"), join(out, "homelab"));
      },
      "files of a user where refused plans go": () => {
        mkdirSync(join(out, "homelab.refused"));
        writeFileSync(join(out, "homelab.refused", "notes.txt"), "x");
      },
      "a marker that cannot be read": () => {
        mkdirSync(join(out, "homelab"));
        writeFileSync(join(out, "homelab", MARKER_FILE), "{");
      },
      "a plan of an earlier version with a file of a user": () => {
        mkdirSync(join(out, "homelab", "manifests"), { recursive: true });
        writeFileSync(join(out, "homelab", "plan.json"), JSON.stringify({ version: 1, stack: "homelab" }));
        writeFileSync(join(out, "homelab", "manifests", "kustomization.yaml"), "x");
      },
    };
    for (const [name, make] of Object.entries(places)) {
      it(`is refused and stays untouched: ${name}`, () => {
        make();
        const before = tree();
        assert.throws(folder, refusal(/^[^\n]*homelab(\.refused)?: [^\n]*; nothing was written$/));
        assert.deepEqual(tree(), before);
      });
    }

    it("is refused even if the files came while the plan was made", () => {
      const open = folder();
      mkdirSync(join(out, "homelab"));
      writeFileSync(join(out, "homelab", "kustomization.yaml"), "x");
      assert.throws(
        () => {
          open.write(files({ "one.yaml": "1" }));
        },
        refusal(/lakehouse did not write it/),
      );
      assert.deepEqual(tree(), ["homelab", "homelab/kustomization.yaml"]);
    });

    it("is used if it is empty", () => {
      mkdirSync(join(out, "homelab"));
      folder().write(files({ "one.yaml": "1" }));
      assert.deepEqual(texts(), [["one.yaml", "1"]]);
    });

    it("is not confused with another stack's whose name has the same end", () => {
      new OutputFolder(join(out, "homelab.refused")).write(files({ "one.yaml": "1" }));
      assert.throws(folder, refusal(/homelab\.refused: the output plan of stack "homelab\.refused"/));
    });
  });

  describe("of a version without markers", () => {
    const former = (verdict: string) => {
      mkdirSync(join(out, "homelab", "manifests", "a"), { recursive: true });
      writeFileSync(join(out, "homelab", "plan.json"), JSON.stringify({ version: 1, stack: "homelab", verdict }));
      writeFileSync(join(out, "homelab", "manifests", "a", "secret-one.yaml"), "1");
    };

    it("is the baseline of the next plan, and is replaced", () => {
      former("ok");
      assert.equal(folder().base()?.files.size, 1);
      folder().write(files({ "two.yaml": "2" }));
      assert.deepEqual(texts(), [["two.yaml", "2"]]);
    });

    it("is no baseline if the plan was not good", () => {
      former("does-not-fit");
      assert.equal(folder().base(), undefined);
    });
  });

  describe("after a killed run", () => {
    const dead = () => spawnSync(process.execPath, ["-e", ""]).pid;
    const leave = (pid: number, host = hostname(), stack = "homelab") => {
      const work = join(out, `homelab.${String(pid)}-aB3xyz`);
      mkdirSync(join(work, "new"), { recursive: true });
      writeFileSync(join(work, "new", "two.yaml"), "2");
      const owner = { host, pid };
      writeFileSync(join(work, MARKER_FILE), markerText({ stack, lakehouse: "unfinished", files: [], process: owner }));
      return work;
    };

    it("has no leftovers after the next run", () => {
      leave(dead());
      folder();
      assert.deepEqual(readdirSync(out), []);
    });

    it("is restored if the run was killed between the two renames", () => {
      folder().write(files({ "one.yaml": "1" }));
      renameSync(join(out, "homelab"), join(leave(dead()), "old-0"));
      assert.deepEqual(texts(), [["one.yaml", "1"]]);
      assert.deepEqual(readdirSync(out), ["homelab"]);
    });

    it("has no empty leftover folder after the next run", () => {
      mkdirSync(join(out, `homelab.${String(dead())}-aB3xyz`));
      folder();
      assert.deepEqual(readdirSync(out), []);
    });

    const others: Readonly<Record<string, () => unknown>> = {
      "of a process that lives": () => leave(process.pid),
      "of another machine": () => leave(dead(), "elsewhere"),
      "of another stack": () => leave(dead(), hostname(), "other"),
      "of a user": () => {
        const work = leave(dead());
        rmSync(join(work, MARKER_FILE));
      },
    };
    for (const [name, make] of Object.entries(others)) {
      it(`keeps files that are ${name}`, () => {
        make();
        const before = tree();
        folder();
        assert.deepEqual(tree(), before);
      });
    }
  });

  describe("in an impossible place", () => {
    const line = (pattern: string) => refusal(new RegExp(`^[^\n]*${pattern}[^\n]*$`));

    it("is refused below a file", () => {
      writeFileSync(join(out, "file"), "x");
      assert.throws(() => new OutputFolder(join(out, "file", "homelab")), line("file: a file; allowed: a folder"));
      assert.throws(() => new OutputFolder(join(out, "file", "more", "homelab")), line("not a directory"));
    });

    it("is refused, and nothing is made, if the system cannot make folders", function () {
      if (process.platform !== "linux") return this.skip();
      const open = new OutputFolder("/proc/x/y/homelab");
      assert.throws(() => {
        open.write(files({ "one.yaml": "1" }));
      }, line("^/proc/x/y/homelab: cannot be written: "));
    });

    it("is made with its parent folders, which are removed if writing fails", () => {
      const deep = join(out, "a", "b", "homelab");
      assert.throws(() => {
        new OutputFolder(deep).write(files({ "x.yaml": "2", "x.yaml/y.yaml": "3" }));
      }, line("cannot be written"));
      assert.deepEqual(readdirSync(out), []);
      new OutputFolder(deep).write(files({ "x.yaml": "2" }));
      assert.ok(existsSync(join(deep, "x.yaml")));
    });
  });
});
