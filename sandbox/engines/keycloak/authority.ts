import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { command } from "../obtain/command";
import type { Rendered } from "../rendered";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** An authority of a test's own, in the place of the cluster's issuer of certificates. */
export class Authority {
  private constructor(
    private readonly folder: string,
    /** Its certificate in PEM, for `lakehouse:cluster.caBundle`. */
    readonly pem: string,
  ) {}

  static async make(folder: string): Promise<Authority> {
    const files = ["-keyout", "ca.key", "-out", "ca.crt"];
    await command(["openssl", "req", "-x509", ...KEY, ...files, "-days", "30", "-subj", "/CN=test authority"], {
      cwd: folder,
    });
    return new Authority(folder, readFileSync(join(folder, "ca.crt"), "utf8"));
  }

  /** SHA-256 of a certificate's public key in base64, by which a browser takes it. */
  async pin(certificate: string): Promise<string> {
    const ssl = (...args: string[]) => command(["openssl", ...args], { cwd: this.folder });
    writeFileSync(join(this.folder, "public.pem"), await ssl("x509", "-in", certificate, "-noout", "-pubkey"));
    const text = readFileSync(join(this.folder, "public.pem"), "utf8").replaceAll(/-----[A-Z ]+-----|\n/g, "");
    return createHash("sha256").update(Buffer.from(text, "base64")).digest("base64");
  }

  /** Makes the certificate of a rendered Certificate, as cert-manager does: `tls.crt`, `tls.key` and `ca.crt` in a folder. */
  async certify(rendered: Rendered, name: string, into: string): Promise<void> {
    const spec = rendered.object("Certificate", name).spec as { commonName: string; dnsNames: readonly string[] };
    const ssl = (...args: string[]) => command(["openssl", ...args], { cwd: into });
    await ssl("req", ...KEY, "-keyout", "tls.key", "-out", "tls.csr", "-subj", `/CN=${spec.commonName}`);
    const names = spec.dnsNames.map((each) => `DNS:${each}`).join(",");
    const usages = "keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth";
    writeFileSync(join(into, "extensions"), `${usages}\nsubjectAltName=${names}\n`);
    const signer = ["-CA", join(this.folder, "ca.crt"), "-CAkey", join(this.folder, "ca.key"), "-CAcreateserial"];
    await ssl("x509", "-req", "-in", "tls.csr", ...signer, "-extfile", "extensions", "-days", "20", "-out", "tls.crt");
    writeFileSync(join(into, "ca.crt"), this.pem);
  }
}
