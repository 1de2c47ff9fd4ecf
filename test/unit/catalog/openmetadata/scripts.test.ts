import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createPrivateKey, createPublicKey, createSign, createVerify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { keyScript } from "../../../../components/catalog/openmetadata/config";
import { accepted, fernetKey } from "../../../../components/catalog/openmetadata/keys";
import {
  namespaces,
  requests,
  REQUESTS_DIRECTORY,
  setupScript,
} from "../../../../components/catalog/openmetadata/setup";
import { type Answer, JsonServer } from "../../../support/json-server";

const ADMIN = accepted("of0the0admin");
const TELLER = accepted("of0the0teller");
const MEANING = { buckets: ["silver", "gold"] };

/** A stand-in for OpenMetadata's API, in the form of its published classes. */
class Stand extends JsonServer {
  readonly asked: { readonly at: string; readonly token: string; readonly body: unknown }[] = [];
  readonly users = new Set<string>();
  /** Sign-ins that it does not answer yet. */
  away = 0;
  refuses = "";

  protected answer({ method = "", url = "", headers }: IncomingMessage, body: string): Answer {
    const at = `${method} ${url}`;
    const given = body === "" ? {} : (JSON.parse(body) as Record<string, string>);
    this.asked.push({ at, token: headers.authorization ?? "", body: given });
    if (at === this.refuses) return [403, { code: 403, message: "not allowed" }];
    switch (at) {
      case "POST /api/v1/users/login":
        if (this.away-- > 0) return [503, "starting"];
        return Buffer.from(given.password ?? "", "base64").toString() === ADMIN
          ? [200, { accessToken: "ey.to-ken.x_1", tokenType: "Bearer" }]
          : [401, { message: "wrong" }];
      case "GET /api/v1/users/name/lineage":
        return this.users.has("lineage") ? [200, { name: "lineage" }] : [404, { code: 404 }];
      case "POST /api/v1/users":
        this.users.add(String(given.name));
        return [201, given];
      case "PUT /api/v1/roles":
        return [200, { id: "8a1c2b3d-0000-4000-8000-000000000001", name: "lineage", policies: [{ id: "f-other" }] }];
      default:
        return [200, given];
    }
  }
}

describe("scripts of OpenMetadata", function () {
  this.timeout(120_000);
  let folder: string;
  let stand: Stand;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-openmetadata-"));
    stand = new Stand();
    url = await stand.start();
  });
  afterEach(() => {
    stand.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(script: string) {
    const env = { PATH: process.env.PATH ?? "", ADMIN_PASSWORD: ADMIN, LINEAGE_PASSWORD: TELLER };
    const child = spawn("/bin/sh", ["-ec", script], { env });
    let [out, error] = ["", ""];
    child.stdout.on("data", (more: Buffer) => (out += more.toString()));
    child.stderr.on("data", (more: Buffer) => (error += more.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, out, error };
  }

  const setUp = () => {
    for (const [file, body] of Object.entries(requests(MEANING)))
      writeFileSync(join(folder, file), JSON.stringify(body));
    const script = setupScript(url, "lakehouse.internal")
      .replaceAll("/tmp/", `${folder}/`)
      .replaceAll(REQUESTS_DIRECTORY, folder)
      .replaceAll(/sleep \d+/g, "sleep 0.1");
    return run(script);
  };

  it("brings the key of a certificate into the form that Java reads", async () => {
    execFileSync(
      "openssl",
      // As cert-manager makes it: PKCS #8.
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "tls.key",
        "-out",
        "tls.crt",
        "-subj",
        "/CN=x",
        "-days",
        "1",
      ],
      { cwd: folder, stdio: "ignore" },
    );
    const { code, error } = await run(keyScript(folder, join(folder, "keys")));
    assert.equal(code, 0, error);
    const read = (name: string) => readFileSync(join(folder, "keys", name));
    const secret = createPrivateKey({ key: read("private.der"), format: "der", type: "pkcs8" });
    const open = createPublicKey({ key: read("public.der"), format: "der", type: "spki" });
    const signed = createSign("RSA-SHA256").update("a session").sign(secret);
    assert.ok(createVerify("RSA-SHA256").update("a session").verify(open, signed));
    assert.equal(statSync(join(folder, "keys", "private.der")).mode & 0o077, 0);
  });

  it("says so where the certificate has another kind of key", async () => {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "tls.key",
        "-out",
        "tls.crt",
        "-subj",
        "/CN=x",
        "-days",
        "1",
      ],
      { cwd: folder, stdio: "ignore" },
    );
    const { code, error } = await run(keyScript(folder, join(folder, "keys")));
    assert.equal(code, 1);
    assert.match(error, /no key of RSA with 2048 bits/);
  });

  it("make the user of lineage with its one right, once the server answers; the same again makes none", async () => {
    stand.away = 2;
    const first = await setUp();
    assert.equal(first.code, 0, first.error);
    assert.equal(first.error.split("not signed in yet").length - 1, 2);
    const made = stand.asked.find(({ at }) => at === "POST /api/v1/users");
    assert.deepEqual(made?.body, {
      name: "lineage",
      email: "lineage@lakehouse.internal",
      createPasswordType: "ADMIN_CREATE",
      password: TELLER,
      confirmPassword: TELLER,
      roles: ["8a1c2b3d-0000-4000-8000-000000000001"],
    });
    assert.equal(made.token, "Bearer ey.to-ken.x_1");
    const again = await setUp();
    assert.equal(again.code, 0, again.error);
    assert.equal(stand.asked.filter(({ at }) => at === "POST /api/v1/users").length, 1);
    // The password is the newest each time.
    assert.equal(stand.asked.filter(({ at }) => at === "PUT /api/v1/users/changePassword").length, 2);
    for (const { out, error } of [first, again])
      assert.doesNotMatch(out + error, /of0the0|to-ken/, "a secret is in the log");
  });

  it("tell what was refused in one line, and end", async () => {
    stand.refuses = "PUT /api/v1/system/settings";
    const { code, error } = await setUp();
    assert.notEqual(code, 0);
    assert.match(error, /^PUT system\/settings: 403 .*not allowed/m);
  });

  it("know tables of every layer by the addresses that events have", () => {
    assert.deepEqual(namespaces(MEANING), { "s3://gold": "trino", "s3://silver": "trino", "trino://": "trino" });
  });

  it("a key of Fernet is 32 bytes in the alphabet of URLs, and a password has what upstream asks for", () => {
    const key = fernetKey("abcdefghijABCDEFGHIJ0123456789abcdefghij");
    assert.equal(Buffer.from(key, "base64url").length, 32);
    assert.match(key, /^[A-Za-z0-9_-]{43}=$/);
    assert.match(accepted("x".repeat(40)), /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z0-9]).{8,56}$/);
  });
});
