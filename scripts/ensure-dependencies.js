"use strict";
// Installs the dependencies if they differ from package-lock.json. Runs before `npm start` and `npm test`, so that a fresh clone
// needs one command.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const stamp = join(root, "node_modules", ".lakehouse-lock");
const lock = join(root, ".cache", "install.pid");
// npm writes it at the end of every installation.
const installedLock = join(root, "node_modules", ".package-lock.json");
const lockText = readFileSync(join(root, "package-lock.json"));
const wanted = createHash("sha256").update(lockText).digest("hex");

if (!isMarked() && isComplete()) writeFileSync(stamp, wanted);
else if (!isMarked()) {
  takeLock();
  let code = 0;
  try {
    // Another process may have installed them while this one waited.
    if (!isMarked()) code = install();
  } finally {
    rmSync(lock, { force: true });
  }
  process.exitCode = code;
}

function isMarked() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

/** Whether npm has installed every package of the lockfile, without the optional packages for other platforms. */
function isComplete() {
  if (!existsSync(installedLock)) return false;
  const { packages: there } = JSON.parse(readFileSync(installedLock, "utf8"));
  const { packages: all = {} } = JSON.parse(lockText);
  return Object.entries(all)
    .filter(([path]) => path !== "")
    .every(([path, wants]) => {
      const found = there?.[path];
      if (found === undefined) return wants.optional === true && !isForThisMachine(wants);
      return ["version", "integrity", "resolved"].every((key) => found[key] === wants[key]);
    });
}

/** Whether a package is for this platform, by npm's rules. The C library comes last because it takes long to read. */
function isForThisMachine({ os = [process.platform], cpu = [process.arch], libc }) {
  if (!os.includes(process.platform) || !cpu.includes(process.arch)) return false;
  if (libc === undefined || process.platform !== "linux") return true;
  process.report.excludeNetwork = true;
  const { header } = process.report.getReport();
  return libc.includes(header.glibcVersionRuntime === undefined ? "musl" : "glibc");
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

/** Waits until no other process installs, because two installations at once would remove each other's files. */
function takeLock() {
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (;;) {
    if (tryLock()) return;
    if (!isOwnerAlive()) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** Creates the lock file with its content in one step. @returns false if another process has it */
function tryLock() {
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

/** Whether the process that has the lock is alive. */
function isOwnerAlive() {
  try {
    return process.kill(Number(readFileSync(lock, "utf8")), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
