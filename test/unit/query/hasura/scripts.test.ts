import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  checkScript,
  METADATA_DIRECTORY,
  metadataScript,
  REQUEST_FILE,
} from "../../../../components/query/hasura/setup";
import { type Answer, JsonServer } from "../../../support/json-server";

/** A stand-in for Hasura: answers in the form that its documentation and tests of its own show. */
class Stand extends JsonServer {
  /** Answers that come before the last one, which stays. */
  readonly answers: [code: number, body: string][] = [];
  readonly asked: { readonly url: string; readonly secret: unknown; readonly body: string }[] = [];

  protected answer({ url = "", headers }: IncomingMessage, body: string): Answer {
    this.asked.push({ url, secret: headers["x-hasura-admin-secret"], body });
    return (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? [200, "{}"];
  }
}

const INCONSISTENT = JSON.stringify(
  {
    code: "unexpected",
    error: "cannot continue due to inconsistent metadata",
    path: "$.args",
    internal: [
      {
        definition: { name: "orders" },
        reason: 'Inconsistent object: no such table/view exists: "orders"',
        type: "table",
      },
      { reason: 'in table "items": column "x" does not exist', type: "select_permission" },
    ],
  },
  null,
  2,
);

describe("scripts of Hasura's tasks", function () {
  this.timeout(60_000);
  let folder: string;
  let stand: Stand;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-hasura-"));
    writeFileSync(join(folder, REQUEST_FILE), '{"type":"replace_metadata"}\n');
    stand = new Stand();
    url = await stand.start();
  });
  afterEach(() => {
    stand.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a script with its folders in the test's, and without pauses. */
  async function run(
    script: string,
  ): Promise<{ readonly code: number | null; readonly out: string; readonly error: string }> {
    const text = script
      .replaceAll("/tmp/", `${folder}/`)
      .replaceAll(METADATA_DIRECTORY, folder)
      .replaceAll(/sleep \d+/g, "sleep 0.1");
    const child = spawn("/bin/sh", ["-ec", text], { env: { PATH: process.env.PATH ?? "", ADMIN_SECRET: "of-admin" } });
    let [out, error] = ["", ""];
    child.stdout.on("data", (more: Buffer) => (out += more.toString()));
    child.stderr.on("data", (more: Buffer) => (error += more.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, out, error };
  }

  it("hand the metadata over with the admin secret, once Hasura answers, and the same again", async () => {
    stand.answers.push([503, ""], [500, "{}"], [200, '{"is_consistent":true}']);
    const first = await run(metadataScript(url));
    assert.deepEqual([first.code, first.out], [0, "metadata is that of the stack\n"], first.error);
    assert.equal(first.error.split("asked again").length - 1, 2);
    assert.deepEqual(stand.asked.at(-1), {
      url: "/v1/metadata",
      secret: "of-admin",
      body: '{"type":"replace_metadata"}\n',
    });
    const again = await run(metadataScript(url));
    assert.equal(again.code, 0);
    assert.deepEqual(stand.asked.at(-1), stand.asked.at(-2));
    assert.doesNotMatch(first.out + first.error + again.out, /of-admin/);
  });

  it("wait for a Hasura that is not there yet", async () => {
    const { port } = new URL(url);
    stand.stop();
    setTimeout(() => void stand.start(Number(port)), 1000);
    const { code, error } = await run(metadataScript(url));
    assert.equal(code, 0, error);
    assert.match(error, /answered 000, asked again/);
  });

  it("tell in one line why metadata were refused, and end", async () => {
    stand.answers.push([400, INCONSISTENT]);
    const { code, out, error } = await run(metadataScript(url));
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(
      error,
      String.raw`metadata refused, nothing changed: "Inconsistent object: no such table/view exists: \"orders\"" "in table \"items\": column \"x\" does not exist" ` +
        "\n",
    );
    assert.equal(stand.asked.length, 1);
  });

  it("tell an answer without reasons as it is, bounded", async () => {
    stand.answers.push([
      401,
      `{"error":"invalid x-hasura-admin-secret",\n"code":"access-denied","x":"${"y".repeat(5000)}"}`,
    ]);
    const { code, error } = await run(metadataScript(url));
    assert.equal(code, 1);
    assert.match(error, /^metadata refused, nothing changed: \{"error":"invalid x-hasura-admin-secret", "code"/);
    assert.equal(error.split("\n").length, 2);
    assert.ok(error.length < 2100, String(error.length));
  });

  it("look whether the metadata fit, without a secret", async () => {
    stand.answers.push([200, "OK"]);
    const good = await run(checkScript(url));
    assert.deepEqual([good.code, good.out], [0, "answers, and its metadata fit the databases\n"]);
    assert.deepEqual(stand.asked, [{ url: "/healthz?strict=true", secret: undefined, body: "" }]);
  });

  it("fail in one line where they do not fit, or nobody answers", async () => {
    stand.answers.push([500, "ERROR: inconsistent objects\nin schema"]);
    const bad = await run(checkScript(url));
    assert.deepEqual([bad.code, bad.error], [1, "answered 500: ERROR: inconsistent objects in schema\n"]);
    stand.stop();
    const none = await run(checkScript(url));
    assert.equal(none.code, 1);
    assert.match(none.error, /answered 000: /);
  });
});
