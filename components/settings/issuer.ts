import type { Settings } from "./schema";

/** What a server's certificate needs that pods verify. */
export const TRUSTED_ISSUER =
  "cert-manager with lakehouse:cluster.certManager: true, cluster.issuer and the issuer's certificate in cluster.caBundle";

export const hasTrustedIssuer = ({ certManager, issuer, caBundle }: Settings["cluster"]): boolean =>
  certManager && issuer !== undefined && caBundle !== undefined;
