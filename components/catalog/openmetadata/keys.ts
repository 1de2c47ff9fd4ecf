import { selfIssuer } from "../../core/certificates";

/** The key that sessions are signed with, made by cert-manager: no program of the stack sees it but the server. Pure. */

/** The Secret with `tls.key` and `tls.crt`. */
export const KEY_SECRET = "openmetadata-key";
const API = "cert-manager.io/v1";

export const issuer = { apiVersion: API, kind: "Issuer" as const, spec: selfIssuer };
/** It stays: with another key everybody signs in anew. The certificate around it says nothing, and is renewed. */
export const certificate = (name: string) => ({
  apiVersion: API,
  kind: "Certificate" as const,
  spec: {
    commonName: KEY_SECRET,
    secretName: KEY_SECRET,
    duration: "8760h",
    renewBefore: "720h",
    usages: ["digital signature"],
    privateKey: { algorithm: "RSA", size: 2048, encoding: "PKCS8", rotationPolicy: "Never" },
    issuerRef: { name, kind: "Issuer", group: "cert-manager.io" },
  },
});

/** A key of Fernet: 32 bytes in the alphabet of URLs. */
export const fernetKey = (password: string): string =>
  Buffer.from(password.slice(0, 32), "latin1").toString("base64url") + "=";
/** Upstream asks of a password a letter of each kind, a digit and another character; at most 56. */
export const accepted = (password: string): string => `Aa1-${password}`;
