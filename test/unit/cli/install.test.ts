import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { ROOT } from "./command";

describe("what installs before npm start and npm test", () => {
  let project = "";
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "lakehouse-install-"));
    cpSync(join(ROOT, "scripts"), join(project, "scripts"), { recursive: true });
    writeFileSync(join(project, "package-lock.json"), "{}");
    mkdirSync(join(project, "path"));
    // It takes a moment, and is not to be run twice at once.
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

  it("does it once, also when two begin at once", async () => {
    assert.deepEqual(await Promise.all([run(), run(), run()]), [0, 0, 0]);
    assert.equal(log(), "begin\nend\n");
    assert.equal(await run(), 0);
    assert.equal(log(), "begin\nend\n");
    assert.equal(existsSync(join(project, ".cache", "install.pid")), false);
  });

  it("does not wait for one that was killed", async () => {
    mkdirSync(join(project, ".cache"));
    writeFileSync(join(project, ".cache", "install.pid"), String(spawnSync(process.execPath, ["-e", ""]).pid));
    assert.equal(await run(), 0);
    assert.equal(log(), "begin\nend\n");
  });

  it("fails where npm fails, and tries again the next time", async () => {
    writeFileSync(join(project, "path", "npm"), "#!/bin/sh\necho failed >> npm.log\nexit 7\n", { mode: 0o755 });
    assert.deepEqual([await run(), await run()], [7, 7]);
    assert.equal(log(), "failed\nfailed\n");
  });
});
