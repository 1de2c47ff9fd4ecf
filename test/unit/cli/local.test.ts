import { deepEqual, doesNotMatch, equal, match, throws } from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { clients } from "../../../cli/local/clients";
import { connect, connectSection } from "../../../cli/local/connect";
import { access, commandName, statusTable } from "../../../cli/local/tables";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { freePorts } from "../../../sandbox/core/ports";
import { defaultFolder, LocalHome } from "../../../sandbox/engines/local/home";
import { type LocalPlace, WISHED } from "../../../sandbox/engines/local/places";
import type { EngineStatus } from "../../../sandbox/engines/local/status";

/** Ports from 1 on, in the order of their names in the table. */
const PORTS = Object.fromEntries(Object.keys(WISHED).map((place, at) => [place, at + 1])) as Record<LocalPlace, number>;

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

  it("is in XDG's data folder, the user's, or for root in one that other users can enter", () => {
    equal(defaultFolder({ XDG_DATA_HOME: "/data" }, true), "/data/lakehouse");
    equal(defaultFolder({}, false), join(homedir(), ".local", "share", "lakehouse"));
    equal(defaultFolder({}, true), "/var/lib/lakehouse");
  });

  it("is refused if it has other files, which stay unchanged", () => {
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

  it("is refused for root if other users cannot enter it, and if its path would break a class path", () => {
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

  it("keeps its ports, except for one that another program has taken, and prints that", async () => {
    home.prepare(false);
    const moved: unknown[] = [];
    const tell = (...args: unknown[]) => moved.push(args);
    equal(new Set(Object.values(await home.ports(tell))).size, Object.keys(WISHED).length);
    // Unusual ports, because a parallel run of this test would ask for the same ones.
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

  it("keeps the used generated secrets in files that only the owner can read", () => {
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

  it("keeps the ports of running engines, which their own processes occupy", async () => {
    home.prepare(false);
    const tell = (...args: unknown[]) => {
      throw new Error(String(args));
    };
    const first = await home.ports(tell);
    const engine = await listening(first.s3);
    deepEqual(await home.ports(tell, ["s3"]), first);
    engine.close();
  });

  it("lets only its owner read its files, including those of an earlier version", () => {
    mkdirSync(join(home.folder, "minio"), { recursive: true });
    writeFileSync(join(home.folder, "state.json"), "{}", { mode: 0o644 });
    writeFileSync(join(home.folder, "minio.log"), "", { mode: 0o644 });
    chmodSync(join(home.folder, "minio"), 0o755);
    const mode = (...parts: string[]) => statSync(join(home.folder, ...parts)).mode & 0o777;
    home.prepare(false);
    deepEqual([mode(), mode("minio"), mode("minio.log"), mode("state.json")], [0o700, 0o700, 0o600, 0o600]);
    // PostgreSQL's user can pass through to its own folder, and cannot read others.
    home.prepare(true);
    deepEqual([mode(), mode("minio"), mode("minio.log")], [0o711, 0o700, 0o600]);
  });

  it("is locked by one command at a time, and a start waits for the lock", async () => {
    home.prepare(false);
    const unlock = home.lock();
    const waits: number[] = [];
    const turn = home.turn((holder) => waits.push(holder));
    deepEqual(waits, [process.pid]);
    unlock();
    (await turn)();
    deepEqual(
      readdirSync(home.folder).filter((name) => name.startsWith("lock")),
      [],
    );
  });

  it("is unlocked when the locking process has ended and another has its ID", () => {
    home.prepare(false);
    writeFileSync(join(home.folder, "lock"), `${process.pid}|1`);
    home.lock()();
  });

  it("is unlocked when the locking command is killed", () => {
    home.prepare(false);
    const unlock = home.lock();
    throws(() => home.lock(), { name: "InputError", message: /another lakehouse command is at work/ });
    unlock();
    writeFileSync(join(home.folder, "lock"), "999999999");
    home.lock()();
  });

  it("is refused with the name of a broken file", () => {
    home.prepare(false);
    writeFileSync(join(home.folder, "state.json"), "{");
    throws(() => home.state, { name: "InputError", message: /state\.json: not JSON any more/ });
  });
});

describe("`lakehouse local` shows", () => {
  const home = {
    folder: "/data/lake",
    passwordFile: "/data/lake/passwords.json",
    state: { ports: PORTS },
    logins: [
      { name: "trino-s3", user: "trino", password: "canary" },
      { name: "spark-s3", user: "spark", password: "canary-of-spark" },
      { name: "minio-root", user: "lakehouse-root", password: "canary" },
      { name: "postgres-superuser", user: "postgres", password: "canary" },
    ],
  };

  it("URLs, and commands for this folder", () => {
    const text = access(home, false);
    match(text, /│ trino +│ http:\/\/127\.0\.0\.1:1\/ui +│/);
    match(text, /postgresql:\/\/127\.0\.0\.1:5\/analytics/);
    match(text, /lakehouse local stop --folder \/data\/lake {2,}# stops it and keeps the data/);
    doesNotMatch(text, /canary/);
  });

  it("the login name that the server accepts", () => {
    const text = access(home, false);
    match(text, /│ console +│ [^│]+│ lakehouse-root +│/);
    match(text, /│ postgres +│ [^│]+│ postgres +│/);
    doesNotMatch(text, /minio-root|postgres-superuser/);
  });

  it("commands that can be typed: by the PATH, by npx in the project, elsewhere by the path", () => {
    const bin = mkdtempSync(join(tmpdir(), "lakehouse-bin-"));
    equal(commandName(PROJECT_FOLDER, ""), "npx lakehouse");
    equal(commandName("/", bin), `node ${join(PROJECT_FOLDER, "bin", "lakehouse.js")}`);
    writeFileSync(join(bin, "lakehouse"), "");
    equal(commandName("/", `/nowhere:${bin}`), "lakehouse");
    // Npx adds such a folder to the PATH of its programs; a person's own PATH does not have it.
    const ofNpx = join(bin, "node_modules", ".bin");
    mkdirSync(ofNpx, { recursive: true });
    writeFileSync(join(ofNpx, "lakehouse"), "");
    equal(commandName(PROJECT_FOLDER, ofNpx), "npx lakehouse");
    rmSync(bin, { recursive: true });
  });

  it("settings of each client with this folder's addresses, and the password only on request", () => {
    for (const client of Object.keys(clients) as (keyof typeof clients)[]) {
      const place = { ports: PORTS, logins: home.logins, folder: home.folder };
      doesNotMatch(connect(client, place, false), /canary|undefined/, client);
      match(connect(client, place, false), /127\.0\.0\.1:\d|port: 1|PORT=5|port=1/, client);
      const withKeys = ["pyiceberg", "spark", "duckdb", "mc", "s3"];
      equal(connect(client, place, true).includes("canary-of-spark"), withKeys.includes(client), client);
    }
    equal(
      connect("sqlalchemy", { ports: PORTS, logins: [], folder: "" }, false).split("\n")[1],
      "trino://me@127.0.0.1:1/lakehouse",
    );
  });

  it("the same settings in docs/local.md", () => {
    const page = join(PROJECT_FOLDER, "docs", "local.md");
    const [start, end] = ["<!-- connect -->\n", "<!-- /connect -->"];
    const text = readFileSync(page, "utf8");
    const section = connectSection(WISHED);
    const [before = "", rest = ""] = text.split(start);
    const after = rest.split(end)[1] ?? "";
    if (process.env.LAKEHOUSE_WRITE_LOCAL === "yes") writeFileSync(page, `${before}${start}${section}${end}${after}`);
    equal(readFileSync(page, "utf8"), `${before}${start}${section}${end}${after}`);
  });

  it("each engine, up or down, with its memory, and passwords only on request", () => {
    const engines: EngineStatus[] = [
      { name: "trino-worker", what: "Trino's worker", state: "down", port: 2, story: "ended after 12:00:00 UTC: why" },
      { name: "minio", what: "object store", state: "up", port: 3, pid: 77, memory: 3 * 2 ** 20 },
    ];
    const status = { engines, supervised: false, queries: false };
    const text = statusTable(home, status, false, false);
    match(text, /✘ 1 of 2 engines run, 3 MiB: \/data\/lake/);
    match(text, /│ Trino's worker │ down +│ +│ 2 +│ +│/);
    match(text, /│ object store +│ up +│ 77 +│ 3 +│ 3 +│/);
    match(text, /Trino's worker ended after 12:00:00 UTC: why/);
    match(text, /engines that fail are not restarted/);
    doesNotMatch(text, /canary/);
    match(statusTable(home, status, false, true), /│ trino-s3 +│ trino +│ canary +│/);
  });

  it("that a query fails although all engines run", () => {
    const engines: EngineStatus[] = [{ name: "minio", what: "object store", state: "up", port: 3, pid: 7, memory: 0 }];
    match(statusTable(home, { engines, supervised: true, queries: false }, false, false), /✘ 1 of 1[^]*queries do not/);
    match(statusTable(home, { engines, supervised: true, queries: true }, false, false), /✔ 1 of 1/);
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
