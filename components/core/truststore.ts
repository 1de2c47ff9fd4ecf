import { createHash, X509Certificate } from "node:crypto";

/** Certificates in the forms that clients read. */

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, in its order; text between them is ignored.
 * @throws Error for a block that is no certificate
 */
export function certificates(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

/** PEM without text between the certificates. */
export const pemOf = (all: readonly X509Certificate[]): string => all.map((one) => one.toString()).join("");

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
/** Java's default. It only protects the file's integrity, and readers of trusted certificates need none. */
export const TRUST_STORE_PASSWORD = "changeit";
const WHITENER = "Mighty Aphrodite";

/**
 * A Java keystore (JKS) of trusted certificates. Java reads no PEM, its tool needs a JVM and a writable place in each pod,
 * and the form is a dozen lines: `sun.security.provider.JavaKeyStore` is its definition. The same certificates give the
 * same bytes.
 */
export function javaTrustStore(all: readonly X509Certificate[]): Buffer {
  const data = Buffer.concat([
    int(MAGIC),
    int(VERSION),
    int(all.length),
    ...all.flatMap((one, index) => [
      int(TRUSTED_CERTIFICATE),
      utf(`ca-${String(index + 1)}`),
      // The date of the entry: none, so that nothing changes from one run to the next.
      Buffer.alloc(8),
      utf("X.509"),
      int(one.raw.length),
      one.raw,
    ]),
  ]);
  const seal = createHash("sha1")
    .update(Buffer.from(TRUST_STORE_PASSWORD, "utf16le").swap16())
    .update(WHITENER)
    .update(data);
  return Buffer.concat([data, seal.digest()]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function utf(text: string): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(text.length);
  return Buffer.concat([bytes, Buffer.from(text, "latin1")]);
}
