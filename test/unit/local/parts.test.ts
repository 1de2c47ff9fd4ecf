import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Command } from "commander";

import { candidates } from "../../../cli/completion";
import { addLocal } from "../../../cli/local/command";
import { browser, doorOf, doorsOf, doorsTable, doorText } from "../../../cli/local/doors";
import { GiB, MiB } from "../../../components/core/quantity";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { changeParts } from "../../../sandbox/engines/local/change-parts";
import { deliver } from "../../../sandbox/engines/jupyterhub/local";
import { quarantined } from "../../../sandbox/engines/local/happened";
import { LocalHome } from "../../../sandbox/engines/local/home";
import { LEAST } from "../../../sandbox/engines/local/memory";
import { limitsOf, partEngines, partNames, partOf, wantedParts, withParts } from "../../../sandbox/engines/local/parts";
import { type LocalPlace, WISHED } from "../../../sandbox/engines/local/places";
import { PATIENCE } from "../../../sandbox/core/until";
import { room } from "../../../sandbox/engines/local/room";
import { artefacts } from "../../../sandbox/engines/obtain/artefacts";
import { Rendered } from "../../../sandbox/engines/rendered";

const ENGINES = join(PROJECT_FOLDER, "sandbox", "engines");

describe("parts of a local lakehouse", () => {
  it("are what the engines' folders offer", () => {
    const folders = readdirSync(ENGINES).filter(
      (folder) => folder !== "local" && existsSync(join(ENGINES, folder, "local.ts")),
    );
    equal(partNames().length, folders.length);
    deepEqual(partNames(), ["connect", "drop", "flink", "history", "kafka", "notebook", "spark"]);
  });

  it("name parts, artefacts and ports that there are, and no port twice", () => {
    const places = Object.values(partEngines(partNames())).flatMap((engine) => engine.places);
    equal(new Set(places).size, places.length);
    equal(new Set(Object.values(WISHED)).size, Object.keys(WISHED).length);
    for (const name of partNames()) {
      const { needs = [], artefacts: named } = partOf(name);
      for (const need of needs) ok(partNames().includes(need), need);
      for (const artefact of Object.keys(named)) ok(artefact in artefacts, artefact);
    }
  });

  it("come with what they need, which is said", () => {
    deepEqual(wantedParts("flink,connect"), {
      parts: ["kafka", "flink", "connect"],
      pulled: ["Flink needs Kafka: added"],
    });
    deepEqual(wantedParts("flink, kafka"), { parts: ["kafka", "flink"], pulled: [] });
    deepEqual(wantedParts("notebook").pulled, ["JupyterLab needs Spark Connect: added"]);
    deepEqual(wantedParts("none"), { parts: [], pulled: [] });
  });

  it("that there are not are refused, a line for each with what is allowed", () => {
    for (const text of ["airflow,spark,hive", "none,kafka", ""])
      throws(() => wantedParts(text), { name: "InputError" });
    throws(() => wantedParts("airflow,spark,hive"), {
      message: [
        "--with airflow: allowed: connect, drop, flink, history, kafka, notebook, spark; or none alone",
        "--with hive: allowed: connect, drop, flink, history, kafka, notebook, spark; or none alone",
      ].join("\n"),
    });
  });

  it("are offered by the shell's completion", () => {
    const root = new Command();
    addLocal(root);
    const words = (...line: readonly string[]) => candidates(root, line).map(({ word }) => word);
    deepEqual(words("local", "start", "--with", "kafka,no"), ["kafka,notebook", "kafka,none"]);
    ok(words("local", "connect", "").includes("duckdb"));
  });

  describe("of the rendered stack", function () {
    this.timeout(PATIENCE);
    let rendered: Rendered;

    before(async () => {
      rendered = await Rendered.of("dev", undefined, withParts(readStackFile(PROJECT_FOLDER, "dev"), partNames()));
    });

    it("may take what their pods may", () => {
      const limits = limitsOf(partNames(), rendered);
      equal(limits.kafka, GiB);
      equal(limits.connect, 768 * MiB);
      equal(limits.flink, 2560 * MiB);
      equal(limits.spark, 2 * GiB);
      for (const bytes of Object.values(limits)) ok(bytes >= 256 * MiB);
    });

    it("leave the stack as it is where nothing is added", () => {
      const config = readStackFile(PROJECT_FOLDER, "dev");
      deepEqual(withParts(config, []), config);
      deepEqual(withParts(config, ["kafka"]), config);
    });
  });

  describe("in a folder", () => {
    let above: string;
    let home: LocalHome;

    beforeEach(() => {
      above = mkdtempSync(join(tmpdir(), "lakehouse-parts-"));
      chmodSync(above, 0o755);
      home = new LocalHome(join(above, "lakehouse"));
      home.prepare(false);
    });

    afterEach(() => {
      rmSync(above, { recursive: true, force: true });
    });

    it("have their memory of the share of all engines, and are refused beforehand when there is no room", () => {
      const machine = { memory: 32 * GiB, available: 30 * GiB };
      equal(room(home, machine).share, 16 * GiB);
      home.mark({ parts: { kafka: GiB, flink: 3 * GiB } });
      equal(room(home, machine).share, 12 * GiB);
      const small = { memory: 12 * GiB, available: 9 * GiB };
      throws(() => room(home, small), {
        name: "InputError",
        message:
          /^memory: 9\.0 GiB of this machine are available, 9\.5 GiB are needed; .* at least 9\.5Gi, fewer parts by --with, which have 4\.0 GiB of it/,
      });
      home.mark({ memory: 7 * GiB });
      equal(room(home, machine).share, LEAST);
    });

    it("stay as they were when they are named again, and all go by none", async () => {
      const before = { kafka: GiB };
      home.mark({ parts: before });
      const lines: string[] = [];
      const back = await changeParts(home, wantedParts("kafka"), (line) => lines.push(line));
      deepEqual([home.state.parts, back(), lines], [before, false, []]);
      const again = await changeParts(home, wantedParts("none"), () => undefined);
      deepEqual(home.state.parts, {});
      equal(again(), true);
      deepEqual(home.state.parts, before);
    });

    it("deliver notebooks once, so that a person's changes stay, and their module anew", () => {
      const folder = join(above, "notebooks");
      deliver({ "1.ipynb": "first", "lakehouse.py": "first" }, folder);
      writeFileSync(join(folder, "1.ipynb"), "mine");
      deliver({ "1.ipynb": "second", "2.ipynb": "new", "lakehouse.py": "second" }, folder);
      const text = (name: string) => readFileSync(join(folder, name), "utf8");
      deepEqual(["1.ipynb", "2.ipynb", "lakehouse.py"].map(text), ["mine", "new", "second"]);
    });
  });

  it("tell files that were put aside", () => {
    const at = "2026-12-01T12:34:56.000Z";
    const why = "columns are missing: user_id; it is in quarantine/drop/x";
    deepEqual(
      quarantined([
        { at, engine: "good.csv", what: "landed" },
        { at, engine: "bad.csv", what: "quarantined", why },
        { at, engine: "minio", what: "ended" },
      ]),
      [`bad.csv is in quarantine since 12:34:56 UTC: ${why}`],
    );
  });
});

