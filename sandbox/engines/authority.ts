import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CA_BUNDLE } from "../../components/core/trust";
import { command } from "./obtain/command";
import type { Rendered } from "./rendered";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

interface Certified {
  readonly commonName: string;
  /** @default none: it shows who a client is */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly keystores?: object;
}

/** The address of every server on this machine, which clients verify in the place of its name. */
const HERE = "127.0.0.1";

/** An authority of a test's own, in the place of cert-manager and its issuers. */
export class Authority {
  private constructor(
    private readonly folder: string,
    /** Its certificate in PEM. */
    readonly pem: string,
  ) {}

  /** @param folder for its key, made if it does not exist */
  static async make(folder: string, name = "test authority"): Promise<Authority> {
    mkdirSync(folder, { recursive: true });
    const files = ["-keyout", "ca.key", "-out", "ca.crt"];
    await openssl(folder, "req", "-x509", ...KEY, ...files, "-days", "30", "-subj", `/CN=${name}`);
    return new Authority(folder, readFileSync(join(folder, "ca.crt"), "utf8"));
  }

  /** SHA-256 of a certificate's public key in base64, by which a browser takes it. */
  async pin(certificate: string): Promise<string> {
    const key = await openssl(this.folder, "x509", "-in", certificate, "-noout", "-pubkey");
    const text = key.replaceAll(/-----[A-Z ]+-----|\n/g, "");
    return createHash("sha256").update(Buffer.from(text, "base64")).digest("base64");
  }

  /** Makes the certificate of a rendered Certificate, as cert-manager does, and for a server's address on this machine. */
  async certify(rendered: Rendered, name: string, into: string): Promise<void> {
    const { keystores, ...spec } = rendered.object("Certificate", name).spec as Certified;
    const addresses = spec.dnsNames === undefined ? {} : { ipAddresses: [...(spec.ipAddresses ?? []), HERE] };
    await this.issue({ ...spec, ...addresses }, into);
    const of = (keystores as Keystores | undefined)?.pkcs12.passwordSecretRef;
    if (of === undefined) return;
    const files = ["-in", "tls.crt", "-inkey", "tls.key", "-certfile", "ca.crt", "-out", "keystore.p12"];
    const password = rendered.secret(of.name, of.key);
    await openssl(into, "pkcs12", "-export", ...files, "-name", "certificate", "-passout", `pass:${password}`);
  }

  /** Makes `tls.crt`, `tls.key`, both in `tls-combined.pem`, and `ca.crt` in a folder. */
  async issue({ commonName, dnsNames = [], ipAddresses = [] }: Certified, into: string): Promise<void> {
    mkdirSync(into, { recursive: true });
    await openssl(into, "req", ...KEY, "-keyout", "tls.key", "-out", "tls.csr", "-subj", `/CN=${commonName}`);
    const names = [...dnsNames.map((name) => `DNS:${name}`), ...[...new Set(ipAddresses)].map((ip) => `IP:${ip}`)];
    const server = names.length > 0;
    const lines = [
      "keyUsage=digitalSignature,keyEncipherment",
      `extendedKeyUsage=${server ? "serverAuth," : ""}clientAuth`,
      ...(server ? [`subjectAltName=${names.join(",")}`] : []),
    ];
    writeFileSync(join(into, "extensions"), `${lines.join("\n")}\n`);
    const signer = ["-CA", join(this.folder, "ca.crt"), "-CAkey", join(this.folder, "ca.key"), "-CAcreateserial"];
    const made = ["-extfile", "extensions", "-days", "20", "-out", "tls.crt"];
    await openssl(into, "x509", "-req", "-in", "tls.csr", ...signer, ...made);
    writeFileSync(join(into, "ca.crt"), this.pem);
    const both = ["tls.key", "tls.crt"].map((file) => readFileSync(join(into, file), "utf8"));
    writeFileSync(join(into, "tls-combined.pem"), both.join(""));
  }
}

interface Bundle {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly binaryData: Readonly<Record<string, string>>;
}

/** Writes the files of the CAs that pods trust, as a pod of any namespace has them. */
export function writeBundle(rendered: Rendered, folder: string): void {
  const bundle = rendered.objects<Bundle>("ConfigMap").find(({ metadata }) => metadata.name === CA_BUNDLE);
  if (bundle === undefined) throw new Error("the stack has no bundle of CAs");
  for (const [name, text] of Object.entries(bundle.data)) writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(bundle.binaryData))
    writeFileSync(join(folder, name), Buffer.from(text, "base64"));
}

interface Keystores {
  readonly pkcs12: { readonly passwordSecretRef: { readonly name: string; readonly key: string } };
}

const openssl = (cwd: string, ...args: string[]) => command(["openssl", ...args], { cwd });
