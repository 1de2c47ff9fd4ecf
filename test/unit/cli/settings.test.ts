import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { presetsCommand, settingsCommand, withoutSecretsIn } from "../../../cli/settings";
import { stacksCommand } from "../../../cli/stacks";
import { readStackFile } from "../../../inputs/stack-file";
import { shippedText } from "../../support/stacks";
import { lakehouse } from "./command";

interface Row {
  readonly path: string;
  readonly value?: unknown;
  readonly origin: string;
  readonly line?: number;
}

describe("what is known without a plan", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-known-"));
    writeFileSync(join(folder, "Pulumi.mine.yaml"), shippedText("homelab"));
    writeFileSync(join(folder, "Pulumi.broken.yaml"), "config:\n  lakehouse:nods: []\n");
    writeFileSync(join(folder, "Pulumi.other.yaml"), shippedText("dev"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const view = { color: false, width: 100 };
  const settings = (stack: string, under: string | undefined, json = false) =>
    settingsCommand(readStackFile(folder, stack), under, { json }, view);

  it("settings have a value and an origin; those of the file their line", () => {
    const { settings: rows, preset } = JSON.parse(settings("mine", "query.trino", true)) as {
      readonly settings: readonly Row[];
      readonly preset: string;
    };
    assert.equal(preset, "homelab");
    assert.ok(rows.every(({ path }) => path.startsWith("query.trino.")));
    const memory = rows.find(({ path }) => path === "query.trino.worker.memory");
    const line =
      shippedText("homelab")
        .split("\n")
        .findIndex((text) => text.includes("worker: {")) + 1;
    assert.deepEqual([memory?.value, memory?.origin, memory?.line], ["24Gi", "file", line]);
    const text = settings("mine", "lakehouse:query.trino.worker");
    assert.match(text, new RegExp(`^ {2}query\\.trino\\.worker\\.memory +line ${String(line)} +24Gi$`, "m"));
    assert.ok(
      settings("mine", undefined)
        .split("\n")
        .every((one) => one.length <= 100),
    );
  });

  it("a path that is no setting is told with the nearest", () => {
    assert.throws(() => settings("mine", "query.trnio"), {
      name: "InputError",
      message: /^settings: given "query\.trnio", .*; did you mean 'query\.trino'\?; allowed: /,
    });
  });

  it("private keys and passwords in URLs are not shown, at any depth", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQ";
    assert.deepEqual(withoutSecretsIn({ a: ["https://me:pw@host/x", 1], b: { c: key }, d: "plain" }), {
      a: ["https://[hidden]@host/x", 1],
      b: { c: "a private key, which is not shown" },
      d: "plain",
    });
  });

  it("presets are compared by the settings that they decide", () => {
    const rows = JSON.parse(presetsCommand("query.trino", { json: true }, view)) as readonly Record<string, unknown>[];
    const memory = rows.find(({ path }) => path === "query.trino.worker.memory");
    assert.deepEqual(memory, {
      path: "query.trino.worker.memory",
      dev: "1536Mi",
      homelab: "24Gi",
      minimal: "112Gi",
      medium: "112Gi",
      large: "112Gi",
    });
    const text = presetsCommand("query.trino", {}, view);
    assert.match(text, /dev +homelab +minimal +medium +large\n {2}query\.trino\n/);
    assert.match(text, /\n {4}worker\.replicas +1 +2 +3 +10 +20\n/);
  });

  it("stacks of a folder are listed, those with mistakes too", async () => {
    const all = JSON.parse(stacksCommand(folder, { json: true }, view)) as readonly Record<string, unknown>[];
    assert.deepEqual(
      all.map(({ stack }) => stack),
      ["broken", "mine", "other"],
    );
    const [broken, mine] = all;
    assert.match(JSON.stringify(broken?.errors), /"line":2,"column":3,"path":"lakehouse:nods"/);
    assert.deepEqual([mine?.preset, mine?.nodes, mine?.cpu], ["homelab", 3, 48]);
    assert.ok((mine?.systems as readonly string[]).includes("trino"));
    const { status, stdout } = await lakehouse(["stacks"], { cwd: folder }).ended;
    assert.equal(status, 0);
    assert.match(stdout, /^✘ broken {2}\d+ mistakes: Pulumi\.broken\.yaml:2:3: lakehouse:nods: unknown setting/m);
    assert.match(stdout, /^✔ mine {4}3 nodes, 288 GiB and 48 cores, preset homelab$/m);
  });
});