describe("doors of a local lakehouse", () => {
  const ports = Object.fromEntries(Object.entries(WISHED)) as Record<LocalPlace, number>;
  const all = Object.fromEntries(partNames().map((name) => [name, GiB]));
  const home = {
    folder: "/var/lib/lakehouse",
    state: { ports, parts: all },
    logins: [
      { name: "minio-root", user: "lakehouse-root", password: "canary" },
      { name: "postgres-superuser", user: "postgres", password: "canary" },
      { name: "jupyterhub-person-me", user: "me", password: "canary" },
    ],
  };

  it("have names of their own, and stand in 80 columns", () => {
    const names = doorsOf(home).map(({ name }) => name);
    equal(new Set(names).size, names.length);
    ok(["trino", "notebook", "flink", "kafka", "spark"].every((name) => names.includes(name)));
    const text = doorsTable(home, false);
    const far = doorsTable({ ...home, folder: `/home/somebody/${"far/away/".repeat(9)}lakehouse` }, false);
    match(far, /drop +│ …\S*far\/away\/lakehouse\/drop /);
    for (const line of far.split("\n")) ok(line.length <= 80, line);
    for (const line of text.split("\n")) ok(line.length <= 80, line);
    ok(!text.includes("canary"));
    ok(!doorsOf({ ...home, state: { ports } }).some(({ name }) => name === "notebook"));
  });

  it("say where the password is, and print it on request only", () => {
    const door = doorOf(home, "notebook");
    const text = doorText(home, door, false, "'lakehouse local open notebook --show-credentials' prints it");
    match(text, /^JupyterLab: http:\/\/127\.0\.0\.1:28888\/lab\nsign in: by token\npassword: '.*' prints it\n/);
    ok(!text.includes("canary"));
    match(doorText(home, door, true, ""), /password: canary/);
    throws(() => doorOf(home, "window"), { name: "InputError", message: /^window: allowed: trino, console, s3/ });
  });

  it("open in a browser where there is a screen", () => {
    equal(browser({}, "linux"), undefined);
    equal(browser({}, "darwin"), "open");
    const bin = mkdtempSync(join(tmpdir(), "lakehouse-browser-"));
    equal(browser({ DISPLAY: ":0", PATH: bin }, "linux"), undefined);
    writeFileSync(join(bin, "xdg-open"), "");
    equal(browser({ DISPLAY: ":0", PATH: `/nowhere:${bin}` }, "linux"), "xdg-open");
    rmSync(bin, { recursive: true });
  });
});
