import { hasTrustedIssuer, TRUSTED_ISSUER } from "../issuer";
import type { Rule } from "../rule";

const PLUGIN = "lakehouse:storage.postgres.backup.plugin";
const OPENSEARCH = "lakehouse:storage.opensearch.enabled";
const OPENMETADATA = "lakehouse:catalog.openmetadata.enabled";
const NIFI = "lakehouse:streaming.nifi.enabled";

const needs = (given: string, otherwise: string) =>
  `given ${given}, which needs cert-manager in the cluster; allowed: cert-manager installed and lakehouse:cluster.certManager: true, or ${otherwise}`;

/** Certificates come from cert-manager: without it the plugin's release fails halfway, and nodes of OpenSearch and NiFi cannot verify each other, and OpenMetadata has no key. */
export const certificates: Rule = function* ({ storage, catalog, streaming, cluster }) {
  if (cluster.certManager) return;
  if (storage.postgres.backup.plugin === "deployed" && storage.postgres.by === "cloudnative-pg")
    yield { path: PLUGIN, message: needs("deployed", "existing, or off") };
  if (storage.opensearch.enabled) yield { path: OPENSEARCH, message: needs("true", "false") };
  if (catalog.openmetadata.enabled) yield { path: OPENMETADATA, message: needs("true", "false") };
  if (streaming.nifi.enabled) yield { path: NIFI, message: needs("true", "false") };
};

/** Certificates are the issuer's, and clients verify them by what pods trust. */
export const verifiedServers: Rule = function* ({ storage, cluster }) {
  if (!cluster.tls) return;
  if (storage.postgres.by === "zalando")
    yield {
      path: "lakehouse:storage.postgres.by",
      message: "given zalando with lakehouse:cluster.tls; allowed: cloudnative-pg, or cluster.tls false",
    };
  if (!hasTrustedIssuer(cluster))
    yield { path: "lakehouse:cluster.tls", message: `given true; allowed: false, or ${TRUSTED_ISSUER}` };
};
