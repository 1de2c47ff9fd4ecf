import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { ROOT } from "./command";

describe("the installation before npm start and npm test", () => {
  let project = "";
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "lakehouse-install-"));
    cpSync(join(ROOT, "scripts"), join(project, "scripts"), { recursive: true });
    writeFileSync(join(project, "package-lock.json"), "{}");
    mkdirSync(join(project, "path"));
    // A slow fake npm, which must not run twice at once.
    const npm = `#!/bin/sh\necho begin >> npm.log\nsleep 1\nmkdir -p node_modules\necho end >> npm.log\n`;
    writeFileSync(join(project, "path", "npm"), npm, { mode: 0o755 });
  });
  afterEach(() => {
    rmSync(project, { recursive: true, force: true });
  });

  const run = async () => {
    const env = { ...process.env, PATH: [join(project, "path"), process.env.PATH].join(delimiter) };
    const script = join(project, "scripts", "ensure-dependencies.js");
    const [code] = (await once(spawn(process.execPath, [script], { env, stdio: "ignore" }), "exit")) as [number | null];
    return code;
  };
  const log = () => readFileSync(join(project, "npm.log"), "utf8");

  it("runs once, even if two begin at once", async () => {
    assert.deepEqual(await Promise.all([run(), run(), run()]), [0, 0, 0]);
    assert.equal(log(), "begin\nend\n");
    assert.equal(await run(), 0);
    assert.equal(log(), "begin\nend\n");
    assert.equal(existsSync(join(project, ".cache", "install.pid")), false);
  });

  it("does not wait for a killed one", async () => {
    mkdirSync(join(project, ".cache"));
    writeFileSync(join(project, ".cache", "install.pid"), String(spawnSync(process.execPath, ["-e", ""]).pid));
    assert.equal(await run(), 0);
    assert.equal(log(), "begin\nend\n");
  });

  describe("after a manual npm ci", () => {
    const own = { version: "1.0.0", integrity: "sha512-own", resolved: "https://registry.example/own.tgz" };
    const elsewhere = { ...own, optional: true, os: ["another"] };
    const here = { ...own, optional: true, os: [process.platform], cpu: [process.arch] };
    const lock = { "": { name: "project" }, "node_modules/own": own, "node_modules/elsewhere": elsewhere };

    /** Packages of the lockfile, and npm's list of installed packages. */
    const given = (wanted: object, there: object) => {
      const write = (path: string, packages: object) => {
        writeFileSync(join(project, path), JSON.stringify({ packages }));
      };
      mkdirSync(join(project, "node_modules"));
      write("package-lock.json", wanted);
      write("node_modules/.package-lock.json", there);
    };

    it("does nothing, even if optional packages of other platforms are missing", async () => {
      given(lock, { "node_modules/own": own });
      assert.deepEqual([await run(), await run()], [0, 0]);
      assert.equal(existsSync(join(project, "npm.log")), false);
    });

    for (const [what, wanted, there] of [
      ["another version of a package", lock, { "node_modules/own": { ...own, version: "1.0.1" } }],
      ["another file of the same version", lock, { "node_modules/own": { ...own, integrity: "sha512-another" } }],
      ["a part of it", { ...lock, "node_modules/more": own }, { "node_modules/own": own }],
      ["nothing optional", { ...lock, "node_modules/here": here }, { "node_modules/own": own }],
    ] as const)
      it(`installs if npm ci brought ${what}`, async () => {
        given(wanted, there);
        assert.equal(await run(), 0);
        assert.equal(log(), "begin\nend\n");
      });

    it("recognises this checkout's real installation", async () => {
      mkdirSync(join(project, "node_modules"));
      for (const file of ["package-lock.json", "node_modules/.package-lock.json"])
        cpSync(join(ROOT, file), join(project, file));
      assert.equal(await run(), 0);
      assert.equal(existsSync(join(project, "npm.log")), false);
    });
  });

  it("fails if npm fails, and retries the next time", async () => {
    writeFileSync(join(project, "path", "npm"), "#!/bin/sh\necho failed >> npm.log\nexit 7\n", { mode: 0o755 });
    assert.deepEqual([await run(), await run()], [7, 7]);
    assert.equal(log(), "failed\nfailed\n");
  });
});
