import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE } from "../../../sandbox/core/until";
import { writeBundle } from "../../../sandbox/engines/authority";
import { javaHome } from "../../../sandbox/engines/java-home";
import { Rendered } from "../../../sandbox/engines/rendered";

const DIRECTORY = "/mnt/lakehouse-ca";
/** A client without the bundle's variables. */
const CLIENT = `import java.net.*;
class Client { public static void main(String[] args) throws Exception {
  System.out.println(((HttpURLConnection) new URI(args[0]).toURL().openConnection()).getResponseCode());
} }`;
const PYTHON = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status)";

/** Real clients with the variables and files of the dev stack's pods. */
describe("the owner's CA bundle", function () {
  this.timeout(PATIENCE);
  let folder: string;
  let server: Server;
  let url: string;
  let variables: Readonly<Record<string, string>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-ca-"));
    makeCertificates();
    const pem = readFileSync(at("other.crt"), "utf8") + readFileSync(at("ca.crt"), "utf8");
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const own = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const values = { ...config.values, "lakehouse:cluster": JSON.stringify({ ...own, caBundle: pem }) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    writeBundle(rendered, folder);
    const env = rendered.env(rendered.container("Deployment", "trino-worker", "trino"));
    variables = Object.fromEntries(
      Object.entries(env)
        .filter(([, value]) => value.includes(DIRECTORY))
        .map(([name, value]) => [name, value.replaceAll(DIRECTORY, folder)]),
    );
    writeFileSync(at("Client.java"), CLIENT);
    server = createServer({ key: readFileSync(at("server.key")), cert: readFileSync(at("server.crt")) }, (_, answer) =>
      answer.end("there"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${String((server.address() as AddressInfo).port)}/`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const at = (name: string) => join(folder, name);

  function makeCertificates(): void {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    const fresh = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
    for (const name of ["ca", "other"])
      openssl(
        "req",
        "-x509",
        ...fresh,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.crt`,
        "-subj",
        `/CN=${name} of nobody`,
      );
    openssl("req", "-new", ...fresh, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
    writeFileSync(at("names"), "subjectAltName=DNS:localhost\n");
    const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    openssl("x509", "-req", "-in", "server.csr", ...by, "-out", "server.crt");
  }

  /** Output of a client; undefined if it does not trust the server. */
  function outputOf(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    return new Promise<string | undefined>((resolve) => {
      execFile(
        program,
        [...args, url],
        { env: { PATH: process.env.PATH ?? "", HOME: folder, ...env }, encoding: "utf8", timeout: PATIENCE },
        (error, out) => {
          resolve(error === null ? out.trim() : undefined);
        },
      );
    });
  }

  const clients: readonly (readonly [name: string, program: () => string, args: () => readonly string[]])[] = [
    ["curl", () => "curl", () => ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]],
    ["Python", () => "python3", () => ["-c", PYTHON]],
    ["Java", () => join(javaHome(17, 18), "bin", "java"), () => [at("Client.java")]],
  ];
  for (const [name, program, args] of clients) {
    it(`makes ${name} trust its CAs with a pod's variables; without them it trusts none`, async () => {
      assert.equal(await outputOf(program(), args(), variables), "200");
      assert.equal(await outputOf(program(), args(), {}), undefined);
    });
  }

  it("is a keystore with all certificates for Java's keytool", () => {
    const keytool = join(javaHome(17, 18), "bin", "keytool");
    const list = ["-list", "-keystore", at("ca.jks"), "-storepass", "changeit", "-storetype", "jks", "-v"];
    const out = execFileSync(keytool, list, { encoding: "utf8" });
    assert.deepEqual(
      [...out.matchAll(/^Owner: (.*)$/gm)].map(([, owner]) => owner),
      ["CN=other of nobody", "CN=ca of nobody"],
    );
    assert.throws(() =>
      execFileSync(
        keytool,
        list.map((one) => (one === "changeit" ? "changed" : one)),
        { stdio: "pipe" },
      ),
    );
  });
});
