import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** Certificates in PEM where no cert-manager is: elliptic keys, and what DER needs for them alone. */

export interface Subject {
  readonly commonName: string;
  /** @default none: it shows who a client is */
  readonly dnsNames?: readonly string[];
  /** As cert-manager names them: `server auth`, `client auth`. @default none */
  readonly usages?: readonly string[];
}

/** A certificate and its key (PKCS #8). */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Issuer extends Certificate {
  readonly commonName: string;
}

const DAY = 24 * 3600 * 1000;
/** Nobody renews them. */
const LIFE = 3650 * DAY;

/** An authority that certifies itself. */
export function authority(commonName: string): Issuer {
  const { publicKey, privateKey } = newKeys();
  const extensions = [extension(OID.basicConstraints, sequence(TRUE), true), keyUsage(["cert sign", "crl sign"])];
  const own = { subject: { commonName }, publicKey, extensions, issuer: commonName, by: privateKey };
  return { commonName, ...pem(own, privateKey) };
}

/** A certificate by an authority. */
export function issue(by: Issuer, subject: Subject): Certificate {
  const { publicKey, privateKey } = newKeys();
  const { dnsNames = [], usages = [] } = subject;
  const purposes = usages.flatMap((usage) => PURPOSES[usage] ?? []);
  const extensions = [
    extension(OID.basicConstraints, sequence(), true),
    keyUsage(usages),
    ...(purposes.length === 0 ? [] : [extension(OID.extendedKeyUsage, sequence(...purposes.map(oid)))]),
    ...(dnsNames.length === 0
      ? []
      : [extension(OID.alternativeName, sequence(...dnsNames.map((name) => tlv(0x82, Buffer.from(name)))))]),
  ];
  const issuer = by.commonName;
  return pem({ subject, publicKey, extensions, issuer, by: createPrivateKey(by.key) }, privateKey);
}

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

interface Unsigned {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly issuer: string;
  readonly by: KeyObject;
}

function pem({ subject, publicKey, extensions, issuer, by }: Unsigned, key: KeyObject): Certificate {
  const from = Date.now() - DAY;
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const content = sequence(
    tlv(0xa0, integer(Buffer.of(2))),
    // Positive, and no two alike.
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name(issuer),
    sequence(time(from), time(from + LIFE)),
    name(subject.commonName),
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(content, algorithm, bits(sign("sha256", content, by)));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    certificate: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const OID = {
  commonName: "2.5.4.3",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;

const PURPOSES: Readonly<Record<string, string>> = {
  "server auth": "1.3.6.1.5.5.7.3.1",
  "client auth": "1.3.6.1.5.5.7.3.2",
};

/** Bits of a key's usage, the first one the highest. */
const BITS: Readonly<Record<string, number>> = {
  "digital signature": 0x80,
  "key encipherment": 0x20,
  "cert sign": 0x04,
  "crl sign": 0x02,
};

function keyUsage(usages: readonly string[]): Buffer {
  const all = usages.reduce((sum, usage) => sum | (BITS[usage] ?? 0), 0);
  return extension(OID.keyUsage, tlv(0x03, Buffer.of(0, all)), true);
}

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), tlv(0x04, value));

function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  const size = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.of(tag, 0x80 | size.length), size, body]);
}

const sequence = (...content: readonly Buffer[]) => tlv(0x30, ...content);
const integer = (value: Buffer) => tlv(0x02, value);
const bits = (value: Buffer) => tlv(0x03, Buffer.of(0), value);
const TRUE = tlv(0x01, Buffer.of(0xff));
const name = (commonName: string) =>
  sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName)))));

/** `YYYYMMDDHHMMSSZ` after 2049, without the century before. */
function time(at: number): Buffer {
  const text = `${new Date(at).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  return Number(text.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}
