import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";

import { authority, issue } from "../../../components/core/x509";

const USAGES = ["digital signature", "key encipherment", "server auth", "client auth"];

describe("certificates made without cert-manager", () => {
  const ours = authority("of-ours");
  const node = { commonName: "node", dnsNames: ["*.nodes.here.svc", "one.svc"], usages: USAGES };

  it("are read by OpenSSL with all that they say, whatever their length", () => {
    const read = new X509Certificate(issue(ours, node).certificate);
    assert.equal(read.subject, "CN=node");
    assert.equal(read.issuer, "CN=of-ours");
    assert.equal(read.subjectAltName, "DNS:*.nodes.here.svc, DNS:one.svc");
    assert.deepEqual(read.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    assert.equal(read.ca, false);
    assert.ok(new X509Certificate(ours.certificate).ca);
    const many = Array.from({ length: 300 }, (_, at) => `host-${String(at)}.svc`);
    const long = new X509Certificate(issue(ours, { ...node, dnsNames: many }).certificate);
    assert.equal(long.subjectAltName?.split(", ").length, many.length);
  });

  it("are of their authority alone", () => {
    const made = new X509Certificate(issue(ours, node).certificate);
    const [own, other] = [ours, authority("of-ours")].map((one) => new X509Certificate(one.certificate));
    assert.ok(own && other);
    assert.ok(made.checkIssued(own) && made.verify(own.publicKey));
    assert.ok(!made.verify(other.publicKey));
  });

  /** Both sides show a certificate. @returns who the client sees, or the server's reason to refuse it */
  async function greeting(client: { readonly certificate: string; readonly key: string }): Promise<string> {
    const served = issue(ours, { ...node, dnsNames: ["localhost"] });
    const own = { cert: served.certificate, key: served.key, ca: ours.certificate };
    const server = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, (socket) => socket.end("in"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const refused = once(server, "tlsClientError").then(
      ([error]: unknown[]) => (error as { code?: string }).code ?? "",
    );
    const shown = { cert: client.certificate, key: client.key, ca: ours.certificate, servername: "localhost" };
    const socket: TLSSocket = connect({ host: "127.0.0.1", port, ...shown });
    socket.on("error", () => undefined);
    const taken = once(socket, "data").then(([text]) => String(text));
    try {
      return await Promise.race([taken, refused]);
    } finally {
      socket.destroy();
      server.close();
    }
  }

  it("make two programs trust each other, and refuse a stranger", async () => {
    assert.equal(await greeting(issue(ours, { commonName: "friend", usages: USAGES })), "in");
    assert.match(await greeting(issue(authority("of-ours"), { commonName: "friend", usages: USAGES })), /^ERR_|CERT/);
  });
});
