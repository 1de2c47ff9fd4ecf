/** Certificates of a service by cert-manager: an authority of its own, whose word counts nowhere else. Pure. */

import { isIP } from "node:net";

const GROUP = "cert-manager.io";
const API = `${GROUP}/v1`;

/** What cert-manager makes an authority's own certificate with. */
export const selfIssuer = { selfSigned: {} };
export const authorityIssuer = (authority: string) => ({ ca: { secretName: authority } });

/** Who has its certificate knows no other: it outlives the service. */
export const authoritySpec = (authority: string, self: string) => ({
  isCA: true,
  commonName: authority,
  secretName: authority,
  duration: "87600h",
  privateKey: { algorithm: "ECDSA", size: 256 },
  issuerRef: { name: self, kind: "Issuer", group: GROUP },
});

export interface Certified {
  readonly commonName: string;
  /** The Secret with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: string;
  /** @default none: it shows who a client is */
  readonly dnsNames?: readonly string[];
  /** @default none */
  readonly ipAddresses?: readonly string[];
  /** Of the Secret. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** How long it holds, and when before its end it is renewed. @default 90 days, renewed after 60 */
  readonly duration?: { readonly whole: string; readonly before: string };
  /** Makes `keystore.p12` too, by a password. @default no keystore */
  readonly keystore?: { readonly secret: string; readonly key: string };
}

/** A server's certificate for hosts, of which some may be addresses. */
export function named(of: Omit<Certified, "dnsNames" | "ipAddresses">, hosts: readonly string[]): Certified {
  const all = [...new Set(hosts)];
  const addresses = all.filter((host) => isIP(host) !== 0);
  return {
    ...of,
    dnsNames: all.filter((host) => isIP(host) === 0),
    ...(addresses.length === 0 ? {} : { ipAddresses: addresses }),
  };
}

/** Renewed a month before its end: programs read it anew when it changes. A server is a client of its like too. */
export const certificateSpec = (authority: string, { dnsNames, labels, keystore, duration, ...named }: Certified) => ({
  ...named,
  ...(labels === undefined ? {} : { secretTemplate: { labels } }),
  ...(keystore === undefined
    ? {}
    : {
        keystores: {
          pkcs12: {
            create: true,
            passwordSecretRef: { name: keystore.secret, key: keystore.key },
            profile: "Modern2023",
          },
        },
      }),
  ...(dnsNames === undefined ? {} : { dnsNames }),
  duration: duration?.whole ?? "2160h",
  renewBefore: duration?.before ?? "720h",
  usages: ["digital signature", "key encipherment", ...(dnsNames === undefined ? [] : ["server auth"]), "client auth"],
  privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
  issuerRef: { name: authority, kind: "Issuer", group: GROUP },
});

/** Makes one custom resource of the service, after others. */
export type Make<R> = (
  name: string,
  facts: { readonly apiVersion: string; readonly kind: "Issuer" | "Certificate"; readonly resource: string },
  spec: object,
  after: R[],
) => R;

/** The authority `<service>-ca`, and what it certifies. Returns the certificates. */
export function certified<R>(make: Make<R>, service: string, wanted: readonly Certified[]): R[] {
  const [self, authority] = [`${service}-self`, `${service}-ca`];
  const one = (name: string, kind: "Issuer" | "Certificate", resource: string, spec: object, after: R[]) =>
    make(name, { apiVersion: API, kind, resource }, spec, after);
  const first = one(self, "Issuer", self, selfIssuer, []);
  const own = one(authority, "Certificate", authority, authoritySpec(authority, self), [first]);
  const issuer = one(`${authority}-issuer`, "Issuer", authority, authorityIssuer(authority), [own]);
  return wanted.map((each) =>
    one(each.secretName, "Certificate", each.secretName, certificateSpec(authority, each), [issuer]),
  );
}

/**
 * The certificate of a server that several namespaces connect to, by the cluster's issuer. Key and certificate are in one file,
 * `tls-combined.pem`, too.
 * @throws Error without an issuer: settings that need one are refused
 */
export function issued<R>(make: Make<R>, issuer: string | undefined, wanted: Certified, after: R[] = []): R {
  if (issuer === undefined) throw new Error(`${wanted.secretName} has no issuer: lakehouse:cluster.issuer`);
  const spec = {
    ...certificateSpec(issuer, wanted),
    additionalOutputFormats: [{ type: "CombinedPEM" }],
    issuerRef: { name: issuer, kind: "ClusterIssuer", group: GROUP },
  };
  return make(wanted.secretName, { apiVersion: API, kind: "Certificate", resource: wanted.secretName }, spec, after);
}
