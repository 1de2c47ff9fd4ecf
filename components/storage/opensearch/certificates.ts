import { headless, NODE_NAME } from "./config";
import { serviceHost } from "../../core/endpoint";
import type { NodeRole } from "../search-nodes";

/** Certificates of the nodes, by cert-manager: an authority of their own, whose word counts nowhere else. Pure. */

export const API = "cert-manager.io/v1";
export const SELF = "opensearch-self";
export const AUTHORITY = "opensearch-ca";
/** The Secret with `tls.crt`, `tls.key` and `ca.crt`, and the resources that make it. */
export const NODES = "opensearch-transport";

/** What cert-manager makes the authority's own certificate with. */
export const selfIssuer = { selfSigned: {} };
export const authorityIssuer = { ca: { secretName: AUTHORITY } };

/** Nodes that have its certificate know no other: it outlives the cluster. */
export const authoritySpec = {
  isCA: true,
  commonName: AUTHORITY,
  secretName: AUTHORITY,
  duration: "87600h",
  privateKey: { algorithm: "ECDSA", size: 256 },
  issuerRef: { name: SELF, kind: "Issuer", group: "cert-manager.io" },
};

/** Each node is server and client of others. Nodes read it anew when it changes. */
export const nodesSpec = (roles: readonly NodeRole[], namespace: string) => ({
  commonName: NODE_NAME,
  secretName: NODES,
  dnsNames: roles.map((role) => `*.${serviceHost(headless(role), namespace)}`),
  duration: "2160h",
  renewBefore: "720h",
  usages: ["digital signature", "key encipherment", "server auth", "client auth"],
  privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
  issuerRef: { name: AUTHORITY, kind: "Issuer", group: "cert-manager.io" },
});
