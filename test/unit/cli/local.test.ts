import { deepEqual, doesNotMatch, equal, match, throws } from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { access, statusTable } from "../../../cli/local/tables";
import { freePorts } from "../../../sandbox/core/ports";
import { defaultFolder, LocalHome, type LocalPlace } from "../../../sandbox/engines/local/home";

const PORTS = { trino: 1, trinoWorker: 2, s3: 3, console: 4, postgres: 5, thrift: 6, rest: 7, metastoreMetrics: 8 };

describe("the folder of a local lakehouse", () => {
  let above = "";
  let home: LocalHome;

  beforeEach(() => {
    above = mkdtempSync(join(tmpdir(), "lakehouse-home-"));
    chmodSync(above, 0o755);
    home = new LocalHome(join(above, "lakehouse"));
  });

  afterEach(() => {
    rmSync(above, { recursive: true, force: true });
  });

  it("is in the data folder that XDG names, or the user's, or for root one that others may enter", () => {
    equal(defaultFolder({ XDG_DATA_HOME: "/data" }, true), "/data/lakehouse");
    equal(defaultFolder({}, false), join(homedir(), ".local", "share", "lakehouse"));
    equal(defaultFolder({}, true), "/var/lib/lakehouse");
  });

  it("is refused when something else is in it, and stays as it is", () => {
    mkdirSync(home.folder);
    writeFileSync(join(home.folder, "thesis.txt"), "mine");
    throws(
      () => {
        home.prepare(false);
      },
      { name: "InputError", message: /^--folder .*: there are other files in it; allowed: an empty folder/ },
    );
    equal(home.isOurs, false);
    equal(readFileSync(join(home.folder, "thesis.txt"), "utf8"), "mine");
  });

  it("is refused for root where nobody else may enter, and where its path would break a class path", () => {
    chmodSync(above, 0o700);
    throws(
      () => {
        home.prepare(true);
      },
      { name: "InputError", message: new RegExp(`no other user may enter ${above}`) },
    );
    throws(
      () => {
        new LocalHome(join(above, "my lake")).prepare(false);
      },
      { name: "InputError", message: /without blanks/ },
    );
  });

  it("keeps its ports, but for one that somebody else has taken since, which is told", async () => {
    home.prepare(false);
    const moved: unknown[] = [];
    const tell = (...args: unknown[]) => moved.push(args);
    equal(new Set(Object.values(await home.ports(tell))).size, 8);
    // Ports that nobody else asks for: another run of this test wishes for the same ones.
    const first = await freePorts(...(Object.keys(PORTS) as LocalPlace[]));
    home.mark({ ports: first });
    deepEqual(await home.ports(tell), first);
    deepEqual(moved, []);
    deepEqual(await home.ports(tell), first);
    const other = await listening(first.s3);
    const second = await home.ports(tell);
    other.close();
    deepEqual(moved, [["s3", first.s3, second.s3]]);
    deepEqual({ ...second, s3: first.s3 }, first);
    deepEqual(new LocalHome(home.folder).state.ports, second);
  });

  it("keeps the generated secrets that are used, for its owner only", () => {
    home.prepare(false);
    const secret = home.generator();
    const password = secret("trino-s3");
    match(password, /^trino-s3-[0-9a-f]{24}$/);
    home.keep([{ metadata: { name: "trino-s3" }, stringData: { AccessKey: "trino", SecretKey: password } }]);
    equal(statSync(home.passwordFile).mode & 0o777, 0o600);
    deepEqual(home.logins, [{ name: "trino-s3", user: "trino", password }]);
    const again = new LocalHome(home.folder).generator();
    equal(again("trino-s3"), password);
    doesNotMatch(readFileSync(home.passwordFile, "utf8"), /other/);
  });

  it("is one command's at a time; one that was killed is no hindrance", () => {
    home.prepare(false);
    const unlock = home.lock();
    throws(() => home.lock(), { name: "InputError", message: /another lakehouse command is at work/ });
    unlock();
    writeFileSync(join(home.folder, "lock"), "999999999");
    home.lock()();
  });

  it("says which of its files is broken", () => {
    home.prepare(false);
    writeFileSync(join(home.folder, "state.json"), "{");
    throws(() => home.state, { name: "InputError", message: /state\.json: not JSON any more/ });
  });
});

describe("what `lakehouse local` shows", () => {
  const home = {
    folder: "/data/lake",
    passwordFile: "/data/lake/passwords.json",
    state: { ports: PORTS },
    logins: [{ name: "trino-s3", user: "trino", password: "canary" }],
  };

  it("URLs, and commands for this folder", () => {
    const text = access(home, false);
    match(text, /│ Trino +│ http:\/\/127\.0\.0\.1:1\/ui +│/);
    match(text, /postgresql:\/\/127\.0\.0\.1:5\/analytics/);
    match(text, /lakehouse local stop --folder \/data\/lake {2,}# the data stays/);
    doesNotMatch(text, /canary/);
  });

  it("each engine, up or down, with its memory; passwords only when asked for", () => {
    const engines = [
      { name: "trino-worker", what: "Trino's worker", port: 2 },
      { name: "minio", what: "object store", port: 3, pid: 77, memory: 3 * 2 ** 20 },
    ];
    const text = statusTable(home, engines, false, false);
    match(text, /✘ 1 of 2 engines run, 3 MiB: \/data\/lake/);
    match(text, /│ Trino's worker │ down +│ +│ 2 +│ +│/);
    match(text, /│ object store +│ up +│ 77 +│ 3 +│ 3 +│/);
    doesNotMatch(text, /canary/);
    match(statusTable(home, engines, false, true), /│ trino-s3 │ trino │ canary +│/);
  });
});

function listening(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}
