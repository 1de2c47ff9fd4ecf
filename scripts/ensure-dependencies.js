"use strict";
// Installs what the lockfile says, when it is not what is installed. Runs before `npm start` and `npm test`,
// so that a fresh clone needs one command.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".lakehouse-lock");
const lock = join(root, ".cache", "install.pid");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;

if (!isInstalled()) {
  takeLock();
  let code = 0;
  try {
    // Another one may have installed it meanwhile.
    if (!isInstalled()) code = install();
  } finally {
    rmSync(lock, { force: true });
  }
  process.exitCode = code;
}

function install() {
  process.stderr.write("Installing dependencies (npm ci) ...\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const run = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (run.status !== 0) return run.status ?? 1;
  writeFileSync(stamp, wanted);
  return 0;
}

/** Two installations at once would each remove what the other one installs: the second waits for the first. */
function takeLock() {
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (;;) {
    if (isTaken()) return;
    if (!isOwned()) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** The file comes with its content, in one step. */
function isTaken() {
  const mine = `${lock}.${process.pid}`;
  try {
    writeFileSync(mine, String(process.pid));
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** By a process that lives. */
function isOwned() {
  try {
    return process.kill(Number(readFileSync(lock, "utf8")), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
